/** The merchant pays back what the buyer was advanced: by itself, from its deposit, or as a debt. Pure. */

import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { startWaiting } from '../deadlines/waiting.ts'
import { leftOf, openReceivable, payReceivable } from '../receivables/effects.ts'
import { debtsOf, isOwed } from '../receivables/lifecycle.ts'
import { balanceOf, postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

type Recovering = Pick<AdvanceRow, 'merchant_part' | 'recovered_amount' | 'owed_amount'>

/** What of the merchant's part is neither back nor owed as a debt. */
export const outstandingOf = ({ merchant_part, recovered_amount, owed_amount }: Recovering): number =>
  merchant_part - recovered_amount - owed_amount

export const isRecovered = (advance: Recovering): boolean => outstandingOf(advance) === 0

/** The merchant has its time to pay. */
export const askRecovery = (d: Decision, advance: AdvanceRow): void => {
  if (advance.status !== 'paid') return
  startWaiting(d, 'merchant_pays', 'respondent', advance.id)
  tellAdvance(d, advance, advance.status, {
    type: 'advance_recovery_asked',
    data: { amount: outstandingOf(advance), currency: advance.currency },
  })
}

/** Nothing more is to come of the merchant's part by itself. */
export const endRecovery = (d: Decision, advance: AdvanceRow): void => {
  endClocks(d, 'met', { kinds: ['merchant_pays'], subjectId: advance.id })
  if (advance.status === 'paid') setAdvanceStatus(advance, 'recovered')
}

/** The merchant has paid the fund: what is due, then what it owes, and what is beyond that is its deposit. */
export const recover = (d: Decision, advance: AdvanceRow, amount: number, explanation?: string): void => {
  const from = advance.status
  const { currency, merchant_id: owner } = advance
  const due = from === 'paid' ? Math.min(amount, outstandingOf(advance)) : 0
  let rest = amount - due
  if (due > 0) {
    postFor(d, advance, [
      { kind: 'merchant_paid', amount: due },
      { kind: 'recovered', amount: due },
    ])
    advance.recovered_amount += due
    if (isRecovered(advance)) endRecovery(d, advance)
  }
  const debt = debtsOf(d.file, advance.id, 'merchant').find(isOwed)
  const paidOff = debt ? Math.min(rest, leftOf(debt)) : 0
  if (debt && paidOff > 0) payReceivable(d, debt, paidOff)
  rest -= paidOff
  if (rest > 0) postFor(d, advance, [{ kind: 'deposit_received', amount: rest, owner }])
  tellAdvance(d, advance, from, {
    type: 'advance_recovered',
    reasonCode: 'merchant_paid',
    data: {
      ...{ amount: due + paidOff, currency },
      ...(rest > 0 && { to_deposit: rest }),
      ...(explanation !== undefined && { explanation }),
    },
  })
}

/** The case is closed, and nobody owes anything any more because of its advances. */
export const closeRecovered = (d: Decision): void => {
  if (d.file.complaint.status !== 'closed') return
  for (const advance of d.file.advances) {
    if (advance.status !== 'recovered' || advance.frozen_amount > 0) continue
    if (d.file.receivables.some((debt) => debt.advance_id === advance.id && isOwed(debt))) continue
    setAdvanceStatus(advance, 'closed')
    advance.ended_at = d.now
    tellAdvance(d, advance, 'recovered', { type: 'advance_closed' })
  }
}

/** The merchant did not pay in time: its deposit does, as far as it goes, and the merchant owes the rest. */
export const clawBack = (d: Decision, advance: AdvanceRow): void => {
  if (advance.status !== 'paid') return
  const { currency, merchant_id: owner } = advance
  const due = outstandingOf(advance)
  const taken = Math.min(due, balanceOf(d, 'deposit', currency, owner))
  const short = due - taken
  const [first] = postFor(d, advance, [
    { kind: 'deposit_taken', amount: taken, owner },
    { kind: 'recovered', amount: taken },
  ])
  if (taken > 0) advance.taken_by = first?.id ?? null
  advance.recovered_amount += taken
  if (short > 0) {
    postFor(d, advance, [{ kind: 'owed_by_merchant', amount: short, owner }])
    advance.owed_amount += short
  }
  endRecovery(d, advance)
  if (taken > 0)
    tellAdvance(d, advance, 'paid', {
      type: 'advance_recovered',
      reasonCode: 'deposit_taken',
      data: { amount: taken, currency },
    })
  if (short === 0) return
  const debt = openReceivable(d, advance, { role: 'merchant', amount: short, reason: 'advance_not_covered' })
  tellAdvance(d, advance, 'paid', {
    type: 'advance_shortfall_owed',
    data: { amount: short, currency, receivable_id: debt.id },
  })
}
