/**
 * Walks every joint state of the steps of a plan, its attempts to pay, its case and an appeal: what staff, both parties, the payment system and
 * the clocks can do to it, from the moment it is imposed. How it came to be imposed is walked in `reachable-states.test.ts`.
 */
import t from 'tap'
import type { CaseFile } from '../../../src/case/case-file/case-file.ts'
import { isOpen } from '../../../src/case/deadlines/due.ts'
import { actionsFor } from '../../../src/case/decisions/available.ts'
import type { Step } from '../../../src/case/refund-plans/table.ts'
import { addMs, DAY } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { Problem } from '../../../src/words/problems.ts'
import { agent, buyer, MONDAY_TEN, merchant, once, otherSupervisor, silence, take, withPolicy } from '../../support/rules.ts'

/** More are the same again; of several remedies each is tried once. */
let mostAttempts = 2
const rules = withPolicy({ payments: { ...defaultPolicy.payments, failures_before_payee_details: 2 } })
const people = [buyer, merchant, agent, otherSupervisor]

const because = { explanation: '账户异常' }
const bodies: Record<string, object[]> = {
  fail_step: [because],
  return_step: [because],
  skip_step: [because, { ...because, afterwards: 'finish' }],
  cancel_step: [because],
  name_payee_step: [{ payee_reference: 'payee_1' }],
  retry_step: [{}],
  file: [{ reason_code: 'wrong_facts', statement: '不属实' }],
  uphold: [because],
  deny: [because],
  confirm: [{}],
}

/** What is reported as done, by the kind of the step. Money may be paid in part, and too late. */
const doneWith = ({ kind }: Step): object[] => {
  if (kind === 'refund' || kind === 'compensation' || kind === 'reimbursement') return [{}]
  if (kind === 'difference') return [{ payment_reference: 'PAY-1' }]
  if (kind === 'return_address') return [{ return_to: { address: '退货仓' } }]
  if (kind === 'inspection') return [{ passed: true }, { passed: false }]
  return [{ tracking_number: 'SF1' }]
}

/** Ids and times do not count; only what the rules look at. */
const stateOf = ({ complaint, plans, appeals, deadlines }: CaseFile): string =>
  JSON.stringify([
    complaint.status,
    complaint.returns_to,
    appeals.map(({ status, returns_to, appellant_side }) => [status, returns_to, appellant_side]),
    plans.map(({ status, steps }) => [
      status,
      steps.map((step) => [
        step.status,
        step.due_at !== null,
        step.stopped && [step.stopped.why, step.stopped.afterwards],
        step.unclaimed_at !== undefined,
        step.resumed?.from,
        step.data.disputed === true,
        step.asked_again === true,
        step.overpaid ?? 0,
        step.attempts?.map((one) => [one.status, one.paid ?? 0, one.payee ?? '', one.cancel_requested_at !== undefined]),
      ]),
    ]),
    [...new Set(deadlines.filter(isOpen).map(({ kind, party }) => `${kind} ${party}`))].sort(),
  ])

interface Move {
  actor: (typeof people)[number]
  action: string
  body: object
  on: { plan?: string; step?: string; appeal?: string }
}

/** What each of the people can do, as it is listed for them. */
const movesOf = (now: CaseFile): Move[] =>
  people.flatMap((actor) =>
    actionsFor(now, { actor, now: MONDAY_TEN, policy: rules.policy }).flatMap(({ resource, action, href }): Move[] => {
      const [, , , id = '', , stepId = ''] = href.split('/')
      const step = now.plans.flatMap(({ steps }) => steps).find((one) => one.id === stepId)
      if (step === undefined) {
        // one appeal: a second one is the same again
        if (action === 'file' && now.appeals.length > 0) return []
        if (bodies[action] === undefined || (resource !== 'complaint' && resource !== 'appeal')) return []
        const on = resource === 'appeal' && action !== 'file' ? { appeal: id } : {}
        return (bodies[action] ?? []).map((body) => ({ actor, action, body, on }))
      }
      const isAsking = action === 'retry_step' || action === 'name_payee_step'
      if (isAsking && (step.attempts?.length ?? 0) >= mostAttempts) return []
      const on = { plan: id, step: stepId }
      const said = action === 'complete_step' ? doneWith(step) : (bodies[action] ?? [])
      const isReport = ['complete_step', 'fail_step', 'return_step'].includes(action)
      const attempts = isReport ? (step.attempts ?? []) : []
      return said.flatMap((body) =>
        attempts.length === 0
          ? [{ actor, action, body, on }]
          : attempts.map(({ id: attempt_id }) => ({ actor, action, body: { ...body, attempt_id }, on })),
      )
    }),
  )

/** The case if this one clock fell due now and every other one later. */
const whenDue = (now: CaseFile, index: number): CaseFile => ({
  ...now,
  deadlines: now.deadlines.map((clock, other) => {
    const due_at = other === index ? MONDAY_TEN : addMs(MONDAY_TEN, DAY)
    return { ...clock, due_at, wakes_at: due_at }
  }),
})

/** What is wrong with a state by itself. */
const faultsOf = ({ complaint, order, plans, deadlines }: CaseFile): string[] => {
  const steps = plans.flatMap((plan) => plan.steps)
  const faults: string[] = []
  const beyond = (kind: Step['kind']) => steps.reduce((sum, step) => (step.kind === kind ? sum + (step.overpaid ?? 0) : sum), 0)
  const held = { refund: 0, compensation: 0 }
  for (const plan of plans) {
    held.refund += plan.refund_in_force
    held.compensation += plan.compensation_in_force
  }
  if (order?.refund_in_force !== held.refund + beyond('refund')) faults.push('refunds in force')
  if (order?.compensation_in_force !== held.compensation + beyond('compensation')) faults.push('compensations in force')
  if (order && order.refund_excess > beyond('refund')) faults.push('more in excess than was overpaid')
  for (const { attempts = [] } of steps)
    if (attempts.filter(({ status }) => status === 'asked' || status === 'under_way').length > 1) faults.push('two open attempts')
  const runs = deadlines.some((clock) => isOpen(clock) && clock.kind !== 'appeal_window')
  const isAwaited = steps.some(({ status }) => ['pending', 'under_way', 'cancelling'].includes(status))
  if ((complaint.status !== 'closed' || isAwaited) && !runs) faults.push('no clock')
  for (const step of steps) {
    const isOwed =
      step.due_at !== null && ['pending', 'under_way', 'cancelling', 'failed', 'returned', 'partly_done'].includes(step.status)
    const isLeft = step.stopped !== undefined || step.unclaimed_at !== undefined || complaint.status === 'closed'
    const hasClock = deadlines.some((clock) => isOpen(clock) && clock.subject_id === step.id)
    if (isOwed && !isLeft && !hasClock) faults.push(`no clock for ${step.kind} ${step.status}`)
  }
  return faults
}

/** It is decided anew there, which is walked elsewhere, or it is over and the payment system owes no answer. */
const hasEnded = ({ complaint, plans }: CaseFile): boolean => {
  const isAwaited = plans.some(({ steps }) => steps.some(({ status }) => ['pending', 'under_way', 'cancelling'].includes(status)))
  return !isAwaited && ['investigating', 'closed'].includes(complaint.status)
}

interface Node {
  file: CaseFile
  next: string[]
}

const explore = (start: CaseFile) => {
  const nodes = new Map<string, Node>()
  const faults: string[] = []
  const refused: string[] = []
  const queue: string[] = []
  const visit = (file: CaseFile): string => {
    const key = stateOf(file)
    if (!nodes.has(key)) {
      nodes.set(key, { file: { ...file, deadlines: file.deadlines.filter((clock) => clock.ended_at === null) }, next: [] })
      queue.push(key)
      faults.push(...faultsOf(file).map((fault) => `${fault}: ${key}`))
    }
    return key
  }
  visit(start)
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    const { file, next } = nodes.get(key) as Node
    if (hasEnded(file)) continue
    for (const { actor, action, body, on } of movesOf(file)) {
      try {
        next.push(visit(take(file, actor, { action, body, on }, MONDAY_TEN, rules).file))
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) refused.push(`${action} by ${actor.role}: ${error}, ${key}`)
      }
    }
    for (const [index, clock] of file.deadlines.entries())
      if (clock.status === 'running') next.push(visit(silence(whenDue(file, index), MONDAY_TEN, rules).file))
  }
  return { nodes, faults, refused }
}

/** The states from which no way leads to one that holds. */
const without = (nodes: ReadonlyMap<string, Node>, holds: (file: CaseFile) => boolean): string[] => {
  const before = new Map<string, string[]>()
  for (const [key, { next }] of nodes) for (const to of new Set(next)) before.set(to, [...(before.get(to) ?? []), key])
  const reaches = new Set([...nodes].filter(([, { file }]) => holds(file)).map(([key]) => key))
  const queue = [...reaches]
  for (let key = queue.pop(); key !== undefined; key = queue.pop())
    for (const from of before.get(key) ?? [])
      if (!reaches.has(from)) {
        reaches.add(from)
        queue.push(from)
      }
  return [...nodes.keys()].filter((key) => !reaches.has(key))
}

for (const [name, remedies] of [
  ['a return of goods for money', [{ type: 'return_and_refund', amount: 5_000 }]],
  ['a compensation', [{ type: 'compensation', amount: 1_000 }]],
  ['a refund beside goods that are sent again', [{ type: 'refund', amount: 5_000 }, { type: 'reship' }]],
  ['an exchange', [{ type: 'exchange' }]],
  ['a repair', [{ type: 'repair' }]],
  [
    'an exchange for something dearer',
    [{ type: 'exchange', replacement: [{ name: '升级款', quantity: 1, unit_amount: 29_900 }] }],
  ],
] as const) {
  t.test(name, (t) => {
    mostAttempts = remedies.length > 1 ? 1 : 2
    const { nodes, faults, refused } = explore(once.imposed({ remedies, explanation: '方案' }).file)
    t.comment(`${nodes.size} states`)
    t.strictSame(faults.slice(0, 3), [], 'money adds up, and everything open has a clock')
    t.strictSame(refused.slice(0, 3), [], 'no listed action is refused for who or when')
    t.strictSame(without(nodes, hasEnded).slice(0, 3), [], 'an end can be reached from everywhere')
    t.end()
  })
}
