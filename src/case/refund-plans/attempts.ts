/** The attempts to pay a step: what was asked, what was reported of it, and what that comes to. Pure; nothing here changes a case. */

import { movesMoney } from './steps.ts'
import type { Attempt, PlanRow, Step } from './table.ts'

/** The most attempts of one step: a payment that fails so often is not mended by another one. */
export const MOST_ATTEMPTS = 50

export const isOpenAttempt = ({ status }: Pick<Attempt, 'status'>): boolean => status === 'asked' || status === 'under_way'

/** What of an attempt has arrived and not come back. */
export const arrivedOf = ({ status, paid = 0 }: Pick<Attempt, 'status' | 'paid'>): number => (status === 'done' ? paid : 0)

/** What of a step's money has arrived and not come back. */
export const paidOf = ({ attempts = [] }: Pick<Step, 'attempts'>): number =>
  attempts.reduce((sum, attempt) => sum + arrivedOf(attempt), 0)

/** What the payment system may still pay. */
export const askedOf = ({ attempts = [] }: Pick<Step, 'attempts'>): number =>
  attempts.reduce((sum, attempt) => (isOpenAttempt(attempt) ? sum + attempt.amount : sum), 0)

/** What a step still holds of the order. */
export const heldBy = ({ amount, released = 0 }: Pick<Step, 'amount' | 'released'>): number => (amount ?? 0) - released

/** How often payments have failed or come back since the complainant last named an account. */
export const failuresOf = ({ attempts = [], payee }: Pick<Step, 'attempts' | 'payee'>): number =>
  attempts.filter((one) => one.payee === payee && (one.status === 'failed' || one.status === 'returned')).length

/** The state that the only attempt has, where a version of the service before this one asked for it. */
const statusBefore = { pending: 'asked', done: 'done', failed: 'failed', skipped: 'cancelled' } as const
type StatusBefore = keyof typeof statusBefore

/**
 * A step in its present form. A version of the service before this one asked for money once, named no attempt, and released what it held
 * when the step failed or was not needed; its attempt is called like the step.
 */
export const inPresentForm = ({ status: planStatus }: Pick<PlanRow, 'status'>, step: Step, method: string): Step => {
  const { kind, attempts, amount, due_at, status, completed_at, data } = step
  if (!movesMoney(kind) || attempts !== undefined || amount === null || due_at === null || !(status in statusBefore)) return step
  const reference = data.payment_reference
  const attempt: Attempt = {
    id: step.id,
    status: statusBefore[status as StatusBefore],
    amount,
    method,
    asked_at: null,
    ended_at: completed_at,
    ...(status === 'done' && { paid: amount, ...(completed_at !== null && { paid_at: completed_at }) }),
    ...(typeof reference === 'string' && { payment_reference: reference }),
  }
  const isOver = status === 'failed' || status === 'skipped'
  return {
    ...step,
    attempts: [attempt],
    ...(isOver && planStatus !== 'executing' && { released: amount, counted: [], stopped: { why: 'plan_ended', most: amount } }),
  }
}

/** What the payment system says of an attempt. */
export type Word =
  | { says: 'under_way' }
  | { says: 'done'; paid: number; reference?: string | undefined }
  | { says: 'failed'; explanation?: string | undefined }
  | { says: 'returned'; explanation?: string | undefined }

const rank = { asked: 0, under_way: 1, failed: 2, cancelled: 2, done: 3, returned: 4 } as const

/**
 * An attempt after one more word. A payment outweighs a failure, and its return outweighs both, so the same words come to the same in any
 * order; of several payments told of one attempt the largest counts.
 */
export const told = (attempt: Attempt, word: Word, now: string): Attempt => {
  const said = word.says === 'failed' && attempt.cancel_requested_at !== undefined ? 'cancelled' : word.says
  const paid = word.says === 'done' ? Math.max(word.paid, attempt.paid ?? 0) : attempt.paid
  const isNews = rank[said] > rank[attempt.status]
  const explanation = 'explanation' in word ? word.explanation : undefined
  return {
    ...attempt,
    ...(isNews && { status: said }),
    ...(isNews && said !== 'under_way' && { ended_at: now }),
    ...(paid !== undefined && { paid, paid_at: attempt.paid_at ?? now }),
    ...(word.says === 'done' && word.reference !== undefined && { payment_reference: word.reference }),
    ...(isNews && explanation !== undefined && { explanation }),
  }
}
