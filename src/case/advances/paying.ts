/**
 * How the refund of a plan is paid by its advance: the attempt that asks for it names the advance, and what the payment system reports of
 * the attempt moves the ledger. Called by the steps of plans; pure.
 */

import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { isOverturned } from '../refund-plans/provisional.ts'
import type { Attempt, Step } from '../refund-plans/table.ts'
import { endUnpaid, release } from './freezing.ts'
import { postFor } from './journal.ts'
import { isOpenAdvance, setAdvanceStatus } from './lifecycle.ts'
import { askRecovery, isRecovered } from './recovery.ts'
import { reverse } from './reversal.ts'
import { merchantPartOf } from './shares.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** The advance with money put aside for a step, if any. */
export const payerOf = (d: Decision, { id }: Pick<Step, 'id'>): AdvanceRow | undefined =>
  d.file.advances.find(({ step_id, frozen_amount }) => step_id === id && frozen_amount > 0)

/** The payment system is asked to pay a step from the fund. */
export const beginPaying = (d: Decision, advance: AdvanceRow): void => {
  const from = advance.status
  if (from !== 'frozen' && from !== 'asking_buyer') return
  setAdvanceStatus(advance, 'paying')
  tellAdvance(d, advance, from, {
    type: 'advance_payout_asked',
    data: { amount: advance.frozen_amount, currency: advance.currency, step_id: advance.step_id },
  })
}

const paidBy = ({ status, paid = 0 }: Pick<Attempt, 'status' | 'paid'>): number => (status === 'done' ? paid : 0)

/** The payment system has said something of an attempt that an advance pays. @param before the attempt as it was */
export const hearOfAttempt = (d: Decision, step: Step, before: Attempt, after: Attempt): void => {
  const advance = d.file.advances.find(({ id }) => id === after.advance_id)
  const change = paidBy(after) - paidBy(before)
  if (advance && change > 0) pay(d, advance, Math.min(change, advance.frozen_amount))
  if (advance && change < 0) bounce(d, advance, Math.min(-change, advance.paid_amount))
  settleUnwanted(d, step)
}

/** The buyer has the money: what the platform bears of it is its expense, and the merchant is asked for the rest. */
const pay = (d: Decision, advance: AdvanceRow, amount: number): void => {
  if (amount === 0) return
  const from = advance.status
  const again = Math.min(amount, advance.bounced_amount)
  const fresh = amount - again
  advance.frozen_amount -= amount
  advance.bounced_amount -= again
  advance.paid_amount += amount
  advance.paid_at ??= d.now
  const merchantPart = merchantPartOf(advance.shares, advance.paid_amount + advance.bounced_amount)
  const borne = fresh - (merchantPart - advance.merchant_part)
  advance.merchant_part = merchantPart
  postFor(d, advance, [
    { kind: 'advance_paid', amount: fresh },
    { kind: 'advance_paid_again', amount: again },
    { kind: 'borne', amount: borne },
  ])
  if (from === 'paying') setAdvanceStatus(advance, isRecovered(advance) ? 'recovered' : 'paid')
  tellAdvance(d, advance, from, { type: 'advance_paid', data: { amount, currency: advance.currency } })
  if (from === 'paying') askRecovery(d, advance)
}

/** What the buyer was paid came back unpaid: it is put aside once more. The merchant owes it all the same. */
const bounce = (d: Decision, advance: AdvanceRow, amount: number): void => {
  advance.paid_amount -= amount
  advance.bounced_amount += amount
  advance.frozen_amount += amount
  postFor(d, advance, [{ kind: 'advance_bounced', amount }])
  tellAdvance(d, advance, advance.status, { type: 'advance_bounced', data: { amount, currency: advance.currency } })
}

/** Nothing more is to be paid on a step: what is put aside for it is the fund's again. Money that was asked for waits for the answer. */
export const settleUnwanted = (d: Decision, step: Step): void => {
  const isAsked = (step.attempts ?? []).some(({ status }) => status === 'asked' || status === 'under_way')
  for (const advance of d.file.advances) {
    if (advance.step_id !== step.id || isAsked) continue
    const isOver = step.stopped !== undefined || step.status === 'skipped' || step.status === 'done'
    if (isOver && isOpenAdvance(advance) && advance.status !== 'paid') endUnpaid(d, advance, 'cancelled', 'refund_not_due')
    else if (isOver && advance.frozen_amount > 0) release(d, advance)
    // its plan was overturned while the payment system was being asked
    if (step.stopped?.why === 'plan_ended' && wasOverturned(d, advance)) reverse(d, advance)
  }
}

const wasOverturned = (d: Decision, { plan_id, status }: AdvanceRow): boolean =>
  (status === 'paid' || status === 'recovered') && isOverturned(d.file, plan_id)

/** An inspection found less than was announced: the advance pays what passed, and what is too much for that is released once it is paid. */
export const followSplit = (d: Decision, refund: Step, passed: Step | undefined): void => {
  for (const advance of d.file.advances) {
    if (advance.step_id !== refund.id || !isOpenAdvance(advance)) continue
    if (passed) advance.step_id = passed.id
    else endUnpaid(d, advance, 'cancelled', 'refund_not_due')
  }
}

/** The goods of a return did not come: the buyer of an advance is asked. */
export const askBuyer = (d: Decision, advance: AdvanceRow, explanation?: string): void => {
  setAdvanceStatus(advance, 'asking_buyer')
  if (!d.file.deadlines.some((x) => isOpen(x) && x.kind === 'buyer_answer' && x.subject_id === advance.id))
    startClock(d, 'buyer_answer', { party: 'complainant', subjectId: advance.id })
  tellAdvance(d, advance, 'frozen', {
    type: 'advance_return_doubted',
    data: { amount: advance.frozen_amount, currency: advance.currency, ...(explanation !== undefined && { explanation }) },
  })
}
