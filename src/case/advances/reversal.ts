/**
 * A won appeal takes back what its decision brought: the merchant gets what it bore, at once or as far as the fund can, and what the buyer was
 * paid is provisional until the next decision of the case grants it or asks for it. A reversal never fails for want of money. Pure.
 */

import type { Posting } from '../../money/ledger/post.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { canGiveBack, giveBack } from '../holds/effects.ts'
import { leftOf, openReceivable, payReceivable, reverseReceivable } from '../receivables/effects.ts'
import { debtsOf, isOwed } from '../receivables/lifecycle.ts'
import { provisionalSteps } from '../refund-plans/provisional.ts'
import type { Step } from '../refund-plans/table.ts'
import { balanceOf, post, postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import { endRecovery, isRecovered, outstandingOf } from './recovery.ts'
import { merchantPartOf } from './shares.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** What of an advance the merchant was let off: of what became a debt that nobody owes any more. */
const forgoneOf = (d: Decision, advance: AdvanceRow): number =>
  debtsOf(d.file, advance.id, 'merchant').reduce((sum, debt) => (isOwed(debt) ? sum - leftOf(debt) : sum), advance.owed_amount)

/**
 * The merchant bears so much less of an advance: first what it was not asked for yet, then what it owes, what it was let off, and what it has
 * paid. What the fund lacks for the last it owes.
 * @param amount at most the merchant's part
 */
const unburden = (d: Decision, advance: AdvanceRow, amount: number): { given: number; owed: number } => {
  let rest = Math.max(0, amount - outstandingOf(advance))
  advance.merchant_part -= amount
  const take = (most: number): number => {
    const part = Math.min(rest, most)
    rest -= part
    return part
  }
  for (const debt of debtsOf(d.file, advance.id, 'merchant').filter(isOwed)) {
    const part = take(leftOf(debt))
    if (part > 0) reverseReceivable(d, debt, part)
    advance.owed_amount -= part
  }
  const forgone = take(forgoneOf(d, advance))
  const writtenOff = debtsOf(d.file, advance.id, 'merchant').reduce(
    (sum, debt) => (debt.status === 'written_off' ? sum + leftOf(debt) : sum),
    0,
  )
  const waived = Math.max(0, Math.min(forgone, forgoneOf(d, advance) - writtenOff))
  advance.owed_amount -= forgone
  const back = rest
  advance.recovered_amount -= back
  const { lines, given, owed } = giveTo(d, advance, back)
  postFor(d, advance, [
    { kind: 'waived_no_more', amount: waived },
    { kind: 'written_off_no_more', amount: forgone - waived },
    { kind: 'not_recovered', amount: back },
    ...lines,
  ])
  return { given, owed }
}

/**
 * To whom what the merchant has paid of an advance goes back: to those from whom it was taken, the last first, and what the merchant paid itself to
 * its deposit. What the fund lacks for that it owes.
 */
const giveTo = (d: Decision, advance: AdvanceRow, back: number): { lines: Posting[]; given: number; owed: number } => {
  const fund = Math.max(0, balanceOf(d, 'fund', advance.currency))
  const lines: Posting[] = []
  let left = back
  let given = 0
  const give = (amount: number, owner: string, reverses: string | null, hold_id: string | null = null): void => {
    const now = Math.min(amount, fund - given)
    given += now
    left -= amount
    const isHeld = hold_id !== null && canGiveBack(d, hold_id)
    if (isHeld && now > 0) giveBack(d, { hold_id, amount: now })
    lines.push({
      kind: isHeld ? 'given_back_to_held' : 'given_back_to_deposit',
      amount: now,
      owner,
      reverses: isHeld || hold_id === null ? reverses : null,
    })
    lines.push({ kind: 'owed_to_merchant', amount: amount - now, owner })
  }
  // what the merchant paid by itself comes last of what is borne, so it goes back first
  const taken = advance.taken.reduce((sum, one) => sum + one.amount, 0)
  const byItself = Math.min(left, Math.max(0, advance.recovered_amount + back - taken))
  if (byItself > 0) give(byItself, advance.merchant_id, null)
  advance.taken = advance.taken
    .toReversed()
    .map((one) => {
      const amount = Math.min(left, one.amount)
      if (amount === 0) return one
      give(amount, one.owner, one.transfer_id, one.hold_id)
      return { ...one, amount: one.amount - amount, transfer_id: null }
    })
    .toReversed()
  return { lines, given, owed: back - given }
}

/** What the platform bears: what was paid and is not the merchant's part. */
const borneOf = ({ paid_amount, bounced_amount, merchant_part }: AdvanceRow): number =>
  paid_amount + bounced_amount - merchant_part

/** Takes back what an advance has cost the merchant. */
export const reverse = (d: Decision, advance: AdvanceRow): void => {
  const from = advance.status
  const { currency } = advance
  postFor(d, advance, [{ kind: 'borne_no_more', amount: borneOf(advance) }])
  const { given, owed } = unburden(d, advance, advance.merchant_part)
  endClocks(d, 'cancelled', { kinds: ['merchant_pays'], subjectId: advance.id })
  setAdvanceStatus(advance, 'reversed')
  advance.taken = []
  advance.provisional_amount = advance.paid_amount
  advance.end_reason_code = 'appeal_upheld'
  advance.ended_at = d.now
  tellAdvance(d, advance, from, {
    type: 'advance_reversed',
    reasonCode: 'appeal_upheld',
    data: { currency, given_back: given, owed_to_merchant: owed, provisional: advance.provisional_amount },
  })
}

/** What came back unpaid is not paid again: nobody bears it. The caller has given the money itself back to the fund. */
export const giveUpBounced = (d: Decision, advance: AdvanceRow): void => {
  const amount = advance.bounced_amount
  if (amount === 0) return
  if (advance.status !== 'reversed') {
    const borne = borneOf(advance)
    const part = merchantPartOf(advance.shares, advance.paid_amount)
    const less = advance.merchant_part - part
    unburden(d, advance, less)
    advance.bounced_amount = 0
    postFor(d, advance, [{ kind: 'borne_no_more', amount: borne - borneOf(advance) }])
    if (advance.status === 'paid' && isRecovered(advance)) endRecovery(d, advance)
  }
  advance.bounced_amount = 0
  postFor(d, advance, [{ kind: 'recovered', amount }])
}

/**
 * What was paid by an overturned decision came back unpaid: nothing of it is provisional any more, or owed by the buyer.
 * @returns what of it a later decision has granted
 */
export const takeBackProvisional = (d: Decision, advance: AdvanceRow, amount: number): number => {
  const provisional = Math.min(amount, advance.provisional_amount)
  advance.provisional_amount -= provisional
  advance.paid_amount -= amount
  let rest = amount - provisional
  for (const debt of debtsOf(d.file, advance.id, 'buyer').filter(isOwed)) {
    const part = Math.min(rest, leftOf(debt))
    rest -= part
    if (part > 0) payReceivable(d, debt, part)
  }
  postFor(d, advance, [
    { kind: 'advance_bounced', amount: provisional },
    { kind: 'advance_released', amount: provisional },
    { kind: 'recovered', amount: provisional },
  ])
  return rest
}

/** The decision that the advances of a case carried out is overturned. One that the payment system is paying is reversed when it is paid. */
export const reverseAll = (d: Decision): void => {
  for (const advance of d.file.advances)
    if (advance.status === 'paid' || advance.status === 'recovered' || advance.status === 'closed') reverse(d, advance)
}

/**
 * The case ends, and no decision has granted what was paid provisionally: the buyer owes it, to the fund or to whoever the payment system paid it
 * for.
 */
export const askProvisionalBack = (d: Decision): void => {
  for (const { plan, step, amount } of provisionalSteps(d.file)) {
    const byFund = askAdvancesBack(d, step)
    step.owed_back = (step.owed_back ?? 0) + amount
    const { platform_id, id: complaint_id, complainant_id: owner, respondent_id } = d.file.complaint
    const rest = amount - byFund
    if (rest <= 0 || d.file.complaint.complainant_role !== 'buyer') continue
    const origin = {
      ...{ platform_id, complaint_id, buyer_id: owner, merchant_id: respondent_id ?? '' },
      ...{ id: null, step_id: step.id, currency: plan.currency as string },
    }
    post(d, { ...origin, plan_id: plan.id, advance_id: null }, [{ kind: 'owed_to_others', amount: rest, owner }])
    openReceivable(d, origin, { role: 'buyer', amount: rest, reason: 'refund_not_due', creditor: 'outside' })
  }
  // of steps that hold nothing provisional any more
  for (const { step_id } of d.file.advances) askAdvancesBack(d, { id: step_id })
}

/** @returns how much of a step the buyer owes the fund from now on */
const askAdvancesBack = (d: Decision, step: Pick<Step, 'id'>): number => {
  let sum = 0
  for (const advance of d.file.advances) {
    const { provisional_amount: amount, buyer_id: owner } = advance
    if (amount === 0 || advance.step_id !== step.id) continue
    postFor(d, advance, [{ kind: 'owed_by_buyer', amount, owner }])
    advance.provisional_amount = 0
    openReceivable(d, advance, { role: 'buyer', amount, reason: 'advance_not_due' })
    sum += amount
  }
  return sum
}

/**
 * A case is opened again after the buyer had come to owe what no decision granted. What is still owed of that is provisional once more, so that
 * the next decision grants it or asks for it anew; what the buyer has paid back meanwhile is granted by none.
 */
export const makeProvisionalAgain = (d: Decision): void => {
  const steps = d.file.plans.flatMap((plan) => plan.steps)
  for (const debt of d.file.receivables.filter(isOwed)) {
    if (debt.reason_code !== 'advance_not_due' && debt.reason_code !== 'refund_not_due') continue
    const advance = d.file.advances.find(({ id }) => id === debt.advance_id)
    const step = steps.find(({ id }) => id === (debt.step_id ?? advance?.step_id))
    const amount = leftOf(debt)
    reverseReceivable(d, debt, amount)
    if (advance) advance.provisional_amount += amount
    if (step) step.owed_back = Math.max(0, (step.owed_back ?? 0) - amount)
  }
}
