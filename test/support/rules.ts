/** Cases in memory: the pure rules, with neither database nor HTTP. */

import type { GateFacts } from '../../src/case/advances/gate.ts'
import { advanceMoves, newAdvanceMoves } from '../../src/case/advances/moves.ts'
import { appealMoves, newAppealMoves } from '../../src/case/appeals/moves.ts'
import type { EventType } from '../../src/case/case-events/catalogue.ts'
import type { CaseFile } from '../../src/case/case-file/case-file.ts'
import type { Decision } from '../../src/case/case-file/decision.ts'
import { checkFiling, decideFiling, orderOf } from '../../src/case/complaints/decide-filing.ts'
import type { NewComplaintBody } from '../../src/case/complaints/filing-schema.ts'
import { complaintMoves } from '../../src/case/complaints/moves.ts'
import { type By, decide } from '../../src/case/decisions/decide.ts'
import { writtenContent } from '../../src/case/evidence/content.ts'
import { newEvidenceMoves } from '../../src/case/evidence/moves.ts'
import { holdMoves, newHoldMoves } from '../../src/case/holds/moves.ts'
import { messageMoves } from '../../src/case/messages/moves.ts'
import type { NewMessage } from '../../src/case/messages/schema.ts'
import { statementOf } from '../../src/case/orders/book.ts'
import { knownAs } from '../../src/case/orders/statement.ts'
import { receivableMoves } from '../../src/case/receivables/moves.ts'
import { newPlanMoves, planMoves, stepMoves } from '../../src/case/refund-plans/moves.ts'
import type { StepAction } from '../../src/case/refund-plans/step-lifecycle.ts'
import { decideSilence } from '../../src/case/silence/decide.ts'
import { addMs, HOUR, type Time, toMs, toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import { differencesBy } from '../../src/money/ledger/post.ts'
import type { Actor } from '../../src/platform/access/caller.ts'
import { calendarOf } from '../../src/rules/calendars/calendar.ts'
import { birthCalendars } from '../../src/rules/calendars/default-calendars.ts'
import type { CalendarDocument } from '../../src/rules/calendars/schema.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import type { Policy } from '../../src/rules/policy/schema.ts'
import type { Rules } from '../../src/rules/rule-book/rules.ts'
import { Problem } from '../../src/words/problems.ts'
import { asDeclared } from './events.ts'
import { meant } from './steps.ts'

const calendars = new Map(
  birthCalendars().map(({ name, document, resolved }) => [name, { name, version: 1, time: calendarOf(document, resolved) }]),
)

const calendarNow: Rules['calendarNow'] = (name) => {
  const calendar = calendars.get(name)
  if (!calendar) throw new Error(`no calendar ${name}`)
  return calendar
}

/** The rules of a new platform. */
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

/** The same rules after a change of a calendar; running clocks were counted in the version before. */
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
  category: 'other',
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
  const order = orderOf(platformId, body, actor, now, by)
  const filed = { platformId, id: newId(), caseNumber: 'RD-1', body, order, actor, now, rules: by, wordsWeigh: true }
  const { file: made } = asDeclared(decideFiling(filed))
  return confirmed(made, by)
}

/** The case with its order as the platform's own systems state it, in the same words as the complaint. */
const confirmed = (made: CaseFile, { policy }: Rules): CaseFile => {
  const { order, complaint } = made
  if (order === null) return made
  const by = { source: 'platform', stated_by: 'orders:oms' } as const
  return { ...made, order: knownAs({ ...order, ...by }, statementOf(order, complaint), policy) }
}

export interface Move {
  /** What the action is taken on; left out: the case itself. */
  on?: { plan?: string; step?: string; appeal?: string; advance?: string; receivable?: string; hold?: string }
  action: string
  body?: object
  /** What the rules must know beyond the case. */
  facts?: unknown
}

const nothing = undefined

/** A fund with enough money, and a buyer about whom nothing is known. */
export const openGate: GateFacts = {
  fund: 100_000_000,
  inForce: { open_of_buyer: 0, buyer_and_day: 0, open_of_merchant: 0, platform_and_day: 0 },
  malicious: 0,
  owed: 0,
  unproved: [],
}

/** The case as it is read after a decision: its accounts have what the decision moved. */
export const readAgain = ({ file }: Decision): CaseFile => {
  const accounts = new Map(file.accounts.map((row) => [row.id, { ...row }]))
  for (const { id, balance_change, ...row } of differencesBy(file.transfers)) {
    const account = accounts.get(id) ?? { ...row, id, balance_change: 0 }
    accounts.set(id, { ...account, balance: account.balance + balance_change })
  }
  return { ...file, accounts: [...accounts.values()], transfers: [] }
}

/** Finds the room that the move belongs to, and decides it. */
const decideMove = (before: CaseFile, { on = {}, action, body = {}, facts: known = nothing }: Move, by: By): Decision => {
  const move = (of: object, facts: unknown = known) =>
    decide(
      before,
      {
        of,
        action,
        body,
        facts,
        ids: { id: Object.values({ ...on, step: undefined }).find(Boolean), step_id: on.step },
      } as AnyMove,
      by,
    ).decision
  if (on.step !== undefined) return move(stepMoves)
  if (on.plan !== undefined) return move(planMoves)
  if (on.appeal !== undefined) return move(appealMoves)
  if (on.advance !== undefined) return move(advanceMoves, known ?? openGate)
  if (on.receivable !== undefined) return move(receivableMoves)
  if (on.hold !== undefined) return move(holdMoves)
  if (action === 'hold') return move(newHoldMoves)
  if (action === 'ask') return move(newAdvanceMoves, known ?? openGate)
  if (action === 'create') return move(newPlanMoves)
  if (action === 'file') return move(newAppealMoves, [])
  return move(complaintMoves)
}
type AnyMove = Parameters<typeof decide>[1]

/** Takes a move as somebody; throws the Problem that HTTP would answer. Returns the finished decision. */
export const take = (before: CaseFile, actor: Actor, move: Move, now: Time = MONDAY_TEN, by: Rules = rules): Decision =>
  asDeclared(decideMove(before, move, { actor, now, rules: by }))

/** Writes a message. */
export const write = (
  before: CaseFile,
  actor: Actor,
  message: Partial<NewMessage> = {},
  now: Time = MONDAY_TEN,
  by: Rules = rules,
): Decision => {
  const body = { text: '在吗', visibility: 'parties', ...message }
  return asDeclared(
    decide(before, { of: messageMoves, action: 'post', body, facts: undefined }, { actor, now, rules: by }).decision,
  )
}

/** Adds a statement as evidence. */
export const prove = (before: CaseFile, actor: Actor, now: Time = MONDAY_TEN, by: Rules = rules): Decision => {
  const body = { type: 'statement', text: '收到时就是这样' } as const
  const facts = { id: newId(), content: writtenContent(body) }
  return asDeclared(decide(before, { of: newEvidenceMoves, action: 'add', body, facts }, { actor, now, rules: by }).decision)
}

/** What the sweep decides at a moment. */
export const silence = (before: CaseFile, now: Time, by: Rules = rules): Decision =>
  asDeclared(decideSilence(before, { now, rules: by }, undefined, { gate: openGate }).decision)

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
  /** The rules of all further moves. */
  rules: Rules

  constructor(body?: NewComplaintBody, actor?: Actor, now: Time = MONDAY_TEN, by: Rules = rules) {
    this.now = now
    this.rules = by
    this.file = file(body, actor, now, by)
  }

  /** Changes the rules for all further moves: policy, calendar, switch. */
  under(by: Rules): this {
    this.rules = by
    return this
  }

  by(actor: Actor, action: string, body?: object, on?: Move['on']): this {
    this.last = take(this.file, actor, { action, ...(body && { body }), ...(on && { on }) }, this.now, this.rules)
    this.file = readAgain(this.last)
    return this
  }

  says(actor: Actor, message?: Partial<NewMessage>): this {
    this.last = write(this.file, actor, message, this.now, this.rules)
    this.file = readAgain(this.last)
    return this
  }

  proves(actor: Actor): this {
    this.last = prove(this.file, actor, this.now, this.rules)
    this.file = readAgain(this.last)
    return this
  }

  /** Removes the clocks of a kind, so that another kind can be looked at alone. */
  without(kind: string): this {
    this.file.deadlines = this.file.deadlines.filter((x) => x.kind !== kind)
    return this
  }

  /** Moves the time to a moment in Shanghai. */
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
    this.file = readAgain(this.last)
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

  /** The newest advance. */
  get advance() {
    const advance = this.file.advances.at(-1)
    if (!advance) throw new Error('the story has no advance yet')
    return advance
  }

  onHold(actor: Actor, action: string, body?: object): this {
    return this.by(actor, action, body, { hold: this.file.holds.at(-1)?.id ?? '' })
  }
  onAdvance(actor: Actor, action: string, body?: object): this {
    return this.by(actor, action, body, { advance: this.advance.id })
  }

  onAppeal(actor: Actor, action: string, body?: object): this {
    return this.by(actor, action, body, { appeal: this.appeal.id })
  }

  /** Acts on the first step whose turn has come and that is neither done nor given up. */
  onStep(actor: Actor, action: StepAction, body?: object): this {
    const step = this.plan.steps.find((x) => x.due_at !== null && x.status !== 'done' && x.status !== 'skipped')
    if (!step) throw new Error('it is the turn of no step')
    return this.by(actor, action, body, { plan: this.plan.id, step: meant(this.plan.steps, step, body).id })
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
  get events(): EventType[] {
    return (this.last?.events ?? []).map((event) => event.type)
  }

  running(kind: string) {
    return this.file.deadlines.filter((x) => x.kind === kind && x.status === 'running')
  }

  told(type: EventType): boolean {
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

/** Cases at well-known points of their life. Each call makes a new case; all of it happens on Monday, 10:00. */
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
