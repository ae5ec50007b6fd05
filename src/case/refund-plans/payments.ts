/**
 * Steps that move money. The payment system is asked by attempts, each with an id of its own, and says what became of them whenever it
 * likes; the state of the step follows from its attempts alone, so the same reports in any order come to the same. Pure.
 */

import { newId } from '../../foundation/ids.ts'
import { areAlike } from '../../foundation/plain.ts'
import { type CountedKind, clockOf as clocks, type Side } from '../../words/deadlines.ts'
import { problem } from '../../words/problems.ts'
import type { StepState } from '../../words/refund-plans.ts'
import { beginPaying, isAskedBy, payerOf } from '../advances/paying.ts'
import type { Decision } from '../case-file/decision.ts'
import { askedOf, failuresOf, heldBy, isOpenAttempt, MOST_ATTEMPTS, paidOf, told, type Word } from './attempts.ts'
import { countOverpaid, holdOnly } from './holding.ts'
import { isOverturned } from './provisional.ts'
import { startStepClock } from './step-clocks.ts'
import { setStepStatus } from './step-lifecycle.ts'
import { clockOfStep, type MoneyKind } from './steps.ts'
import type { Attempt, PlanRow, Step, Stop } from './table.ts'
import { tellPlan, tellStep } from './tell.ts'

/** How the money of a step goes back. */
export const methodOf = (plan: PlanRow, { remedy }: Step): string => plan.remedies[remedy]?.method ?? 'original_payment'

/**
 * Asks the payment system for what is still owed on a step: of an advance as much as is put aside for it. The caller has seen that no attempt
 * is open.
 */
export const ask = (d: Decision, plan: PlanRow, step: Step): void => {
  const owed = (step.amount ?? 0) - paidOf(step)
  const advance = payerOf(d, step)
  const amount = advance ? Math.min(owed, advance.frozen_amount) : owed
  const method = methodOf(plan, step)
  const attempt: Attempt = {
    id: newId(),
    status: 'asked',
    amount,
    method,
    ...(step.payee !== undefined && { payee: step.payee }),
    ...(advance && { advance_id: advance.id }),
    asked_at: d.now,
    ended_at: null,
  }
  step.attempts = [...(step.attempts ?? []), attempt]
  tellPlan(d, plan, plan.status, {
    type: (
      {
        refund: 'refund_requested',
        compensation: 'compensation_requested',
        statutory_damages: 'statutory_damages_requested',
        reimbursement: 'reimbursement_requested',
      } as const
    )[step.kind as MoneyKind],
    // `draftPlan` has made sure that a plan with money has a currency
    data: {
      step_id: step.id,
      attempt_id: attempt.id,
      amount,
      currency: plan.currency as string,
      method,
      ...(advance && { advance_id: advance.id }),
    },
  })
  if (advance) beginPaying(d, advance)
}

/** Asks the payment system to leave what it has not paid. The money stays held until it answers. */
export const askBack = (d: Decision, plan: PlanRow, step: Step): void => {
  for (const attempt of step.attempts ?? []) {
    if (!isOpenAttempt(attempt) || attempt.cancel_requested_at !== undefined) continue
    attempt.cancel_requested_at = d.now
    tellStep(d, plan, step, {
      type: 'refund_cancel_requested',
      data: { attempt_id: attempt.id, amount: attempt.amount, currency: plan.currency as string },
    })
  }
}

/** A step whose plan was cancelled, or whose decision was overturned, is wanted no more, whether it was done by then or not; what somebody laid out is owed all the same. */
const stopOf = (d: Decision, plan: PlanRow, step: Step): Stop | undefined =>
  step.stopped ??
  ((plan.status === 'cancelled' || isOverturned(d.file, plan.id)) && step.kind !== 'reimbursement'
    ? { why: 'plan_ended', most: step.amount ?? 0 }
    : undefined)

const stateOf = (step: Step, stop: Stop | undefined): StepState => {
  const { attempts = [], amount } = step
  const open = attempts.filter(isOpenAttempt)
  const paid = paidOf(step)
  if (amount !== null && paid >= amount && heldBy(step) === amount) return 'done'
  if (stop !== undefined) return open.length > 0 ? 'cancelling' : 'skipped'
  if (open.length > 0) return open.some(({ status }) => status === 'under_way') ? 'under_way' : 'pending'
  if (paid > 0) return 'partly_done'
  return (attempts.at(-1)?.status ?? (step.came_back && 'returned')) === 'returned' ? 'returned' : 'failed'
}

/** Fits what a step holds, its state and its clock to its attempts. @returns by how much more was paid than it holds, since last time */
export const settle = (d: Decision, plan: PlanRow, step: Step): number => {
  const stop = stopOf(d, plan, step)
  const isOpen = (step.attempts ?? []).some(isOpenAttempt)
  const most = stop?.most ?? step.amount ?? 0
  if (stop === undefined) holdOnly(d, plan, step, step.amount ?? 0)
  else if (!isOpen) holdOnly(d, plan, step, Math.min(paidOf(step), most))
  const more = countOverpaid(d, step)
  const to = stateOf(step, stop)
  const from = step.status
  if (to !== from) setStepStatus(step, to)
  if (to === 'done') delete step.unclaimed_at
  if (to === 'done') step.completed_at ??= step.attempts?.findLast(({ status }) => status === 'done')?.paid_at ?? d.now
  else step.completed_at = to === 'skipped' || to === 'failed' ? (step.completed_at ?? d.now) : null
  // an earlier attempt may have been paid after a later one had asked for its money
  if (stop !== undefined || paidOf(step) + askedOf(step) > (step.amount ?? 0)) askBack(d, plan, step)
  const [kind, party] = clockOf(d, step) ?? [null, undefined]
  startStepClock(d, step, kind, party)
  return more
}

/** Which clock the state of a money step asks for, and whose it is. */
const clockOf = (d: Decision, step: Step): [CountedKind, Side] | null => {
  switch (step.status) {
    case 'pending': {
      // what is owed again where its plan is not carried out any more waits for the payment system alone
      const kind = clockOfStep(step)
      return [clocks[kind].livesIn.includes(d.file.complaint.status) ? kind : 'payment', 'platform']
    }
    case 'under_way':
    case 'cancelling':
      return ['payment', 'platform']
    case 'failed':
    case 'returned':
    case 'partly_done':
      if (step.unclaimed_at !== undefined) return null
      return failuresOf(step) >= d.policy.payments.failures_before_payee_details
        ? ['payee_details', 'complainant']
        : ['step_decision', 'platform']
    case 'done':
    case 'skipped':
      // money of the fund stays put aside until the payment system has answered for it
      return d.file.advances.some((advance) => isAskedBy(advance, step)) ? ['payment', 'platform'] : null
  }
}

/**
 * Staff give a money step up, ask for its money back, or its plan ends before it is done.
 * @param why.most what may still be paid on it without being too much
 */
export const stopPaying = (d: Decision, plan: PlanRow, step: Step, why: Stop): void => {
  step.stopped = why
  delete step.unclaimed_at
  settle(d, plan, step)
}

/** The attempt that a report is about: the one it names, else the open one, else the last. @throws Problem `unknown_attempt` */
export const attemptIn = ({ attempts = [] }: Step, id: string | undefined): Attempt => {
  const found =
    id === undefined ? (attempts.find(isOpenAttempt) ?? attempts.at(-1)) : attempts.find((attempt) => attempt.id === id)
  if (found === undefined) throw problem('unknown_attempt', `/attempt_id: this step has no attempt ${id ?? 'yet'}.`)
  return found
}

/** Records what the payment system says. @returns whether it was news, and by how much more was paid than the step holds */
export const report = (
  d: Decision,
  plan: PlanRow,
  step: Step,
  attempt: Attempt,
  word: Word,
): { isNews: boolean; more: number } => {
  const after = told(attempt, word, d.now)
  if (areAlike(attempt, after)) return { isNews: false, more: 0 }
  Object.assign(attempt, after)
  return { isNews: true, more: settle(d, plan, step) }
}

/** @throws Problem `too_many_attempts` */
export const checkMayAsk = ({ attempts = [] }: Step): void => {
  if (attempts.length >= MOST_ATTEMPTS)
    throw problem('too_many_attempts', `This step was tried ${MOST_ATTEMPTS} times; give it up with \`skip\`.`)
}
