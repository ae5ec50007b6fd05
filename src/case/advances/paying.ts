/**
 * How the refund of a plan is paid by its advance: the attempt that asks for it names the advance, and what the payment system reports of
 * the attempt moves the ledger. Called by the steps of plans; pure.
 */

import { isOpenAdvance } from '../../words/advances.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { arrivedOf, isOpenAttempt } from '../refund-plans/attempts.ts'
import { isOverturned } from '../refund-plans/provisional.ts'
import type { Attempt, Step } from '../refund-plans/table.ts'
import { endUnpaid, release } from './freezing.ts'
import { postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import { bounceBeyond, payBeyond } from './overpaid.ts'
import { askRecovery, closeRecovered, isRecovered } from './recovery.ts'
import { askProvisionalBack, giveUpBounced, reverse, takeBackProvisional } from './reversal.ts'
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
  // the goods did come back, or their return is not waited for any more
  endClocks(d, 'met', { kinds: ['buyer_answer'], subjectId: advance.id })
  tellAdvance(d, advance, from, {
    type: 'advance_payout_asked',
    data: { amount: advance.frozen_amount, currency: advance.currency, step_id: advance.step_id },
  })
}

/**
 * The payment system has said something of an attempt: its money moves by as much as that has changed.
 * @param before what of the attempt had arrived before
 */
export const hearOfAttempt = (d: Decision, step: Step, attempt: Attempt, before: number): void => {
  const advance = d.file.advances.find(({ id }) => id === attempt.advance_id)
  const change = arrivedOf(attempt) - before
  if (advance && change > 0) {
    const fromFrozen = Math.min(change, advance.frozen_amount)
    pay(d, advance, fromFrozen)
    payBeyond(d, advance, step, change - fromFrozen)
  }
  if (advance && change < 0) bounce(d, advance, Math.min(bounceBeyond(d, advance, step, -change), advance.paid_amount))
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
  const data = { amount, currency: advance.currency }
  if (from === 'reversed') {
    // its decision was overturned meanwhile: what arrives is provisional, like the rest
    advance.provisional_amount += amount
    postFor(d, advance, [
      { kind: 'advance_paid', amount: fresh },
      { kind: 'advance_paid_again', amount: again },
    ])
    tellAdvance(d, advance, from, { type: 'advance_paid', data })
    return
  }
  const merchantPart = merchantPartOf(advance.shares, advance.paid_amount + advance.bounced_amount)
  const borne = fresh - (merchantPart - advance.merchant_part)
  advance.merchant_part = merchantPart
  postFor(d, advance, [
    { kind: 'advance_paid', amount: fresh },
    { kind: 'advance_paid_again', amount: again },
    { kind: 'borne', amount: borne },
  ])
  // the rest of a payment that arrived in parts is to be recovered, too
  const to = isRecovered(advance) ? 'recovered' : 'paid'
  if (from === 'paying' || (from === 'recovered' && to === 'paid')) setAdvanceStatus(advance, to)
  tellAdvance(d, advance, from, { type: 'advance_paid', data })
  if (from !== 'paid') askRecovery(d, advance)
}

/** What the buyer was paid came back unpaid: it is put aside once more. The merchant owes it all the same, until it is given up. */
const bounce = (d: Decision, advance: AdvanceRow, amount: number): void => {
  if (amount === 0) return
  const from = advance.status
  const data = { amount, currency: advance.currency }
  if (from === 'reversed') {
    const granted = takeBackProvisional(d, advance, amount)
    tellAdvance(d, advance, from, { type: 'advance_bounced', data })
    bounceGranted(d, advance, granted)
    return
  }
  advance.paid_amount -= amount
  advance.bounced_amount += amount
  advance.frozen_amount += amount
  postFor(d, advance, [{ kind: 'advance_bounced', amount }])
  if (from === 'closed') {
    setAdvanceStatus(advance, 'recovered')
    advance.ended_at = null
  }
  tellAdvance(d, advance, from, { type: 'advance_bounced', data })
}

/** What came back was granted by a later decision: it is what that one carried out which was not paid. */
const bounceGranted = (d: Decision, before: AdvanceRow, amount: number): void => {
  let left = amount
  for (const step of d.file.plans.flatMap(({ steps }) => steps)) {
    if (!step.granted_from?.some(({ step_id }) => step_id === before.step_id)) continue
    for (const later of d.file.advances) {
      const part = later.step_id === step.id ? Math.min(left, later.paid_amount) : 0
      if (part === 0) continue
      left -= part
      bounce(d, later, part)
    }
    settleUnwanted(d, step)
  }
}

/** Nothing more is to be paid on a step: what is put aside for it is the fund's again. Money that was asked for waits for the answer. */
export const settleUnwanted = (d: Decision, step: Step): void => {
  const isUnclaimed = step.unclaimed_at !== undefined
  const isOver = isUnclaimed || step.stopped !== undefined || step.status === 'skipped' || step.status === 'done'
  for (const advance of d.file.advances) {
    if (advance.step_id !== step.id || !isOver || isAskedBy(advance, step)) continue
    if (isOpenAdvance(advance) && advance.status !== 'paid')
      endUnpaid(d, advance, 'cancelled', isUnclaimed ? 'unclaimed' : 'refund_not_due')
    else if (advance.frozen_amount > 0) {
      release(d, advance)
      giveUpBounced(d, advance)
    }
    // its plan was overturned while the payment system was being asked
    if (step.stopped?.why === 'plan_ended' && wasOverturned(d, advance)) reverse(d, advance)
  }
  // what is reported after the end of a case finds nobody else who would see to it
  if (d.file.complaint.status === 'closed') askProvisionalBack(d)
  closeRecovered(d)
}

/** Whether the payment system may still pay what an advance asked for. */
export const isAskedBy = ({ id }: Pick<AdvanceRow, 'id'>, { attempts = [] }: Pick<Step, 'attempts'>): boolean =>
  attempts.some((attempt) => attempt.advance_id === id && isOpenAttempt(attempt))

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
