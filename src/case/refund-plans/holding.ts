/** What the steps of a plan hold of their order: given back when a step is not wanted any more, and counted as too much where more was paid. Pure. */

import { allocate } from '../../foundation/allocate.ts'
import type { Decision } from '../case-file/decision.ts'
import { isSamePot } from '../orders/book.ts'
import { fitsInForce, putInForce } from '../orders/in-force.ts'
import type { Amounts } from '../orders/money.ts'
import type { Pot } from '../orders/table.ts'
import { heldBy, paidOf } from './attempts.ts'
import { countsForOrder, movesMoney } from './steps.ts'
import type { PlanRow, Step } from './table.ts'

/** What a step counts against its order now. */
export const countedOf = ({ counted, allocation = [] }: Pick<Step, 'counted' | 'allocation'>): Pot[] => counted ?? allocation

/** What it counts against where it holds so much, and so much was paid beyond. Pieces stay held while any of its money is. */
export const potsOf = ({ allocation = [], amount }: Pick<Step, 'allocation' | 'amount'>, held: number, beyond: number): Pot[] =>
  [...Map.groupBy(allocation, ({ kind }) => kind)].flatMap(([kind, group]) => {
    if (kind === 'quantity' || !amount) return held > 0 ? group : []
    const weights = group.map((pot) => pot.amount)
    const sum = weights.reduce((all, one) => all + BigInt(one), 0n)
    const parts = allocate(Number((BigInt(held + beyond) * sum) / BigInt(amount)), weights)
    return group.map((pot, index) => ({ ...pot, amount: parts[index] ?? 0 })).filter((pot) => pot.amount > 0)
  })

const difference = (after: readonly Pot[], before: readonly Pot[]): Pot[] => {
  const gone = before.filter((pot) => !after.some((other) => isSamePot(other, pot)))
  return [
    ...after.map((pot) => ({ ...pot, amount: pot.amount - (before.find((other) => isSamePot(other, pot))?.amount ?? 0) })),
    ...gone.map((pot) => ({ ...pot, amount: -pot.amount })),
  ].filter(({ amount }) => amount !== 0)
}

const changeOf = ({ kind }: Step, money: number, pots: readonly Pot[]): Amounts => ({
  refund: kind === 'refund' ? money : 0,
  compensation: kind === 'compensation' ? money : 0,
  goods: 0,
  pots,
})

/** Lets a money step hold so much of its order. More than it held is taken only where the order has room for all of it. */
export const holdOnly = (d: Decision, plan: PlanRow, step: Step, target: number): void => {
  const held = heldBy(step)
  if (target === held) return
  const counted = potsOf(step, target, step.overpaid ?? 0)
  const change = changeOf(step, target - held, difference(counted, countedOf(step)))
  if (target > held && !fitsInForce(d.file, change)) return
  step.released = (step.amount ?? 0) - target
  step.counted = counted
  if (countsForOrder(step.kind)) plan[`${step.kind}_in_force`] += target - held
  putInForce(d.file, change)
}

/** Gives back what a step holds that is not to be done: its money, but for what was paid, or the value of the goods that it sends. */
export const giveBack = (d: Decision, plan: PlanRow, step: Step): void => {
  if (movesMoney(step.kind)) holdOnly(d, plan, step, paidOf(step))
  else if (step.goods !== undefined) {
    putInForce(d.file, { refund: 0, compensation: 0, goods: -step.goods, pots: [] })
    step.goods = 0
  }
}

/** Counts what was paid beyond what a step holds. @returns by how much that has grown */
export const countOverpaid = (d: Decision, step: Step): number => {
  const before = step.overpaid ?? 0
  const after = Math.max(0, paidOf(step) - heldBy(step))
  if (after === before) return 0
  const counted = potsOf(step, heldBy(step), after)
  const change = changeOf(step, after - before, difference(counted, countedOf(step)))
  putInForce(d.file, change, { beyond: after > before })
  step.overpaid = after
  step.counted = counted
  return Math.max(0, after - before)
}
