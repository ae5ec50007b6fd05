/**
 * What was paid under a decision that was overturned is provisional: it stays counted for its order, and the next decision of the case grants
 * it first and asks only for the rest. What no decision grants is asked back when the case ends. Pure.
 */
import type { CaseFile } from '../case-file/case-file.ts'
import { type Book, bookOfCase, bookWithout } from '../orders/book.ts'
import type { Amounts } from '../orders/money.ts'
import type { Pot } from '../orders/table.ts'
import { paidOf } from './attempts.ts'
import { countedOf, potsOf } from './holding.ts'
import type { PlanRow, Step } from './table.ts'

type Decided = Pick<CaseFile, 'appeals' | 'plans'>

/** Whether an appeal against the decision of a plan was upheld. */
export const isOverturned = ({ appeals }: Pick<CaseFile, 'appeals'>, planId: string): boolean =>
  appeals.some(({ status, decision }) => status === 'upheld' && decision.plan_id === planId)

export const grantedBefore = ({ granted_from = [] }: Step): number => granted_from.reduce((sum, { amount }) => sum + amount, 0)

/** What of a refund was paid, by itself or before it, and no later decision has granted or asked back. */
const provisionalOf = (step: Step): number =>
  paidOf(step) + grantedBefore(step) - (step.granted_later ?? 0) - (step.owed_back ?? 0)

/** The refunds that were paid under overturned decisions and are granted by none, the oldest first. */
export const provisionalSteps = (file: Decided): { plan: PlanRow; step: Step; amount: number }[] =>
  file.plans.flatMap((plan) =>
    isOverturned(file, plan.id)
      ? plan.steps.flatMap((step) => {
          const amount = step.kind === 'refund' ? provisionalOf(step) : 0
          return amount > 0 ? [{ plan, step, amount }] : []
        })
      : [],
  )

/** A part of what a step counts against. */
export const partOf = (pots: readonly Pot[], amount: number, of: number): Pot[] =>
  amount === of ? [...pots] : potsOf({ allocation: [...pots], amount: of }, amount, 0)

/** What the money of a step counts against, where some of it was paid for earlier steps: there. */
const potsBehind = ({ plans }: Pick<CaseFile, 'plans'>, step: Step): Pot[] => [
  ...countedOf(step),
  ...(step.granted_from ?? []).flatMap(({ step_id, amount }) => {
    const source = plans.flatMap(({ steps }) => steps).find(({ id }) => id === step_id)
    return source ? partOf(countedOf(source), amount, paidOf(source)) : []
  }),
]

/** The book of the order for the next decision of a case: what was paid provisionally is there for it. Null without an order. */
export const bookForPlans = (file: CaseFile): Book | null => {
  const book = bookOfCase(file)
  if (book === null) return null
  const provisional = provisionalSteps(file)
  if (provisional.length === 0) return book
  const money = provisional.reduce((sum, { amount }) => sum + amount, 0)
  const pots = provisional.flatMap(({ step, amount }) =>
    partOf(potsBehind(file, step), amount, paidOf(step) + grantedBefore(step)),
  )
  return bookWithout(book, money, pots)
}

/** What a new step has of what was paid before. */
export type Granted = { step_id: string; amount: number }[]

/** Grants what was paid provisionally to the refunds of a new plan, in their order. @returns for each remedy what it has of it */
export const grantProvisional = (file: CaseFile, amounts: readonly Amounts[]): Granted[] => {
  const sources = provisionalSteps(file)
  return amounts.map(({ refund }) => {
    const granted: Granted = []
    let left = refund
    for (const source of sources) {
      const amount = Math.min(left, source.amount)
      if (amount === 0) continue
      left -= amount
      source.amount -= amount
      source.step.granted_later = (source.step.granted_later ?? 0) + amount
      granted.push({ step_id: source.step.id, amount })
    }
    return granted
  })
}

/** What of a remedy is still to be reserved and paid. Pieces stay counted where they were. */
export const lessGranted = (amounts: Amounts, granted: Granted): Amounts => {
  const sum = granted.reduce((all, { amount }) => all + amount, 0)
  if (sum === 0) return amounts
  const refund = amounts.refund - sum
  const pots = refund === 0 ? [] : potsOf({ allocation: [...amounts.pots], amount: amounts.refund }, refund, 0)
  return { ...amounts, refund, pots: pots.filter(({ kind }) => kind !== 'quantity') }
}
