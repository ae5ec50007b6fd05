/** Cases in memory: the pure rules, with neither database nor HTTP. */

import { decideAppeal, decideNewAppeal } from '../../src/case/appeals/decide.ts'
import { appealLifecycle } from '../../src/case/appeals/lifecycle.ts'
import type { CaseFile, Subject, Who } from '../../src/case/case-file/case-file.ts'
import { Decision } from '../../src/case/case-file/decision.ts'
import { decideComplaint } from '../../src/case/complaints/decide.ts'
import { checkFiling, decideFiling, orderOf } from '../../src/case/complaints/decide-filing.ts'
import { complaintLifecycle } from '../../src/case/complaints/lifecycle.ts'
import type { NewComplaintBody } from '../../src/case/complaints/schema.ts'
import { mayTake } from '../../src/case/decisions/available.ts'
import { writtenContent } from '../../src/case/evidence/content.ts'
import { decideNewEvidence } from '../../src/case/evidence/decide.ts'
import { decideMessage } from '../../src/case/messages/decide.ts'
import type { NewMessage } from '../../src/case/messages/schema.ts'
import { decideNewPlan, decidePlan } from '../../src/case/refund-plans/decide.ts'
import { decideStep } from '../../src/case/refund-plans/decide-step.ts'
import { planLifecycle } from '../../src/case/refund-plans/lifecycle.ts'
import { actOnSilence } from '../../src/case/silence/silence.ts'
import { addMs, HOUR, type Time, toMs, toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { ActionRule } from '../../src/foundation/lifecycle.ts'
import type { Actor } from '../../src/platform/access/caller.ts'
import { systemActor } from '../../src/platform/access/caller.ts'
import { calendarOf } from '../../src/rules/calendars/calendar.ts'
import { birthCalendars } from '../../src/rules/calendars/default-calendars.ts'
import type { CalendarDocument } from '../../src/rules/calendars/schema.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import type { Policy } from '../../src/rules/policy/schema.ts'
import type { Rules } from '../../src/rules/rule-book/rules.ts'
import { Problem, problem } from '../../src/words/problems.ts'

const calendars = new Map(
  birthCalendars().map(({ name, document, resolved }) => [name, { name, version: 1, time: calendarOf(document, resolved) }]),
)

const calendarNow: Rules['calendarNow'] = (name) => {
  const calendar = calendars.get(name)
  if (!calendar) throw new Error(`no calendar ${name}`)
  return calendar
}

/** What a new platform decides by. */
export const rules: Rules = {
  policyVersion: 1,
  policy: defaultPolicy,
  calendarNow,
  calendarAt: (name) => calendarNow(name).time,
  automationStopped: false,
}

/** The same rules after a change of the policy. */
export const withPolicy = (change: Partial<Policy>): Rules => ({
  ...rules,
  policyVersion: 2,
  policy: { ...defaultPolicy, ...change },
})

/** The same rules, in which these people are named for the highest level. */
export const naming = (people: Partial<Policy['people']>, more: Partial<Policy> = {}): Rules =>
  withPolicy({ people: { ...defaultPolicy.people, ...people }, ...more })

/** The same rules after a change of a calendar; clocks that run were counted in the version before. */
export const withCalendar = (name: string, change: Partial<CalendarDocument>): Rules => {
  const born = birthCalendars().find((calendar) => calendar.name === name)
  if (!born) throw new Error(`no calendar ${name}`)
  const changed = { name, version: 2, time: calendarOf({ ...born.document, ...change }, born.resolved) }
  return {
    ...rules,
    calendarNow: (asked) => (asked === name ? changed : calendarNow(asked)),
    calendarAt: (asked, version) => (asked === name && version === 2 ? changed.time : calendarNow(asked).time),
  }
}

/** A Monday, 10:00 in Shanghai. */
export const MONDAY_TEN: Time = '2026-11-23T02:00:00.000Z'

/** `2026-11-25 10:00` on a clock in Shanghai, as the wire says it. */
export const inShanghai = (local: string): Time => toTime(Date.parse(`${local.replace(' ', 'T')}+08:00`))

const localTime = (time: Time): string =>
  toTime(toMs(time) + 8 * HOUR)
    .slice(0, 16)
    .replace('T', ' ')

export const person = (name: string): Actor => {
  const [role, id] = name.split(':') as [Actor['role'], string]
  return { role, id }
}

export const buyer = person('buyer:B-1')
export const merchant = person('merchant:M-1')
export const agent = person('agent:alice')
export const supervisor = person('supervisor:zhao')
export const otherSupervisor = person('supervisor:qian')
export const people = [buyer, merchant, agent, supervisor, otherSupervisor]

const order = {
  id: 'O-1',
  currency: 'CNY',
  paid_amount: 25_900,
  lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: 25_900 }],
}

export const filing = (change: Partial<NewComplaintBody> = {}): NewComplaintBody => ({
  channel: 'portal',
  complainant: { role: 'buyer', id: 'B-1' },
  respondent: { role: 'merchant', id: 'M-1' },
  order,
  description: '少发了保护膜',
  wanted: { remedy: 'refund', amount: 5_000 },
  ...change,
})

export const file = (
  body: NewComplaintBody = filing(),
  actor: Actor = buyer,
  now: Time = MONDAY_TEN,
  by: Rules = rules,
): CaseFile => {
  checkFiling(actor, body)
  const platformId = newId()
  const stated = orderOf(platformId, body, now, by)
  return decideFiling({ platformId, id: newId(), caseNumber: 'RD-1', body, order: stated, actor, now, rules: by }).file
}

export interface Move {
  /** What it is taken on; the case itself when left out. */
  on?: { plan?: string; step?: string; appeal?: string }
  action: string
  body?: object
}

type Rule = ActionRule<string, Who, Subject>

const ruleOf = (kind: 'complaint' | 'plan' | 'appeal', action: string): Rule => {
  const tables = { complaint: complaintLifecycle.actions, plan: planLifecycle.actions, appeal: appealLifecycle.actions }
  return (tables[kind] as Record<string, Rule>)[action] as Rule
}

/** Takes a move as somebody; throws the Problem that HTTP would answer. Returns the finished decision. */
export const take = (before: CaseFile, actor: Actor, move: Move, now: Time = MONDAY_TEN, by: Rules = rules): Decision => {
  const d = new Decision(before, actor, now, by)
  const plan = d.file.plans.find((x) => x.id === move.on?.plan)
  const step = plan?.steps.find((x) => x.id === move.on?.step)
  const appeal = d.file.appeals.find((x) => x.id === move.on?.appeal)
  const kind = plan || move.action === 'create' ? 'plan' : appeal || move.action === 'file' ? 'appeal' : 'complaint'
  const state = kind === 'complaint' ? d.file.complaint.status : (plan?.status ?? appeal?.status)
  const subject: Subject = {
    file: d.file,
    actor,
    now,
    policy: d.policy,
    ...(plan && { plan }),
    ...(step && { step }),
    ...(appeal && { appeal }),
  }
  const verdict = mayTake(move.action, ruleOf(kind, move.action), state, subject)
  if (!verdict.may) throw problem(verdict.because, verdict.detail)
  const body = (move.body ?? {}) as never
  if (move.action === 'create') decideNewPlan(d, body)
  else if (move.action === 'file') decideNewAppeal(d, body, [])
  else if (plan && step) decideStep[move.action as keyof typeof decideStep](d, plan, step, body)
  else if (plan) decidePlan[move.action as keyof typeof decidePlan](d, plan, body)
  else if (appeal) decideAppeal[move.action as keyof typeof decideAppeal](d, appeal, body)
  else decideComplaint[move.action as keyof typeof decideComplaint](d, body)
  return d.finish()
}

/** Writes a message. */
export const write = (
  before: CaseFile,
  actor: Actor,
  message: Partial<NewMessage> = {},
  now: Time = MONDAY_TEN,
  by: Rules = rules,
): Decision => {
  const d = new Decision(before, actor, now, by)
  decideMessage(d, { text: '在吗', visibility: 'parties', ...message })
  return d.finish()
}

/** Adds a proof in words. */
export const prove = (before: CaseFile, actor: Actor, now: Time = MONDAY_TEN, by: Rules = rules): Decision => {
  const d = new Decision(before, actor, now, by)
  const body = { type: 'statement', text: '收到时就是这样' } as const
  decideNewEvidence(d, newId(), body, writtenContent(body))
  return d.finish()
}

/** What the sweep decides at a moment. */
export const silence = (before: CaseFile, now: Time, by: Rules = rules): Decision => {
  const d = new Decision(before, systemActor, now, by)
  actOnSilence(d)
  return d.finish()
}

/** Status and code of the Problem that an attempt ends in, as `409 action_not_available`; `undefined` when it succeeds. */
export const refusal = (attempt: () => unknown): string | undefined => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof Problem) return `${error.status} ${error.code}`
    throw error
  }
  return undefined
}

/** Tells a story move by move on one case and gives the file at its end. Time stands still between moves unless `after` moves it on. */
export class Story {
  file: CaseFile
  now: Time
  last: Decision | undefined
  /** By which it is decided from here on. */
  rules: Rules

  constructor(body?: NewComplaintBody, actor?: Actor, now: Time = MONDAY_TEN, by: Rules = rules) {
    this.now = now
    this.rules = by
    this.file = file(body, actor, now, by)
  }

  /** Something changed that is no move of a person: policy, calendar, switch. */
  under(by: Rules): this {
    this.rules = by
    return this
  }

  by(actor: Actor, action: string, body?: object, on?: Move['on']): this {
    this.last = take(this.file, actor, { action, ...(body && { body }), ...(on && { on }) }, this.now, this.rules)
    this.file = this.last.file
    return this
  }

  says(actor: Actor, message?: Partial<NewMessage>): this {
    this.last = write(this.file, actor, message, this.now, this.rules)
    this.file = this.last.file
    return this
  }

  proves(actor: Actor): this {
    this.last = prove(this.file, actor, this.now, this.rules)
    this.file = this.last.file
    return this
  }

  /** Takes the clocks of a kind out, so that another is looked at alone. */
  without(kind: string): this {
    this.file.deadlines = this.file.deadlines.filter((x) => x.kind !== kind)
    return this
  }

  /** Time goes on to a moment on a clock in Shanghai. */
  at(local: string): this {
    this.now = inShanghai(local)
    return this
  }

  after(ms: number): this {
    this.now = addMs(this.now, ms)
    return this
  }

  sweep(): this {
    this.last = silence(this.file, this.now, this.rules)
    this.file = this.last.file
    return this
  }

  get status(): string {
    return this.file.complaint.status
  }

  /** The newest plan. */
  get plan() {
    const plan = this.file.plans.at(-1)
    if (!plan) throw new Error('the story has no plan yet')
    return plan
  }

  get appeal() {
    const appeal = this.file.appeals.at(-1)
    if (!appeal) throw new Error('the story has no appeal yet')
    return appeal
  }

  onPlan(actor: Actor, action: string, body?: object): this {
    return this.by(actor, action, body, { plan: this.plan.id })
  }

  onAppeal(actor: Actor, action: string, body?: object): this {
    return this.by(actor, action, body, { appeal: this.appeal.id })
  }

  /** Completes (or fails) the pending step whose turn it is. */
  onStep(actor: Actor, action: 'complete_step' | 'fail_step', body?: object): this {
    const step = this.plan.steps.find((x) => x.status === 'pending')
    if (!step) throw new Error('no step is pending')
    return this.by(actor, action, body, { plan: this.plan.id, step: step.id })
  }

  /** The open clocks in words, by name: `resolution of platform until 2026-12-02 10:00`, or `… paused with 63 h`. */
  get open(): string[] {
    return this.file.deadlines
      .filter((x) => x.ended_at === null)
      .map(({ kind, party, due_at, remaining_ms }) =>
        remaining_ms === null
          ? `${kind} of ${party} until ${localTime(due_at)}`
          : `${kind} of ${party} paused with ${remaining_ms / HOUR} h`,
      )
      .sort()
  }

  /** What the last move ended, paused and resumed, by name: `first_response of platform met`. What it started is in `open`. */
  get ended(): string[] {
    return (this.last?.clockChanges ?? [])
      .filter(({ change }) => change !== 'started')
      .map(({ kind, party, change }) => `${kind} of ${party} ${change}`)
      .sort()
  }

  /** The types of the events of the last move, in order. */
  get events(): string[] {
    return (this.last?.events ?? []).map((event) => event.type)
  }

  running(kind: string) {
    return this.file.deadlines.filter((x) => x.kind === kind && x.status === 'running')
  }

  told(type: string): boolean {
    return this.last?.events.some((event) => event.type === type) ?? false
  }
}

export const liability = {
  shares: [{ party: 'merchant', percent: 100 }],
  reason_code: 'missing_item',
  root_cause: '仓库漏发',
  explanation: '装箱单缺少配件',
}

/** The buyer alone is at fault. */
export const buyersFault = {
  shares: [{ party: 'buyer', percent: 100 }],
  reason_code: 'misuse',
  root_cause: '使用不当',
  explanation: '检测显示人为损坏',
}

/** A dismissal although the merchant was found at fault. */
export const dismissal = {
  explanation: '证据不足',
  deviation: { reason_code: 'settled_by_parties', explanation: '双方已另行和解' },
}

export const offer = (amount: number) => ({ remedies: [{ type: 'refund', amount }], explanation: '补偿' })

/** Cases at well-known points of their way, told afresh each time and all at Monday 10:00. */
export const once = {
  accepted: (body?: NewComplaintBody) => new Story(body).by(agent, 'accept'),
  /** The buyer asked the platform to step in. */
  escalated: (body?: NewComplaintBody) => once.accepted(body).by(buyer, 'escalate', { reason_code: 'no_agreement' }),
  /** The merchant was found liable. */
  judged: (body?: NewComplaintBody) => once.escalated(body).by(agent, 'determine_liability', liability),
  /** The agent's plan lies before both sides. */
  proposed: (plan: object = offer(5_000)) => once.judged().by(agent, 'create', plan).onPlan(agent, 'propose'),
  /** Both have accepted it. */
  agreed: (plan?: object) => once.proposed(plan).onPlan(buyer, 'accept').onPlan(merchant, 'accept'),
  /** A supervisor decided the agent's plan without consent. */
  imposed: (plan: object = offer(5_000)) =>
    once.judged().by(agent, 'create', plan).onPlan(supervisor, 'impose', { explanation: '责任明确' }),
  /** The agreed refund was paid. */
  resolved: () => once.agreed().onStep(agent, 'complete_step', { payment_reference: 'PAY-1' }),
  /** The buyer was found at fault, and the case dismissed. */
  dismissed: () =>
    once.escalated().by(agent, 'determine_liability', buyersFault).by(agent, 'dismiss', { explanation: '证据不足' }),
  rejected: () => new Story().by(agent, 'reject', { reason_code: 'out_of_scope', explanation: '不在范围内' }),
}
