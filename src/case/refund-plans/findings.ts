/**
 * What an inspection finds, piece by piece. What passed is refunded at once; the rest waits for the buyer's contest, which staff decide, for
 * good within the plan. Goods that are not refunded are sent back, and what nobody sends back is refunded after all. Pure.
 */

import { allocate } from '../../foundation/allocate.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { followSplit } from '../advances/paying.ts'
import type { Decision } from '../case-file/decision.ts'
import { bookOfCase, lineOf } from '../orders/book.ts'
import type { Pot } from '../orders/table.ts'
import { leaveOut } from './effects.ts'
import { completeStep, endIfSettled, giveTurn } from './execution.ts'
import { newStep } from './new-step.ts'
import { startStepClock } from './step-clocks.ts'
import type { StepBodies } from './step-schema.ts'
import { stepIn } from './steps.ts'
import type { PlanRow, Step } from './table.ts'
import { tellStep } from './tell.ts'

/** So many pieces of each line, and what they are like. */
type Received = NonNullable<StepBodies['complete_step']['received']>[number]

type Part = NonNullable<Step['part']>

/** How many pieces of each line were to come back. */
const announcedIn = (d: Decision, plan: PlanRow, refund: Step): Map<string, number> => {
  const book = bookOfCase(d.file)
  const { quantity } = plan.remedies[refund.remedy] ?? {}
  const lines = (refund.allocation ?? []).filter(({ kind }) => kind === 'line')
  return new Map(lines.map(({ key }) => [key, quantity ?? (book && lineOf(book, key)?.quantity) ?? 1]))
}

/** @throws Problem `unknown_order_line`, `validation_failed` where more came back than was announced */
const checkReceived = (announced: ReadonlyMap<string, number>, received: readonly Received[]): void => {
  const sums = new Map<string, number>()
  for (const [index, { line_id, quantity }] of received.entries()) {
    const most = announced.get(line_id)
    if (most === undefined)
      throw problem('unknown_order_line', `/received/${index}/line_id: no piece of line ${line_id} was to come back.`)
    const sum = (sums.get(line_id) ?? 0) + quantity
    if (sum > most) throw invalidField(`/received/${index}/quantity`, 'maximum', `${most} of this line were to come back`)
    sums.set(line_id, sum)
  }
}

/** The pieces of a line by what becomes of their money: what passed, what is there all the same, and what never came. */
const piecesOf = (line: string, announced: number, received: readonly Received[]): Record<Part, number> => {
  const count = (fits: (verdict: Received['verdict']) => boolean) =>
    received.reduce((sum, one) => (one.line_id === line && fits(one.verdict) ? sum + one.quantity : sum), 0)
  const passed = count((verdict) => verdict === 'as_described')
  const kept = count((verdict) => verdict !== 'as_described' && verdict !== 'missing')
  return { passed, kept, missing: announced - passed - kept }
}

const parts = ['passed', 'missing', 'kept'] as const satisfies readonly Part[]

/** The amounts of the parts, each with what it counts against: together exactly what the refund holds. */
const splitOf = (
  refund: Step,
  announced: ReadonlyMap<string, number>,
  received: readonly Received[],
): Record<Part, { amount: number; pots: Pot[] }> => {
  const split = { passed: emptyPart(), missing: emptyPart(), kept: emptyPart() }
  const { allocation = [], amount = 0 } = refund
  for (const pot of allocation.filter(({ kind }) => kind === 'line')) {
    const pieces = piecesOf(pot.key, announced.get(pot.key) ?? 1, received)
    const amounts = allocate(
      pot.amount,
      parts.map((part) => pieces[part]),
    )
    const isCounted = allocation.some(({ kind, key }) => kind === 'quantity' && key === pot.key)
    for (const [index, part] of parts.entries()) {
      const share = amounts[index] ?? 0
      split[part].amount += share
      if (share > 0) split[part].pots.push({ ...pot, amount: share })
      if (isCounted && pieces[part] > 0) split[part].pots.push({ kind: 'quantity', key: pot.key, amount: pieces[part] })
    }
  }
  // what was paid for no line goes back with what passed
  const beside = (amount ?? 0) - parts.reduce((sum, part) => sum + split[part].amount, 0)
  const takes = parts.find((part) => split[part].amount > 0) ?? 'passed'
  split[takes].amount += beside
  for (const pot of allocation.filter(({ kind }) => kind !== 'line' && kind !== 'quantity')) {
    const shares = allocate(
      pot.amount,
      parts.map((part) => split[part].amount),
    )
    for (const [index, part] of parts.entries())
      if ((shares[index] ?? 0) > 0) split[part].pots.push({ ...pot, amount: shares[index] ?? 0 })
  }
  return split
}

const emptyPart = (): { amount: number; pots: Pot[] } => ({ amount: 0, pots: [] })

/**
 * What an inspection found. Where it is less than was announced, the refund of its remedy is split, and the steps that decide over the rest
 * follow it.
 * @returns whether all pieces are as described, so that everything goes on as it was; `unfit` where goods were to be given for these, of which
 *   all pass or the owner of the case decides
 */
export const applyFindings = (
  d: Decision,
  plan: PlanRow,
  inspection: Step,
  received: readonly Received[],
): 'all' | 'less' | 'unfit' => {
  const refund = stepIn(plan, inspection.remedy, 'refund')
  if (refund === undefined) return received.every(({ verdict }) => verdict === 'as_described') ? 'all' : 'unfit'
  const announced = announcedIn(d, plan, refund)
  checkReceived(announced, received)
  const split = splitOf(refund, announced, received)
  if (split.missing.amount === 0 && split.kept.amount === 0) return 'all'
  const { remedy } = inspection
  const partOf = (part: Part): Step[] =>
    split[part].amount > 0
      ? [newStep(remedy, 'refund', 'platform', { part, amount: split[part].amount, allocation: split[part].pots })]
      : []
  const place = plan.steps.indexOf(refund)
  const passed = partOf('passed')
  followSplit(d, refund, passed[0])
  plan.steps.splice(
    place,
    1,
    ...passed,
    newStep(remedy, 'contest', 'complainant'),
    ...partOf('missing'),
    ...(split.kept.amount > 0 ? [newStep(remedy, 'send_back', 'respondent')] : []),
    ...partOf('kept'),
  )
  return 'less'
}

const inRemedy = (plan: PlanRow, step: Step, fits: (other: Step) => boolean): Step[] =>
  plan.steps.filter((other) => other.remedy === step.remedy && other.status === 'pending' && other.due_at === null && fits(other))

/** What passed is refunded at once, and the buyer may contest the rest. Called after the inspection was told. */
export const followFindings = (d: Decision, plan: PlanRow, inspection: Step): void => {
  for (const step of inRemedy(plan, inspection, ({ kind, part }) => kind === 'contest' || part === 'passed'))
    giveTurn(d, plan, step)
}

/** The buyer contests what was found: staff decide. */
export const contest = (d: Decision, plan: PlanRow, step: Step, explanation: string): void => {
  step.data = { contested: true, explanation }
  startStepClock(d, step, 'contest_decision')
  tellStep(d, plan, step, {
    type: 'inspection_contested',
    data: { explanation },
  })
}

/** What was found stands: what never came is not refunded, and what came is sent back. */
export const findingStands = (d: Decision, plan: PlanRow, step: Step, report: { explanation?: string } = {}): void => {
  for (const missing of inRemedy(plan, step, ({ part }) => part === 'missing')) leaveOut(d, plan, missing, 'not_due')
  completeStep(d, plan, step, { passed: false, ...report })
}

/** The contest is right: the rest is refunded, and nothing is sent back. */
export const findingFalls = (d: Decision, plan: PlanRow, step: Step, report: { explanation?: string }): void => {
  for (const sending of inRemedy(plan, step, ({ kind }) => kind === 'send_back')) leaveOut(d, plan, sending, 'not_due')
  const due = inRemedy(plan, step, ({ kind }) => kind === 'refund')
  completeStep(d, plan, step, { passed: true, ...report })
  for (const refund of due) if (refund.due_at === null) giveTurn(d, plan, refund)
}

/** The goods are on their way back to the buyer: their refund is not due. */
export const sentBack = (d: Decision, plan: PlanRow, step: Step, report: object): void => {
  for (const kept of inRemedy(plan, step, ({ part }) => part === 'kept')) leaveOut(d, plan, kept, 'not_due')
  completeStep(d, plan, step, report)
}

/** Nobody sent the goods back in time: their refund is due after all. */
export const notSentBack = (d: Decision, plan: PlanRow, step: Step): void => {
  const due = inRemedy(plan, step, ({ part }) => part === 'kept')
  leaveOut(d, plan, step, 'not_due')
  for (const refund of due) giveTurn(d, plan, refund)
  endIfSettled(d, plan)
}
