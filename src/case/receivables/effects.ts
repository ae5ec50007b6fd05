/** How a debt to the fund comes to be, is paid, and ends. Pure. */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import type { Creditor, DebtorRole, ReceivableReason, ReceivableState } from '../../words/advances.ts'
import type { TransferKind } from '../../words/ledger.ts'
import { balanceOf, post } from '../advances/journal.ts'
import type { AdvanceRow } from '../advances/table.ts'
import type { EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { startWaiting } from '../deadlines/waiting.ts'
import { takeHeld } from '../holds/effects.ts'
import { isOwed, receivableLifecycle, setReceivableStatus, sideOfDebtor } from './lifecycle.ts'
import type { ReceivableRow } from './table.ts'

/** Tells its debtor and the people of the platform. */
const tellDebt = (
  d: Decision,
  debt: ReceivableRow,
  from: ReceivableState | null,
  happening: Telling<EventTypeOf<'receivable'>>,
): void => {
  d.tell({ ...happening, resourceId: debt.id, from, to: debt.status, visibility: sideOfDebtor[debt.debtor_role] })
}

/** The transfers of a debt, by whose it is. */
const kindsOf: Readonly<Record<DebtorRole, Readonly<Record<'comesIn' | 'owesNoMore' | 'waived' | 'writtenOff', TransferKind>>>> =
  {
    merchant: {
      comesIn: 'merchant_paid',
      owesNoMore: 'merchant_owes_no_more',
      waived: 'merchant_waived',
      writtenOff: 'merchant_written_off',
    },
    buyer: { comesIn: 'buyer_repaid', owesNoMore: 'buyer_owes_no_more', waived: 'buyer_waived', writtenOff: 'buyer_written_off' },
  }

const about = ({ id, ...debt }: ReceivableRow) => ({ ...debt, receivable_id: id })

export const leftOf = ({ amount, paid_amount }: Pick<ReceivableRow, 'amount' | 'paid_amount'>): number => amount - paid_amount

/** What a debt comes of. */
export type Origin = Pick<AdvanceRow, 'platform_id' | 'complaint_id' | 'currency' | 'buyer_id' | 'merchant_id'> & {
  /** The advance; null of an ordinary refund. */
  id: string | null
  step_id: string
}

/** Somebody owes the fund or others from now on. The caller has written the transfer. */
export const openReceivable = (
  d: Decision,
  advance: Origin,
  {
    role,
    amount,
    reason,
    creditor = 'fund',
  }: { role: DebtorRole; amount: number; reason: ReceivableReason; creditor?: Creditor },
): ReceivableRow => {
  const debt: ReceivableRow = {
    platform_id: advance.platform_id,
    id: newId(),
    complaint_id: advance.complaint_id,
    advance_id: advance.id,
    step_id: advance.step_id,
    creditor,
    version: 1,
    status: receivableLifecycle.initial,
    debtor_role: role,
    debtor_id: role === 'buyer' ? advance.buyer_id : advance.merchant_id,
    reason_code: reason,
    currency: advance.currency,
    amount,
    paid_amount: 0,
    end_explanation: null,
    ended_by: null,
    ended_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  d.file.receivables.push(debt)
  startWaiting(d, 'debt', sideOfDebtor[role], debt.id)
  tellDebt(d, debt, null, { type: 'debt_arose', reasonCode: reason, data: { amount, currency: debt.currency } })
  return debt
}

const end = (d: Decision, debt: ReceivableRow, to: ReceivableState, explanation?: string): void => {
  setReceivableStatus(debt, to)
  debt.ended_at = d.now
  debt.end_explanation = explanation ?? null
  debt.ended_by = actorName(d.actor)
  endClocks(d, to === 'paid' || to === 'set_off' ? 'met' : 'cancelled', { kinds: ['debt'], subjectId: debt.id })
}

/** What of the debt is paid counts as recovered by its advance. */
const countRecovered = (d: Decision, debt: ReceivableRow, amount: number): void => {
  const advance = d.file.advances.find(({ id }) => id === debt.advance_id)
  if (advance === undefined || debt.debtor_role !== 'merchant') return
  advance.owed_amount -= amount
  advance.recovered_amount += amount
}

const lessen = (d: Decision, debt: ReceivableRow, amount: number, ended: 'paid' | 'set_off'): void => {
  debt.paid_amount += amount
  countRecovered(d, debt, amount)
  if (leftOf(debt) === 0) end(d, debt, ended)
  else if (debt.status !== 'partly_paid') setReceivableStatus(debt, 'partly_paid')
}

/** The debtor has paid. @param amount at most what is left @param explanation why a person reports it, where one said so */
export const payReceivable = (d: Decision, debt: ReceivableRow, amount: number, explanation?: string): void => {
  const from = debt.status
  const { comesIn, owesNoMore } = kindsOf[debt.debtor_role]
  post(d, about(debt), [
    // what others are owed does not come in to the fund
    ...(debt.creditor === 'fund' ? [{ kind: comesIn, amount, owner: debt.debtor_id }] : []),
    { kind: owesNoMore, amount, owner: debt.debtor_id },
  ])
  lessen(d, debt, amount, 'paid')
  const data = { amount, left: leftOf(debt), currency: debt.currency, ...(explanation !== undefined && { explanation }) }
  tellDebt(d, debt, from, { type: 'debt_paid', data })
}

/** The platform has money of the merchant again: what is held in this case pays, then the deposit. @returns whether anything was paid */
export const setOff = (d: Decision, debt: ReceivableRow): boolean => {
  if (debt.debtor_role !== 'merchant' || !isOwed(debt)) return false
  const { debtor_id: owner, currency, status: from } = debt
  const held = takeHeld(d, leftOf(debt))
  const ofHeld = held.reduce((sum, one) => sum + one.amount, 0)
  const ofDeposit = Math.max(0, Math.min(leftOf(debt) - ofHeld, balanceOf(d, 'deposit', currency, owner)))
  const amount = ofHeld + ofDeposit
  if (amount === 0) return false
  const transfers = post(d, about(debt), [
    ...held.map((one) => ({ kind: 'held_taken' as const, amount: one.amount, owner })),
    { kind: 'deposit_taken', amount: ofDeposit, owner },
    { kind: 'merchant_owes_no_more', amount, owner },
  ])
  const advance = d.file.advances.find(({ id }) => id === debt.advance_id)
  advance?.taken.push(
    ...held.map((one, index) => ({ ...one, from: 'held' as const, owner, transfer_id: transfers[index]?.id ?? null })),
  )
  lessen(d, debt, amount, 'set_off')
  tellDebt(d, debt, from, { type: 'debt_set_off', data: { amount, left: leftOf(debt), currency } })
  return true
}

/** The platform forgoes it, or bears it since nobody will pay. */
export const forgo = (d: Decision, debt: ReceivableRow, to: 'waived' | 'written_off', explanation?: string): void => {
  const { status: from, debtor_id: owner, currency } = debt
  const amount = leftOf(debt)
  const { waived, writtenOff, owesNoMore } = kindsOf[debt.debtor_role]
  // what others are owed the platform does not bear
  const kind = debt.creditor === 'outside' ? owesNoMore : to === 'waived' ? waived : writtenOff
  post(d, about(debt), [{ kind, amount, owner }])
  end(d, debt, to, explanation)
  const data = { amount, currency, ...(explanation !== undefined && { explanation }) }
  if (to === 'waived') tellDebt(d, debt, from, { type: 'debt_waived', data })
  else tellDebt(d, debt, from, { type: 'debt_written_off', data })
}

/** What it came of was overturned, or a part of it. @param amount at most what is left */
export const reverseReceivable = (d: Decision, debt: ReceivableRow, amount: number): void => {
  const { status: from, debtor_id: owner, currency } = debt
  const ofBuyer = debt.creditor === 'fund' ? 'buyer_owes_by_no_decision' : 'buyer_owes_no_more'
  post(d, about(debt), [{ kind: debt.debtor_role === 'merchant' ? 'owed_no_more_by_reversal' : ofBuyer, amount, owner }])
  if (amount === leftOf(debt)) end(d, debt, 'reversed')
  else debt.amount -= amount
  tellDebt(d, debt, from, { type: 'debt_reversed', data: { amount, currency } })
}
