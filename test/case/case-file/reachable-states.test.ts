import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { appealLifecycle, openAppealStates } from '../../../src/case/appeals/lifecycle.ts'
import type { CaseFile } from '../../../src/case/case-file/case-file.ts'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { beforeLiability, caseOf, isNeeded, partNames } from '../../../src/case/case-file/parts.ts'
import { complaintLifecycle } from '../../../src/case/complaints/lifecycle.ts'
import { isHeard, isOpen } from '../../../src/case/deadlines/due.ts'
import type { DeadlineRow } from '../../../src/case/deadlines/table.ts'
import { actionsFor, mayTake } from '../../../src/case/decisions/available.ts'
import { planLifecycle } from '../../../src/case/refund-plans/lifecycle.ts'
import { stepLifecycle } from '../../../src/case/refund-plans/step-lifecycle.ts'
import { decidePlanned } from '../../../src/clockwork/planned-actions/decide.ts'
import { plannedRules, plannedStateOf } from '../../../src/clockwork/planned-actions/lifecycle.ts'
import { addMs, DAY } from '../../../src/foundation/clock.ts'
import type { Lifecycle, Move } from '../../../src/foundation/lifecycle.ts'
import type { Actor } from '../../../src/platform/access/caller.ts'
import type { Duration } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Policy } from '../../../src/rules/policy/schema.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { ladderOf } from '../../../src/words/deadlines.ts'
import { Problem } from '../../../src/words/problems.ts'
import { finished } from '../../support/events.ts'
import {
  agent,
  buyer,
  dismissal,
  file,
  filing,
  liability,
  MONDAY_TEN,
  merchant,
  offer,
  once,
  otherSupervisor,
  people,
  prove,
  rules,
  Story,
  silence,
  supervisor,
  type Move as Taken,
  take,
  withPolicy,
  write,
} from '../../support/rules.ts'

/**
 * Walks every joint state of case, plans, steps, appeals and clocks that the moves below can reach, with any clock falling due at any time.
 * Plans of one case are limited, so that the walk comes to an end; ids and times do not count, only what the rules look at.
 */
let mostPlans = 2
/** Where nobody is named as last resort, that it was called changes nothing for anybody. */
let watchesLastResort = false

const counts = (x: DeadlineRow): boolean => x.ended_at === null && (watchesLastResort || x.kind !== 'last_resort')

const bodies: Record<string, object[]> = {
  accept: [{}],
  reject: [{ reason_code: 'out_of_scope', explanation: '不在范围内' }],
  request_information: [{ items: ['照片'] }],
  provide_information: [{ statement: '照片已上传' }],
  respond: [{ position: 'agree' }, { position: 'dispute', statement: '已足额发货' }],
  escalate: [{ reason_code: 'no_agreement' }],
  determine_liability: [liability],
  dismiss: [dismissal],
  suspend: [{ reason_code: 'court' }],
  reopen: [{ explanation: '未解决' }],
  close: [{ reason_code: 'other' }],
  send_back: [{ explanation: '金额' }],
  decline: [{ explanation: '不同意' }],
  counter: [offer(3_000)],
  impose: [{ explanation: '平台判定' }],
  cancel: [{ explanation: '撤回' }],
  create: [
    offer(5_000),
    { remedies: [{ type: 'return_and_refund', amount: 4_000, return_address: '退货仓' }], explanation: '退货' },
  ],
  file: [{ reason_code: 'not_executed', statement: '未执行' }],
  uphold: [{ explanation: '成立' }],
  deny: [{ explanation: '不成立' }],
  no_answer_needed: [{ reason_code: 'thanks' }],
  fail_step: [{ explanation: 'refused' }],
  skip_step: [{ explanation: 'refused' }],
}

/** Whose words are on a clock, and whether they hold it. */
const wordsOn = ({ heard }: DeadlineRow): string => (heard === null ? '' : `${heard.side} ${heard.ended_at === null}`)

/** What the rules look at, without ids, times and what has ended for good. */
const signature = ({ complaint: c, plans, appeals, deadlines }: CaseFile): string =>
  JSON.stringify([
    c.status,
    c.returns_to,
    c.liability !== null,
    c.silent_expiries,
    c.decisions.length > 0,
    watchesLastResort && c.last_resort_at !== null,
    plans
      .filter((p) => !['superseded', 'cancelled', 'executed', 'failed'].includes(p.status))
      .map((p) => [
        p.status,
        p.author_side,
        p.remedies.map((x) => x.type),
        p.status === 'proposed' && Object.values(p.confirmations).map((x) => x.status),
        p.status === 'executing' && p.steps.map((s) => [s.kind, s.status, s.due_at !== null]),
      ]),
    plans.length < mostPlans,
    appeals.filter((a) => openAppealStates.includes(a.status)).map((a) => [a.status, a.appellant_side, a.returns_to]),
    [...new Set(deadlines.filter(counts).map((x) => `${x.kind} ${x.status} ${x.on_silence} ${wordsOn(x)}`))].sort(),
  ])

/** Every move that this person is shown, with every body of the list. */
const movesOf = (now: CaseFile, actor: Actor, { policy }: Rules): Taken[] =>
  actionsFor(now, { actor, now: MONDAY_TEN, policy }).flatMap(({ resource, action, href }): Taken[] => {
    // who leaves a case is walked in test/case/complaints/challenges.test.ts: each name would double the states
    // words are walked on their own, below
    if (resource === 'message') return []
    // advances and held settlements are walked with their ledger in test/case/advances/walk.test.ts
    if (resource === 'advance' || resource === 'receivable' || resource === 'hold') return []
    if (resource === 'evidence' || ['assign', 'stand_down', 'challenge', 'judge_challenge'].includes(action)) return []
    // the risk of a case moves no state: test/case/risk
    if (action === 'set_risk' || action === 'confirm_risk') return []
    // what the payment system says, in any state and again, is told below and walked in test/case/refund-plans/steps.test.ts
    if (['progress_step', 'return_step', 'cancel_step', 'name_payee_step'].includes(action)) return []
    if (action === 'create' && now.plans.length >= mostPlans) return []
    if (action === 'counter' && now.plans.length >= mostPlans) return []
    if (action === 'respond' && now.plans.length >= mostPlans) return [{ action, body: bodies.respond?.[1] as object }]
    const [, , , id, , stepId] = href.split('/')
    const step = now.plans.find((plan) => plan.id === id)?.steps.find((one) => one.id === stepId)
    const isLate = step !== undefined && step.status !== 'pending'
    if (isLate && (action === 'complete_step' || action === 'fail_step')) return []
    const on =
      resource === 'refund_plan' && action !== 'create'
        ? { plan: id as string, ...(action.endsWith('_step') && { step: stepId as string }) }
        : resource === 'appeal' && action !== 'file'
          ? { appeal: id as string }
          : {}
    const list =
      action === 'complete_step'
        ? [
            { tracking_number: 'SF1', passed: true },
            { tracking_number: 'SF1', passed: false },
          ]
        : (bodies[action] ?? [{}])
    return list.map((body) => ({ action, body, on }))
  })

/** The case if this one clock fell due now and every other one later. */
const whenDue = (now: CaseFile, index: number): CaseFile => ({
  ...now,
  deadlines: now.deadlines.map((x, i) => ({
    ...x,
    due_at: i === index ? MONDAY_TEN : addMs(MONDAY_TEN, DAY),
    wakes_at: i === index ? MONDAY_TEN : addMs(MONDAY_TEN, DAY),
  })),
})

type Table = Pick<Lifecycle<string, string, string, never>, 'actions' | 'cascades'>
const arrowsOf = (moves: readonly Move[]): string[] =>
  moves.flatMap(({ from, to }) => from.flatMap((a) => to.filter((b) => a !== b).map((b) => `${a} → ${b}`)))
const ownArrows = ({ actions, cascades = {} }: Table): string[] => [
  ...Object.values(actions).flatMap(({ allow }) => arrowsOf(allow.map(({ from, to = [] }) => ({ from, to })))),
  ...arrowsOf(Object.values(cascades)),
]
const caseArrows = ({ actions }: Table): string[] => Object.values(actions).flatMap(({ moves = [] }) => arrowsOf(moves))

/** Every arrow that the tables draw, by whose states they are. */
const drawn = {
  complaint: new Set([
    ...ownArrows(complaintLifecycle),
    ...caseArrows(stepLifecycle),
    ...caseArrows(planLifecycle),
    ...caseArrows(appealLifecycle),
  ]),
  plan: new Set(ownArrows(planLifecycle)),
  step: new Set(ownArrows(stepLifecycle)),
  appeal: new Set(ownArrows(appealLifecycle)),
}
/** Those that were walked, over all tests of this file. */
const walked: Record<keyof typeof drawn, Set<string>> = {
  complaint: new Set(),
  plan: new Set(),
  step: new Set(),
  appeal: new Set(),
}
const note = (resource: keyof typeof drawn, from: string, to: string) => {
  if (from !== to) walked[resource].add(`${from} → ${to}`)
}
const walk = (from: CaseFile, to: CaseFile) => {
  note('complaint', from.complaint.status, to.complaint.status)
  for (const [i, plan] of to.plans.entries()) {
    note('plan', from.plans[i]?.status ?? planLifecycle.initial, plan.status)
    for (const [j, step] of plan.steps.entries())
      note('step', from.plans[i]?.steps[j]?.status ?? stepLifecycle.initial, step.status)
  }
  for (const [i, appeal] of to.appeals.entries())
    note('appeal', from.appeals[i]?.status ?? appealLifecycle.initial, appeal.status)
}

interface Node {
  file: CaseFile
  next: string[]
  /** Of these, where a missed deadline leads. */
  bySilence: string[]
}

/** Whether a clock that was held before is held again. */
const heldTwice = (before: CaseFile, after: CaseFile): boolean =>
  before.deadlines.some((x, i) => x.heard?.ended_at != null && isOpen(x) && after.deadlines[i]?.status !== x.status)

/** Whether words hold something that staff owe no answer to. */
const heldForNothing = ({ deadlines }: CaseFile): boolean =>
  deadlines.some(
    (x) => isHeard(x) && !deadlines.some((y) => y.kind === 'next_reply' && y.status === 'running' && y.heard?.side === x.party),
  )

/** The case after a supervisor has cancelled for good what each of its clocks would close, decide or deem. */
const cancelling = (now: CaseFile, by: Rules): CaseFile[] =>
  now.deadlines
    .filter(
      (deadline) =>
        mayTake('cancel', plannedRules.cancel, plannedStateOf(deadline, MONDAY_TEN), {
          file: now,
          actor: supervisor,
          now: MONDAY_TEN,
          policy: by.policy,
          deadline,
        }).may,
    )
    .map(({ id }) => {
      const d = new Decision(now, supervisor, MONDAY_TEN, by)
      for (const deadline of d.file.deadlines)
        if (deadline.id === id) decidePlanned.cancel(d, deadline, { explanation: '等待鉴定' })
      return finished(d).file
    })

/** The case as it is read to hear words: without what these cannot move. */
const readForWords = (whole: CaseFile): CaseFile => {
  const read = Object.fromEntries(
    partNames.flatMap((name) => (isNeeded(name, whole.complaint, 'words') ? [[name, whole[name]]] : [])),
  ) as unknown as CaseFile
  return caseOf({ ...read, deadlines: whole.deadlines.filter((x) => x.ended_at === null || x.owed_since !== null) })
}

/** What a decision came to, without ids and seals. */
const cameTo = (d: Decision): unknown => {
  const { evidence_chain: _, ...complaint } = d.file.complaint
  const open = d.file.deadlines.filter((x) => x.ended_at === null || x.owed_since !== null)
  return JSON.parse(
    JSON.stringify([
      complaint,
      d.events.map(({ type, visibility, reason_code }) => [type, visibility, reason_code]),
      d.clockChanges.map(({ deadline_id: _id, ...change }) => change),
      open.map(({ kind, party, status, due_at, remaining_ms, on_silence }) => [
        kind,
        party,
        status,
        due_at,
        remaining_ms,
        on_silence,
      ]),
    ]),
  )
}

/** Whether the fund may have been asked in a case in one of the states in which it is not looked into for that. */
const mayHaveAdvances = ({ complaint }: CaseFile): boolean =>
  beforeLiability.some((state) => state === complaint.status) && complaint.liability !== null

const explore = (start: CaseFile, actors: Actor[], by: Rules, talkers: Actor[], cancels: boolean) => {
  const nodes = new Map<string, Node>()
  const faults: string[] = []
  const refused: string[] = []
  const queue: string[] = []
  const visit = (next: CaseFile): string => {
    const key = signature(next)
    if (!nodes.has(key)) {
      // what has ended plays no part any more
      const slim = { ...next, deadlines: next.deadlines.filter((x) => x.ended_at === null) }
      nodes.set(key, { file: slim, next: [], bySilence: [] })
      queue.push(key)
    }
    return key
  }
  visit(start)
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    const node = nodes.get(key) as Node
    let possible = 0
    for (const actor of actors) {
      const moves = movesOf(node.file, actor, by)
      possible += moves.length
      for (const move of moves) {
        try {
          const { file: after } = take(node.file, actor, move, MONDAY_TEN, by)
          walk(node.file, after)
          node.next.push(visit(after))
        } catch (error) {
          if (!(error instanceof Problem) || error.status !== 422) refused.push(`${move.action} by ${actor.role}: ${error}`)
        }
      }
    }
    if (node.file.complaint.status !== 'closed') {
      for (const actor of talkers) {
        const heard = write(node.file, actor, {}, MONDAY_TEN, by)
        const { file: after } = heard
        const light = readForWords(node.file)
        const alike =
          actor === merchant ||
          (isDeepStrictEqual(cameTo(write(light, actor, {}, MONDAY_TEN, by)), cameTo(heard)) &&
            isDeepStrictEqual(cameTo(prove(light, actor, MONDAY_TEN, by)), cameTo(prove(node.file, actor, MONDAY_TEN, by))))
        if (!alike) faults.push(`read too little for words: ${key}`)
        if (heldTwice(node.file, after)) faults.push(`held twice: ${key}`)
        node.next.push(visit(after))
      }
    }
    for (const after of cancels ? cancelling(node.file, by) : []) node.next.push(visit(after))
    for (const [index, clock] of node.file.deadlines.entries()) {
      if (clock.status !== 'running') continue
      const { file: after } = silence(whenDue(node.file, index), MONDAY_TEN, by)
      walk(node.file, after)
      const key = visit(after)
      node.next.push(key)
      node.bySilence.push(key)
    }
    if (mayHaveAdvances(node.file)) faults.push(`its advances are not read: ${key}`)
    if (heldForNothing(node.file)) faults.push(`held for nothing: ${key}`)
    const duty = node.file.deadlines.some((x) => x.status === 'running' && x.kind !== 'appeal_window')
    if (node.file.complaint.status !== 'closed' && !(duty && possible > 0)) faults.push(key)
  }
  return { nodes, faults, refused }
}

const stuck = (nodes: Map<string, Node>): string[] => {
  const before = new Map<string, string[]>()
  for (const [key, { next }] of nodes) for (const to of next) before.set(to, [...(before.get(to) ?? []), key])
  const reaches = new Set([...nodes].filter(([, { file }]) => file.complaint.status === 'closed').map(([key]) => key))
  const queue = [...reaches]
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const from of before.get(key) ?? []) {
      if (!reaches.has(from)) {
        reaches.add(from)
        queue.push(from)
      }
    }
  }
  return [...nodes.keys()].filter((key) => !reaches.has(key))
}

/** Open appeals on the highest level from which no chain of missed deadlines leads out. */
const endlessAppeals = (nodes: Map<string, Node>): string[] =>
  [...nodes.keys()].filter((start) => {
    const first = nodes.get(start) as Node
    // below, it climbs; and without the clock of the last resort in the signature its steps cannot be told apart
    if (!watchesLastResort || first.file.complaint.status !== 'under_appeal' || first.file.complaint.level < 3) return false
    const seen = new Set([start])
    const queue = [start]
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const { file, bySilence } = nodes.get(key) as Node
      if (file.complaint.status !== 'under_appeal') return false
      for (const to of bySilence) if (!seen.has(to) && seen.add(to)) queue.push(to)
    }
    return true
  })

const statesOf = (nodes: Map<string, Node>) => [...new Set([...nodes.values()].map(({ file }) => file.complaint.status))].sort()
const everyState = [
  'awaiting_confirmation',
  'awaiting_information',
  'closed',
  'executing',
  'investigating',
  'negotiating',
  'rejected',
  'resolved',
  'submitted',
  'suspended',
  'under_appeal',
]

/** The default policy with more words before the last one of each clock, and where it is given another time for all. */
const patient = (words: readonly ('remind' | 'escalate')[], allow?: Duration): Rules => {
  const clocks = Object.entries(defaultPolicy.clocks).map(([kind, list]) => {
    const before = words.filter((word) => ladderOf(kind as keyof Policy['clocks']).before.includes(word))
    return [kind, list.map((rule) => ({ ...rule, allow: allow ?? rule.allow, on_silence: [...before, ...rule.on_silence] }))]
  })
  return withPolicy({ clocks: Object.fromEntries(clocks) as Policy['clocks'] })
}
const reminded = patient(['remind'])
const calledIn = patient(['remind', 'escalate'], { count: 2, unit: 'days' })

/** Silence agrees to the complaint, and the platform's own silence proposes what is wanted. */
const speaking = withPolicy({
  clocks: {
    ...defaultPolicy.clocks,
    respondent_response: [{ allow: { count: 2, unit: 'business_days' }, on_silence: ['remind', 'deem_agreed'] }],
  },
  platform_silence: { resolution: 'propose_wanted', appeal_decision: 'none' },
  deem_agreed_up_to: { CNY: 5_000 },
})

/** The last resort is called once before the wait for a judge ends: more calls are the same state again. */
const calledOnce = {
  last_resort: [
    {
      allow: { count: 3, unit: 'business_days' as const },
      on_silence: ['call_last_resort' as const, 'end_undecided' as const],
      while_overdue: [{ count: 1, unit: 'business_days' as const }],
      warn: null,
    },
  ],
}
const atTheEnd = withPolicy({
  clocks: { ...defaultPolicy.clocks, ...calledOnce },
  people: { level_3: [], deputies: [], last_resort: 'supervisor:zhao' },
})

/** Where there is no level to climb to. */
const atTheTop = (given: CaseFile): CaseFile => ({ ...given, complaint: { ...given.complaint, level: 3 } })

for (const { name, start, actors, states, plans, by = rules, talkers = [], cancels = false } of [
  {
    name: 'buyer against merchant, both of whom write',
    start: file(),
    actors: people,
    states: everyState,
    plans: 1,
    talkers: [buyer, merchant, agent],
  },
  { name: 'buyer against merchant', start: file(), actors: people, states: everyState, plans: 2 },
  {
    name: 'buyer against merchant, at the highest level',
    start: atTheTop(file(filing(), buyer, MONDAY_TEN, atTheEnd)),
    actors: people,
    states: everyState,
    plans: 1,
    by: atTheEnd,
  },
  {
    name: 'under a policy that reminds first',
    start: file(filing(), buyer, MONDAY_TEN, reminded),
    actors: people,
    states: everyState,
    plans: 1,
    by: reminded,
  },
  {
    name: 'under a policy that reminds, then escalates, all in elapsed time',
    start: file(filing(), buyer, MONDAY_TEN, calledIn),
    actors: people,
    states: everyState,
    plans: 1,
    by: calledIn,
  },
  {
    name: 'where silence speaks at the highest level, and supervisors cancel what it would say',
    start: atTheTop(file(filing(), buyer, MONDAY_TEN, speaking)),
    actors: people,
    states: everyState,
    plans: 1,
    by: speaking,
    cancels: true,
  },
  {
    name: 'buyer against platform',
    start: file(filing({ respondent: { role: 'platform', id: 'platform' } })),
    actors: [buyer, agent, supervisor, otherSupervisor],
    states: everyState.filter((state) => state !== 'negotiating'),
    plans: 2,
  },
  {
    name: 'merchant against platform',
    start: file(
      filing({ complainant: { role: 'merchant', id: 'M-1' }, respondent: { role: 'platform', id: 'platform' } }),
      merchant,
    ),
    actors: [merchant, agent, supervisor, otherSupervisor],
    states: everyState.filter((state) => state !== 'negotiating'),
    plans: 1,
  },
]) {
  t.test(name, (t) => {
    mostPlans = plans
    watchesLastResort = by.policy.people.last_resort !== null
    const { nodes, faults, refused } = explore(start, actors, by, talkers, cancels)
    t.comment(`${nodes.size} joint states`)
    t.same(statesOf(nodes), states, 'every state of the case is reached')
    t.same(
      faults.slice(0, 5),
      [],
      'no open case without a running deadline and a possible action, no clock held twice or for no answer',
    )
    t.same(refused.slice(0, 5), [], 'no listed action is refused for who or when')
    t.same(stuck(nodes).slice(0, 5), [], 'closed can be reached from everywhere')
    t.same(endlessAppeals(nodes).slice(0, 5), [], 'on the highest level an open appeal ends by the clocks alone')
    t.end()
  })
}

/** Tells a story move by move, each of which counts as walked. */
const told = (start: Story, ...moves: ((story: Story) => Story)[]): void => {
  for (const move of moves) {
    const before = start.file
    walk(before, move(start).file)
  }
}

/** Approvals and named reviewers would double the states; what they lead to is told once. */
t.test('what the walk leaves out', (t) => {
  const strict = withPolicy({
    approval_amounts: { CNY: 1_000 },
    platform_silence: { resolution: 'none', appeal_decision: 'undecided' },
  })
  const drafted = () => once.judged().under(strict).by(agent, 'create', offer(5_000))
  const submit = (story: Story) => story.onPlan(agent, 'submit')
  const approve = (story: Story) => story.onPlan(supervisor, 'approve')
  const cancel = (story: Story) => story.onPlan(supervisor, 'cancel', { explanation: '撤回' })
  told(
    drafted(),
    submit,
    (story) => story.onPlan(supervisor, 'send_back', { explanation: '金额' }),
    submit,
    approve,
    (story) => story.onPlan(agent, 'propose'),
  )
  told(drafted(), submit, approve, (story) => story.onPlan(otherSupervisor, 'impose', { explanation: '责任明确' }))
  told(drafted(), submit, cancel)
  told(drafted(), submit, approve, cancel)

  // a merchant that has said beforehand what it agrees to
  const settled = new Story()
  const { platform_id, respondent_id: merchant_id, created_at } = settled.file.complaint
  const rules = [{ rule_id: 'small', currency: 'CNY', agree: { up_to_amount: 5_000 } }]
  settled.file.settlementRules = {
    platform_id,
    merchant_id,
    version: 1,
    rules,
    changed_by: merchant_id,
    explanation: null,
    created_at,
  }
  told(settled, (story) => story.by(agent, 'accept'))

  const assigned = () => {
    const story = once.dismissed().under(strict).by(buyer, 'file', { reason_code: 'wrong_facts', statement: '请复核' })
    told(story, (one) => one.onAppeal(otherSupervisor, 'assign', { reviewer: 'supervisor:zhao' }))
    return story
  }
  told(assigned(), (story) => story.onAppeal(supervisor, 'uphold', { explanation: '成立' }))
  told(assigned(), (story) => story.onAppeal(supervisor, 'deny', { explanation: '不成立' }))
  told(assigned(), (story) => story.onAppeal(buyer, 'withdraw'))
  told(assigned(), (story) => story.onAppeal(supervisor, 'stand_down', { reason_code: 'acquainted' }))
  const top = assigned()
  top.file = atTheTop(top.file)
  told(top, (story) => story.at('2026-12-01 10:00').sweep())
  t.equal(top.appeal.status, 'undecided')

  const onItsWay = once.imposed({ remedies: [{ type: 'reship' }], explanation: '补发' })
  told(
    onItsWay,
    (story) => story.onStep(merchant, 'progress_step', {}),
    (story) => story.by(merchant, 'file', { reason_code: 'wrong_facts', statement: '不属实' }),
    (story) => story.onAppeal(otherSupervisor, 'uphold', { explanation: '成立' }),
  )
  t.end()
})

/** Everything that can be said of one payment, while its plan lives and after it ended: by staff, by the buyer, and by silence. */
t.test('what the payment system says, in any order', (t) => {
  const inWords = { explanation: '账户异常' }
  const said: Record<string, object[]> = {
    complete_step: [{}, { amount: 2_000 }],
    fail_step: [inWords],
    progress_step: [{}],
    return_step: [inWords],
    retry_step: [{}],
    skip_step: [inWords],
    cancel_step: [inWords],
    name_payee_step: [{ payee_reference: 'payee_1' }],
  }
  const impatient = withPolicy({ payments: { ...defaultPolicy.payments, failures_before_payee_details: 2 } })
  const keyOf = ({ complaint, plans, appeals, deadlines }: CaseFile): string =>
    JSON.stringify([
      complaint.status,
      appeals.map(({ status, returns_to }) => [status, returns_to]),
      plans.map(({ status, steps }) => [
        status,
        steps.map((step) => [
          step.status,
          step.stopped?.why,
          step.unclaimed_at !== undefined,
          step.overpaid ?? 0,
          step.attempts?.map((one) => [one.status, one.paid ?? 0]),
        ]),
      ]),
      [...new Set(deadlines.filter(isOpen).map(({ kind }) => kind))].sort(),
    ])
  const start = once.imposed().file
  const seen = new Set([keyOf(start)])
  const queue = [start]
  const faults: string[] = []
  const visit = (from: CaseFile, next: CaseFile): void => {
    walk(from, next)
    const key = keyOf(next)
    if (seen.has(key)) return
    seen.add(key)
    queue.push(next)
    const { order, plans, deadlines, complaint } = next
    const overpaid = plans.flatMap(({ steps }) => steps).reduce((sum, { overpaid: more = 0 }) => sum + more, 0)
    const held = plans.reduce((sum, { refund_in_force }) => sum + refund_in_force, 0)
    if (order?.refund_in_force !== held + overpaid) faults.push(`books: ${key}`)
    const isAwaited = plans.some(({ steps }) =>
      steps.some(({ status }) => ['cancelling', 'pending', 'under_way'].includes(status)),
    )
    const hasClock = deadlines.some((x) => isOpen(x) && x.kind !== 'appeal_window')
    if ((isAwaited || complaint.status !== 'closed') && !hasClock) faults.push(`no clock: ${key}`)
  }
  for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
    const [plan] = from.plans
    const [step] = plan?.steps ?? []
    if (plan === undefined || step === undefined) throw new Error('the plan has a step')
    for (const actor of [agent, buyer]) {
      for (const { action } of actionsFor(from, { actor, now: MONDAY_TEN, policy: impatient.policy })) {
        const isAsking = action === 'retry_step' || action === 'name_payee_step'
        if (!(action in said) || (isAsking && (step.attempts?.length ?? 0) > 1)) continue
        for (const body of said[action] ?? [])
          for (const { id: attempt_id } of isAsking || action === 'skip_step' || action === 'cancel_step'
            ? [{ id: '' }]
            : (step.attempts ?? []))
            visit(
              from,
              take(
                from,
                actor,
                { action, body: { ...body, ...(attempt_id !== '' && { attempt_id }) }, on: { plan: plan.id, step: step.id } },
                MONDAY_TEN,
                impatient,
              ).file,
            )
      }
    }
    // the case goes on beside it: an appeal that is upheld or denied, the end, a missed deadline
    const status = from.complaint.status
    if (status === 'executing' || status === 'resolved') {
      if (from.appeals.length === 0)
        visit(from, take(from, merchant, { action: 'file', body: { reason_code: 'wrong_facts', statement: '不属实' } }).file)
      if (status === 'resolved') visit(from, take(from, buyer, { action: 'confirm' }).file)
    }
    if (status === 'under_appeal')
      for (const action of ['uphold', 'deny'])
        visit(
          from,
          take(from, otherSupervisor, { action, body: { explanation: '理由' }, on: { appeal: from.appeals[0]?.id ?? '' } }).file,
        )
    for (const [index, clock] of from.deadlines.entries())
      if (clock.status === 'running' && clock.kind === 'payee_details')
        visit(from, silence(whenDue(from, index), MONDAY_TEN, impatient).file)
  }
  t.comment(`${seen.size} states of one payment`)
  t.same(faults.slice(0, 5), [], 'what is held and what was too much add up, and everything open has a clock')
  t.end()
})

for (const resource of ['complaint', 'plan', 'step', 'appeal'] as const) {
  t.test(`the diagram of the ${resource}`, (t) => {
    t.same([...walked[resource].difference(drawn[resource])], [], 'every move is drawn')
    t.same([...drawn[resource].difference(walked[resource])], [], 'every arrow that is drawn can be walked')
    t.end()
  })
}
