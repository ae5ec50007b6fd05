/**
 * A won appeal takes back what its decision brought: the merchant gets what it bore, at once or as far as the fund can, and what the buyer was
 * paid is provisional until the next decision of the case grants it or asks for it. A reversal never fails for want of money. Pure.
 */

import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { leftOf, openReceivable, reverseReceivable } from '../receivables/effects.ts'
import { isOwed } from '../receivables/lifecycle.ts'
import { balanceOf, postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** Takes back what an advance has cost the merchant. */
export const reverse = (d: Decision, advance: AdvanceRow): void => {
  const from = advance.status
  const { currency, merchant_id: owner } = advance
  // what the platform bears is what was paid and neither the merchant's nor its debt
  const borne = advance.paid_amount + advance.bounced_amount - advance.merchant_part
  const back = advance.recovered_amount
  const debts = d.file.receivables.filter(
    ({ advance_id, debtor_role }) => advance_id === advance.id && debtor_role === 'merchant',
  )
  const forgone = (as: 'waived' | 'written_off') =>
    debts.reduce((sum, debt) => (debt.status === as ? sum + leftOf(debt) : sum), 0)
  const given = Math.min(back, Math.max(0, balanceOf(d, 'fund', currency)))
  const owed = back - given
  postFor(d, advance, [
    { kind: 'not_recovered', amount: back },
    { kind: 'given_back_to_deposit', amount: given, owner, reverses: advance.taken_by },
    { kind: 'owed_to_merchant', amount: owed, owner },
    { kind: 'borne_no_more', amount: borne },
    { kind: 'waived_no_more', amount: forgone('waived') },
    { kind: 'written_off_no_more', amount: forgone('written_off') },
  ])
  for (const debt of debts) if (isOwed(debt)) reverseReceivable(d, debt)
  endClocks(d, 'cancelled', { kinds: ['merchant_pays'], subjectId: advance.id })
  setAdvanceStatus(advance, 'reversed')
  advance.recovered_amount = 0
  advance.owed_amount = 0
  advance.merchant_part = 0
  advance.taken_by = null
  advance.provisional_amount = advance.paid_amount
  advance.end_reason_code = 'appeal_upheld'
  advance.ended_at = d.now
  tellAdvance(d, advance, from, {
    type: 'advance_reversed',
    reasonCode: 'appeal_upheld',
    data: { currency, given_back: given, owed_to_merchant: owed, provisional: advance.provisional_amount },
  })
}

/** The decision that the advances of a case carried out is overturned. One that the payment system is paying is reversed when it is paid. */
export const reverseAll = (d: Decision): void => {
  for (const advance of d.file.advances)
    if (advance.status === 'paid' || advance.status === 'recovered' || advance.status === 'closed') reverse(d, advance)
}

/** The case ends, and no decision has granted what was paid provisionally: the buyer owes it. */
export const askProvisionalBack = (d: Decision): void => {
  for (const advance of d.file.advances) {
    const { provisional_amount: amount, buyer_id: owner } = advance
    if (amount === 0) continue
    postFor(d, advance, [{ kind: 'owed_by_buyer', amount, owner }])
    advance.provisional_amount = 0
    openReceivable(d, advance, { role: 'buyer', amount, reason: 'advance_not_due' })
  }
}
