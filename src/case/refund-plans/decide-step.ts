/** The rules of reporting on a step, and of how one goes on that came to nothing. Pure. */

import { problem } from '../../words/problems.ts'
import { hearOfAttempt, payerOf } from '../advances/paying.ts'
import type { Decision } from '../case-file/decision.ts'
import { checkExplained } from '../complaints/reporters.ts'
import type { Word } from './attempts.ts'
import { arrivedOf, paidOf } from './attempts.ts'
import { cameBack } from './came-back.ts'
import { adopt, stopStep } from './effects.ts'
import {
  completeStep,
  endIfSettled,
  giveUp,
  goOn,
  isHeldBack,
  leaveUnclaimed,
  resume,
  retryStep,
  type StepReport,
} from './execution.ts'
import { countedOf } from './holding.ts'
import { attemptIn, checkMayAsk, report } from './payments.ts'
import { cannotBe, checkOfPayment, checkStepData, completing, failing, isDone, type Reported, withoutNote } from './reports.ts'
import { setStepStatus } from './step-lifecycle.ts'
import type { StepBodies } from './step-schema.ts'
import { arrivalBefore, mayFinish, movesMoney } from './steps.ts'
import type { Attempt, PlanRow, Step } from './table.ts'
import { tellStep } from './tell.ts'

/** What the payment system says of an attempt, and what follows. What is said again changes nothing and tells nothing. */
const hear = (d: Decision, plan: PlanRow, step: Step, body: Reported, word: (asked: number) => Word): void => {
  const attempt = attemptIn(step, body.attempt_id)
  const paidAt = attempt.paid_at
  const from = step.status
  const arrived = arrivedOf(attempt)
  const counted = countedOf(step)
  const { isNews, more } = report(d, plan, step, attempt, word(attempt.amount))
  if (!isNews) return
  const said = withoutNote(body)
  const data = { attempt_id: attempt.id, ...said }
  const to = step.status
  if (to === 'done' || to === 'failed') step.data = said
  if (to !== from || to === 'partly_done') tellOutcome(d, plan, step, data)
  else
    tellStep(d, plan, step, {
      type: 'payment_reported',
      reasonCode: attempt.status,
      data: { ...data, amount: attempt.paid ?? attempt.amount },
    })
  if (more > 0)
    tellStep(d, plan, step, {
      type: 'step_overpaid',
      data: { attempt_id: attempt.id, amount: more, currency: plan.currency as string },
    })
  if (from === 'done' && to !== 'done' && to !== 'skipped' && !resume(d, plan, step, paidAt ?? d.now))
    leaveUnclaimed(d, plan, step)
  if (arrivedOf(attempt) < arrived) cameBack(d, step, attempt, counted, paidAt ?? d.now)
  hearOfAttempt(d, step, attempt, arrived)
  if (to === 'done' && from !== 'done') goOn(d, plan, step)
  else if (isForAdvance(d, step, attempt)) retryStep(d, plan, step)
  else endIfSettled(d, plan)
}

/** Whether the payment system has left what it was asked for, so that an advance can pay it. What an advance itself asked for is tried again by people. */
const isForAdvance = (d: Decision, step: Step, { advance_id, cancel_requested_at }: Attempt): boolean =>
  advance_id === undefined &&
  cancel_requested_at !== undefined &&
  step.stopped === undefined &&
  (step.status === 'failed' || step.status === 'partly_done') &&
  payerOf(d, step) !== undefined

/** Tells the new state of a step. */
const tellOutcome = (d: Decision, plan: PlanRow, step: Step, data: StepReport & { attempt_id: string }): void => {
  switch (step.status) {
    case 'done':
      tellStep(d, plan, step, { type: 'step_completed', data })
      break
    case 'partly_done': {
      const paid = paidOf(step)
      tellStep(d, plan, step, { type: 'step_part_paid', data: { ...data, amount: paid, owed: (step.amount ?? 0) - paid } })
      break
    }
    case 'failed':
      tellStep(d, plan, step, { type: 'step_failed', reasonCode: 'step_failed', data })
      break
    case 'returned':
      tellStep(d, plan, step, { type: 'step_returned', data })
      break
    case 'skipped':
      tellStep(d, plan, step, { type: 'step_skipped', reasonCode: 'cancelled', data })
      break
    default:
      tellStep(d, plan, step, { type: 'step_progressed', data })
  }
}

/**
 * Money that the order does not hold any more is paid all the same only where a supervisor says why.
 * @throws Problem `order_total_exceeded`, `approval_needed`, `too_many_attempts`
 */
const checkMay = (d: Decision, step: Step, { explanation }: { explanation?: string } = {}): void => {
  if (isHeldBack(d, step)) {
    const otherwise = 'The order does not hold this money any more; give the step up with `skip`'
    if (explanation === undefined)
      throw problem('order_total_exceeded', `${otherwise}, or have a supervisor keep it with an explanation.`)
    if (d.actor.role !== 'supervisor') throw problem('approval_needed', `${otherwise}; only a supervisor keeps it.`)
    step.kept = true
  }
  if (movesMoney(step.kind)) checkMayAsk(step)
}

/** One rule for each action on a step; the lifecycle table has already said that this actor may take it now. */
const decide: {
  [Action in keyof StepBodies]: (
    d: Decision,
    plan: PlanRow,
    step: Step,
    body: StepBodies[Action],
    known: ReadonlySet<string>,
  ) => void
} = {
  complete_step: (d, plan, step, body, known) => {
    checkOfPayment(step, body)
    checkExplained({ actor: d.actor, step }, body)
    checkStepData(step, body)
    if (movesMoney(step.kind)) {
      const { payment_reference: reference } = body
      hear(d, plan, step, body, (asked) => ({ says: 'done', paid: body.amount ?? asked, reference }))
    } else (completing[step.kind] ?? isDone)(d, plan, step, body, known)
  },
  fail_step: (d, plan, step, body) => {
    checkOfPayment(step, body)
    const { explanation } = body
    if (movesMoney(step.kind)) hear(d, plan, step, body, () => ({ says: 'failed', explanation }))
    else (failing[step.kind] ?? cannotBe)(d, plan, step, body)
  },
  progress_step: (d, plan, step, body) => {
    checkOfPayment(step, body)
    checkExplained({ actor: d.actor, step }, body)
    if (movesMoney(step.kind)) {
      hear(d, plan, step, body, () => ({ says: 'under_way' }))
      return
    }
    if (step.status === 'pending') setStepStatus(step, 'under_way')
    const data = { step_id: step.id, kind: step.kind, ...withoutNote(body) }
    tellStep(d, plan, step, { type: 'step_progressed', data })
  },
  return_step: (d, plan, step, body) => {
    const { explanation } = body
    hear(d, plan, step, body, () => ({ says: 'returned', explanation }))
  },
  retry_step: (d, plan, step, { explanation }) => {
    checkMay(d, step, explanation === undefined ? {} : { explanation })
    retryStep(d, plan, step, explanation)
  },
  skip_step: (d, plan, step, { explanation, afterwards }) => {
    if (afterwards === 'finish' && !mayFinish(plan, step))
      throw problem('nothing_done', 'No other remedy of this plan is done or can be: leave `afterwards` out, and decide anew.')
    tellStep(d, plan, step, {
      type: 'step_skipped',
      reasonCode: 'given_up',
      data: { explanation },
    })
    giveUp(d, plan, step, { why: 'given_up', ...(afterwards && { afterwards }), most: paidOf(step) })
    endIfSettled(d, plan)
  },
  cancel_step: (d, plan, step, { explanation, afterwards }) => {
    tellStep(d, plan, step, {
      type: 'step_cancel_requested',
      data: { explanation },
    })
    stopStep(d, plan, step, { why: 'cancelled', ...(afterwards && { afterwards }), most: step.amount ?? 0 })
    endIfSettled(d, plan)
  },
  name_payee_step: (d, plan, step, { payee_reference }) => {
    checkMay(d, step)
    const since = step.unclaimed_at
    if (since !== undefined && !resume(d, plan, step, since))
      throw problem('unclaimed_too_long', 'The money was left unclaimed too long ago; ask the platform for it.')
    delete step.unclaimed_at
    step.payee = payee_reference
    tellStep(d, plan, step, { type: 'payee_named' })
    retryStep(d, plan, step)
  },
}

/** The same for a step as any version of the service may have written it. @param known the proofs of this case that the body names */
export const decideStep = <Action extends keyof StepBodies>(
  action: Action,
  d: Decision,
  plan: PlanRow,
  step: Step,
  body: StepBodies[Action],
  known: ReadonlySet<string> = new Set(),
): void => {
  adopt(plan, step)
  const arrived = arrivalBefore(plan, step)
  if (arrived) completeStep(d, plan, arrived, {})
  decide[action](d, plan, step, body, known)
}
