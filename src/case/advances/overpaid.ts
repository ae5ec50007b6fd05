/**
 * What arrives of an advance beyond what was put aside for it: more than was asked for, or a payment that is told when the advance has ended. The
 * fund has paid it all the same. The buyer owes what is too much; what was owed to the buyer anyway the platform bears. Pure.
 */

import type { Decision } from '../case-file/decision.ts'
import { leftOf, openReceivable, payReceivable } from '../receivables/effects.ts'
import { debtsOf, isOwed } from '../receivables/lifecycle.ts'
import type { Step } from '../refund-plans/table.ts'
import { balanceOf, postFor } from './journal.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** Books what was paid beyond. What the fund has not got others have paid, and are owed it. */
export const payBeyond = (d: Decision, advance: AdvanceRow, step: Step, amount: number): void => {
  if (amount === 0) return
  const { buyer_id: owner, currency } = advance
  const owed = step.stopped === undefined ? Math.min(amount, Math.max(0, (step.overpaid ?? 0) - (step.owed_back ?? 0))) : amount
  const borne = amount - owed
  const fund = Math.max(0, balanceOf(d, 'fund', currency))
  const borneByFund = Math.min(borne, fund)
  const owedToFund = Math.min(owed, fund - borneByFund)
  const owedToOthers = owed - owedToFund
  advance.overpaid_amount += owed
  advance.late_amount += borne
  step.owed_back = (step.owed_back ?? 0) + owed
  postFor(d, advance, [
    { kind: 'paid_late', amount: borneByFund },
    { kind: 'paid_late_by_others', amount: borne - borneByFund },
    { kind: 'overpaid_by_fund', amount: owedToFund, owner },
    { kind: 'owed_to_others', amount: owedToOthers, owner },
  ])
  tellAdvance(d, advance, advance.status, { type: 'advance_paid_beyond', data: { amount, owed, currency } })
  for (const [creditor, part] of [
    ['fund', owedToFund],
    ['outside', owedToOthers],
  ] as const)
    if (part > 0) openReceivable(d, advance, { role: 'buyer', amount: part, reason: 'overpaid', creditor })
}

/** What came back unpaid was first what was too much. @returns what of it was put aside */
export const bounceBeyond = (d: Decision, advance: AdvanceRow, step: Step, amount: number): number => {
  const owed = Math.min(amount, advance.overpaid_amount)
  const borne = Math.min(amount - owed, advance.late_amount)
  advance.overpaid_amount -= owed
  advance.late_amount -= borne
  if (owed > 0) step.owed_back = Math.max(0, (step.owed_back ?? 0) - owed)
  let rest = owed
  for (const debt of debtsOf(d.file, advance.id, 'buyer').filter(isOwed)) {
    const part = debt.reason_code === 'overpaid' ? Math.min(rest, leftOf(debt)) : 0
    rest -= part
    if (part > 0) payReceivable(d, debt, part)
  }
  postFor(d, advance, [
    // what the buyer had paid back already comes in once more
    { kind: 'buyer_repaid', amount: rest + borne, owner: advance.buyer_id },
    { kind: 'paid_late_no_more', amount: borne },
  ])
  return amount - owed - borne
}
