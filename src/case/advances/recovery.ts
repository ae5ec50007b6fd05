/** The merchant pays back what the buyer was advanced: by itself, from its deposit, or as a debt. Pure. */

import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { startWaiting } from '../deadlines/waiting.ts'
import { takeHeld } from '../holds/effects.ts'
import { leftOf, openReceivable, payReceivable } from '../receivables/effects.ts'
import { debtsOf, isOwed } from '../receivables/lifecycle.ts'
import { availableIn, balanceOf, postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import type { AdvanceRow, TakenFrom } from './table.ts'
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

/** What the platform has of the merchant's money, taken for what is due: what is held of this trade, then its deposit, then those of affiliates. */
const takeFrom = (d: Decision, { currency, merchant_id }: AdvanceRow, due: number): TakenFrom[] => {
  let left = due
  const taken: TakenFrom[] = takeHeld(d, due).map((one) => {
    left -= one.amount
    return { ...one, from: 'held', owner: merchant_id, transfer_id: null }
  })
  const take = (from: TakenFrom['from'], owner: string, most: number): void => {
    const amount = Math.min(left, most)
    if (amount <= 0) return
    left -= amount
    taken.push({ from, owner, hold_id: null, amount, transfer_id: null })
  }
  take('deposit', merchant_id, balanceOf(d, 'deposit', currency, merchant_id))
  // an affiliate pays with what its own cases may not need
  if (d.policy.recovery.affiliates)
    for (const owner of d.file.affiliates?.affiliates ?? []) take('affiliate', owner, availableIn(d, currency, owner))
  return taken
}

const kindOf = { held: 'held_taken', deposit: 'deposit_taken', affiliate: 'affiliate_deposit_taken' } as const

/** The merchant did not pay in time: what the platform has of its money does, as far as that goes, and the merchant owes the rest. */
export const clawBack = (d: Decision, advance: AdvanceRow): void => {
  if (advance.status !== 'paid') return
  const { currency, merchant_id: owner } = advance
  const due = outstandingOf(advance)
  const found = takeFrom(d, advance, due)
  const amount = found.reduce((sum, one) => sum + one.amount, 0)
  const short = due - amount
  const transfers = postFor(d, advance, [
    ...found.map((one) => ({ kind: kindOf[one.from], amount: one.amount, owner: one.owner })),
    { kind: 'recovered', amount },
  ])
  advance.taken = [...advance.taken, ...found.map((one, index) => ({ ...one, transfer_id: transfers[index]?.id ?? null }))]
  advance.recovered_amount += amount
  if (short > 0) {
    postFor(d, advance, [{ kind: 'owed_by_merchant', amount: short, owner }])
    advance.owed_amount += short
  }
  endRecovery(d, advance)
  for (const one of found)
    tellAdvance(d, advance, 'paid', {
      type: 'advance_recovered',
      reasonCode: kindOf[one.from],
      data: { amount: one.amount, currency, ...(one.from === 'affiliate' && { merchant_id: one.owner }) },
    })
  if (short === 0) return
  const debt = openReceivable(d, advance, { role: 'merchant', amount: short, reason: 'advance_not_covered' })
  tellAdvance(d, advance, 'paid', {
    type: 'advance_shortfall_owed',
    data: { amount: short, currency, receivable_id: debt.id },
  })
}
