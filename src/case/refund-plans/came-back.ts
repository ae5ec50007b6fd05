/**
 * A payment comes back after its decision was overturned. What of it a later decision has granted is owed by that one anew; what the complainant had
 * come to owe is owed no more. Pure.
 */
import type { Decision } from '../case-file/decision.ts'
import { isSamePot } from '../orders/book.ts'
import { putInForce } from '../orders/in-force.ts'
import type { Pot } from '../orders/table.ts'
import { leftOf, payReceivable } from '../receivables/effects.ts'
import { isOwed } from '../receivables/lifecycle.ts'
import { paidOf } from './attempts.ts'
import { leaveUnclaimed, resume } from './execution.ts'
import { countedOf } from './holding.ts'
import { settle } from './payments.ts'
import { grantedBefore, isOverturned, partOf } from './provisional.ts'
import type { Attempt, PlanRow, Step } from './table.ts'
import { tellStep } from './tell.ts'

const plus = (pots: readonly Pot[], more: readonly Pot[]): Pot[] => [
  ...pots.map((pot) => ({ ...pot, amount: pot.amount + (more.find((other) => isSamePot(other, pot))?.amount ?? 0) })),
  ...more.filter((pot) => !pots.some((other) => isSamePot(other, pot))),
]

/** What a step held and holds no more. */
const freedOf = (before: readonly Pot[], after: readonly Pot[]): Pot[] =>
  before
    .map((pot) => ({ ...pot, amount: pot.amount - (after.find((other) => isSamePot(other, pot))?.amount ?? 0) }))
    .filter(({ amount }) => amount > 0)

/** A step of a decision that stands owes so much more, and holds it. */
const owe = (d: Decision, plan: PlanRow, step: Step, amount: number, pots: readonly Pot[], since: string): void => {
  const from = step.status
  step.amount = (step.amount ?? 0) + amount
  if (step.counted) step.counted = plus(step.counted, pots)
  step.allocation = plus(step.allocation ?? [], pots)
  plan.refund_in_force += amount
  putInForce(d.file, { refund: amount, compensation: 0, goods: 0, pots: [...pots] })
  // its turn has not come: then it asks for all of it
  if (from === 'pending' && step.due_at === null) return
  step.came_back = true
  step.attempts ??= []
  settle(d, plan, step)
  if (step.status === from) return
  if (step.status === 'returned') tellStep(d, plan, step, { type: 'step_returned', data: {} })
  if (from === 'done' && !resume(d, plan, step, since)) leaveUnclaimed(d, plan, step)
}

/** What a later decision had granted of it is there no more. */
const oweAnew = (d: Decision, source: Step, freed: readonly Pot[], money: number, since: string): void => {
  let missing = (source.granted_later ?? 0) - paidOf(source) - grantedBefore(source)
  if (missing <= 0) return
  source.granted_later = (source.granted_later ?? 0) - missing
  for (const plan of d.file.plans)
    for (const step of plan.steps)
      for (const entry of step.granted_from ?? []) {
        const part = entry.step_id === source.id ? Math.min(missing, entry.amount) : 0
        if (part === 0) continue
        missing -= part
        entry.amount -= part
        // a decision that was overturned, too, owes nothing; another may have granted what it had
        if (step.stopped !== undefined || isOverturned(d.file, plan.id)) oweAnew(d, step, freed, money, since)
        else owe(d, plan, step, part, money > 0 ? partOf(freed, part, money) : [], since)
      }
}

/**
 * @param before what the step counted against before the report
 * @param since when it was paid
 */
export const cameBack = (
  d: Decision,
  step: Step,
  { advance_id, paid = 0 }: Attempt,
  before: readonly Pot[],
  since: string,
): void => {
  oweAnew(d, step, freedOf(before, countedOf(step)), paid, since)
  const left = Math.max(0, paidOf(step) + grantedBefore(step) - (step.granted_later ?? 0))
  let less = Math.max(0, (step.owed_back ?? 0) - left)
  if (less > 0) step.owed_back = left
  // what the fund had paid is its advance's to settle
  if (advance_id !== undefined) return
  for (const debt of d.file.receivables) {
    if (debt.step_id !== step.id || debt.advance_id !== null || !isOwed(debt)) continue
    const part = Math.min(less, leftOf(debt))
    less -= part
    if (part > 0) payReceivable(d, debt, part)
  }
}
