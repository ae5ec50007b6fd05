/** How the steps of a plan are carried out: one after the other in each remedy, the remedies side by side, to the end of the plan. Pure. */

import { isStaff } from '../../platform/access/caller.ts'
import { after } from '../../rules/policy/which-rule.ts'
import { settleUnwanted } from '../advances/paying.ts'
import { openAppealStates } from '../appeals/lifecycle.ts'
import { setDecisionsAside } from '../appeals/windows.ts'
import type { DataOf } from '../case-events/catalogue.ts'
import type { Decision } from '../case-file/decision.ts'
import { moveComplaint, startResolution } from '../complaints/effects.ts'
import { isOverBound } from '../orders/in-force.ts'
import { adopt, resolveAfterExecution, stopStep } from './effects.ts'
import { giveBack } from './holding.ts'
import { setPlanStatus } from './lifecycle.ts'
import { ask } from './payments.ts'
import { payBackDifference } from './reimbursement.ts'
import { startStepClock } from './step-clocks.ts'
import { setStepStatus } from './step-lifecycle.ts'
import { clockOfStep, countsForOrder, isBeside, isGivenUp, movesMoney, stepIn } from './steps.ts'
import type { PlanRow, Step, Stop } from './table.ts'
import { tellPlan, tellStep } from './tell.ts'

/** What was reported with a step that was done, or that cannot be done. */
export type CompletedReport = Omit<DataOf<'step_completed'>, 'step_id' | 'kind'>
export type StepReport = Omit<DataOf<'step_failed'>, 'step_id' | 'kind'>

/** Whether the money of a step may not be asked for now: it went back elsewhere, or the order was corrected. */
export const isHeldBack = (d: Decision, { kind, kept, allocation = [] }: Step): boolean =>
  countsForOrder(kind) && kept !== true && isOverBound(d.file, kind, allocation)

/**
 * Lets a step have its turn: its clock starts, and for money the payment system is asked. Money that the order no longer holds is not asked
 * for: the step has failed, and the owner of the case decides how it goes on.
 */
export const giveTurn = (d: Decision, plan: PlanRow, step: Step): void => {
  if (isHeldBack(d, step)) {
    // it keeps the attempts that it has: none
    step.attempts ??= []
    failStep(d, plan, step, 'order_total_exceeded', {})
    return
  }
  // all of it was paid before, under a decision that was overturned
  if (step.granted_from !== undefined && step.amount === 0) {
    completeStep(d, plan, step, {})
    return
  }
  startStepClock(d, step, clockOfStep(step), step.party)
  if (movesMoney(step.kind)) ask(d, plan, step)
}

const nextStep = (plan: PlanRow, remedy: number): Step | undefined =>
  plan.steps.find((step) => step.remedy === remedy && step.status === 'pending' && step.due_at === null)

/** Gives the first step of every remedy its turn. Called after the decision's own event has been told. */
export const beginSteps = (d: Decision, plan: PlanRow): void => {
  for (const index of plan.remedies.keys()) {
    const step = nextStep(plan, index)
    if (step) giveTurn(d, plan, step)
  }
}

/** Records a step as done and goes on. */
export const completeStep = (d: Decision, plan: PlanRow, step: Step, report: CompletedReport): void => {
  setStepStatus(step, 'done')
  step.completed_at = d.now
  step.data = report
  startStepClock(d, step, null)
  tellStep(d, plan, step, { type: 'step_completed', data: report })
  goOn(d, plan, step)
}

/** After a step was done: the remedy's next step has its turn, or the plan ends. */
export const goOn = (d: Decision, plan: PlanRow, step: Step): void => {
  if (plan.status !== 'executing') return
  // what follows an inspection that found less is side by side (`findings.ts`)
  const isSplit = stepIn(plan, step.remedy, 'contest') !== undefined
  const next = isBeside(step) || (isSplit && step.kind !== 'contest') ? undefined : nextStep(plan, step.remedy)
  if (next) giveTurn(d, plan, next)
  endIfSettled(d, plan)
}

/** A step cannot be done. What it holds stays held, and its owner decides: try again, or give it up. The other remedies go on. */
export const failStep = (
  d: Decision,
  plan: PlanRow,
  step: Step,
  reasonCode: 'step_failed' | 'inspection_not_passed' | 'order_total_exceeded',
  report: StepReport,
): void => {
  setStepStatus(step, 'failed')
  step.completed_at = d.now
  step.data = reasonCode === 'step_failed' ? report : { ...report, reason_code: reasonCode }
  startStepClock(d, step, 'step_decision')
  tellStep(d, plan, step, {
    type: 'step_failed',
    reasonCode,
    data: { ...report },
  })
}

/** Gives a step up, and with it what is left of its remedy. */
export const giveUp = (d: Decision, plan: PlanRow, step: Step, why: Pick<Stop, 'why' | 'afterwards' | 'most'>): void => {
  stopStep(d, plan, step, why)
  if (isBeside(step)) return
  for (const other of plan.steps) {
    if (other.remedy !== step.remedy || other.kind === 'reimbursement') continue
    if (other.status === 'pending') stopStep(d, plan, other, { ...why, most: 0 })
    // goods that were sent and did not arrive are owed no more, and their pieces can be given back in money
    else if (step.kind === 'arrival' && other.status === 'done') giveBack(d, plan, other)
  }
  payBackDifference(d, plan, step.remedy)
}

/** What an exchange costs more is not paid: nothing is exchanged, and the other remedies go on. */
export const skipExchange = (d: Decision, plan: PlanRow, difference: Step, report: { explanation?: string }): void => {
  tellStep(d, plan, difference, { type: 'step_skipped', reasonCode: 'difference_not_paid', data: report })
  giveUp(d, plan, difference, { why: 'given_up', afterwards: 'finish', most: 0 })
  endIfSettled(d, plan)
}

/** Whether nothing more is to come of a step. */
const isSettled = ({ status, unclaimed_at }: Step): boolean =>
  status === 'done' || status === 'skipped' || unclaimed_at !== undefined

/** After the last step the plan ends. One of which nothing was done, or whose owner wants to decide anew, has failed. */
export const endIfSettled = (d: Decision, plan: PlanRow): void => {
  if (plan.status !== 'executing' || !plan.steps.every(isSettled)) return
  const skipped = plan.steps.filter(isGivenUp)
  const isEnough = skipped.every(({ stopped }) => stopped?.afterwards === 'finish') && hasDoneRemedy(plan)
  if (skipped.length === 0 || isEnough) finishPlan(d, plan)
  // while an appeal is open, its end decides first what becomes of the case (`endPlans`)
  else if (d.file.complaint.status === 'executing') failPlan(d, plan)
}

/** Ends the plan that came to its end while an appeal was open. */
export const endPlans = (d: Decision): void => {
  for (const plan of d.file.plans) endIfSettled(d, plan)
}

/** Whether at least one remedy of a plan was done to its end. */
const hasDoneRemedy = ({ steps, remedies }: PlanRow): boolean =>
  [...remedies.keys()].some((index) => {
    const own = steps.filter(({ remedy }) => remedy === index)
    return own.length > 0 && own.every((step) => !isGivenUp(step) && isSettled(step))
  })

/** The case is resolved, now or when the appeal it waits for has ended. */
const finishPlan = (d: Decision, plan: PlanRow): void => {
  setPlanStatus(plan, 'executed')
  tellPlan(d, plan, 'executing', { type: 'plan_executed' })
  if (d.file.complaint.status === 'executing') resolveAfterExecution(d, plan.id)
  else for (const appeal of d.file.appeals) if (openAppealStates.includes(appeal.status)) appeal.returns_to = 'resolved'
}

/** What was agreed or decided was not carried out: the case is investigated afresh. */
const failPlan = (d: Decision, plan: PlanRow): void => {
  const { complaint } = d.file
  setPlanStatus(plan, 'failed')
  plan.end_reason_code = 'step_given_up'
  complaint.outcome = null
  setDecisionsAside(d)
  moveComplaint(d, 'investigating')
  startResolution(d)
  tellPlan(d, plan, 'executing', { type: 'plan_failed', reasonCode: 'step_given_up' })
}

/** The latest moment at which the return of a payment takes its plan up again. */
const returnableUntil = (d: Decision, paidAt: string): string =>
  after(paidAt, d.policy.payments.returned_within, d.calendarNow(d.policy.calendar).time)

/**
 * Money of a plan that was executed is owed again: the plan is executed again, and a case that rests with it. In any other state of the
 * case the step goes on by itself. @returns false where it is too late for that
 */
export const resume = (d: Decision, plan: PlanRow, step: Step, since: string): boolean => {
  if (plan.status !== 'executed') return true
  if (returnableUntil(d, since) < d.now) return false
  const { complaint, appeals } = d.file
  const appeal = appeals.find(({ status }) => openAppealStates.includes(status))
  const rests = appeal ? appeal.returns_to : complaint.status
  if (rests !== 'resolved' && rests !== 'closed') return true
  setPlanStatus(plan, 'executing')
  step.resumed = { at: d.now, from: rests }
  complaint.current_plan_id = plan.id
  complaint.closed_at = null
  complaint.close_reason = null
  tellPlan(d, plan, 'executed', { type: 'plan_resumed', data: { step_id: step.id } })
  if (appeal) appeal.returns_to = 'executing'
  else {
    moveComplaint(d, 'executing')
    d.tell({ type: 'complaint_execution_resumed', from: rests, to: 'executing' })
  }
  return true
}

/** The money waits for a complainant who named no account: nothing more is to come of the step, and what it holds stays held. */
export const leaveUnclaimed = (d: Decision, plan: PlanRow, step: Step): void => {
  step.unclaimed_at = d.now
  startStepClock(d, step, null)
  tellStep(d, plan, step, {
    type: 'payment_unclaimed',
    data: { amount: step.amount ?? 0, currency: plan.currency as string },
  })
  settleUnwanted(d, step)
  endIfSettled(d, plan)
}

/** The step of a plan of this case that a clock is about. */
export const stepOf = (d: Decision, id: string | null): { plan: PlanRow; step: Step } | undefined => {
  for (const plan of d.file.plans) {
    const step = plan.steps.find((one) => one.id === id)
    if (step) {
      adopt(plan, step)
      return { plan, step }
    }
  }
  return undefined
}

/** Nobody has confirmed that goods arrived, or somebody denies it: staff decide on proof. */
export const referArrival = (d: Decision, plan: PlanRow, step: Step, disputed: { explanation?: string } | null): void => {
  step.data = disputed === null ? step.data : { ...disputed, disputed: true }
  startStepClock(d, step, 'arrival_decision')
  tellStep(d, plan, step, {
    type: 'arrival_doubted',
    reasonCode: disputed === null ? 'nobody_confirmed' : 'denied',
    data: {
      ...(disputed?.explanation !== undefined && { explanation: disputed.explanation }),
    },
  })
}

/** Whether somebody decides for the platform, and not for a side. */
export const decidesForPlatform = (d: Decision): boolean => isStaff(d.actor.role) || d.actor.role === 'system'

/** Tries a step again that came to nothing. Goods that did not arrive are sent again. @param explanation why, where somebody said so */
export const retryStep = (d: Decision, plan: PlanRow, step: Step, explanation?: string): void => {
  setStepStatus(step, 'pending')
  step.completed_at = null
  step.data = {}
  tellStep(d, plan, step, { type: 'step_retried', data: explanation === undefined ? {} : { explanation } })
  const sent = step.kind === 'arrival' ? plan.steps[plan.steps.indexOf(step) - 1] : undefined
  if (sent === undefined) giveTurn(d, plan, step)
  else sendAgain(d, plan, step, sent)
}

/** What did not arrive is sent once more, and its arrival waits for that. */
export const sendAgain = (d: Decision, plan: PlanRow, arrival: Step, sent: Step): void => {
  startStepClock(d, arrival, null)
  arrival.due_at = null
  arrival.data = {}
  setStepStatus(sent, 'pending')
  sent.completed_at = null
  sent.due_at = null
  sent.data = {}
  giveTurn(d, plan, sent)
}
