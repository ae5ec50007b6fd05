/** What happens to plans and their steps: building blocks of every decision that touches them. Only this file sets a step's status. */

import type { Outcome } from '../../words/complaints.ts'
import type { PlanState } from '../../words/refund-plans.ts'
import { openAppealStates } from '../appeals/lifecycle.ts'
import { openWindowsAgain, setDecisionsAside } from '../appeals/windows.ts'
import type { DataOf, EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Visibility } from '../case-events/table.ts'
import type { Decision } from '../case-file/decision.ts'
import { discloseLiability, goBack, moveComplaint, startResolution } from '../complaints/effects.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { isOverBound, negated, putInForce } from '../orders/in-force.ts'
import { livePlanStates, setPlanStatus } from './lifecycle.ts'
import { setStepStatus } from './step-lifecycle.ts'
import { clockOfStep, movesMoney, stepClocks, stepsFor } from './steps.ts'
import type { PlanRow, Step } from './table.ts'
import { amountsOf } from './takings.ts'

/** The plan on the table, if any. */
export const proposedPlan = (d: Decision): PlanRow | undefined => d.file.plans.find((plan) => plan.status === 'proposed')

/** Until it is proposed or imposed, a plan is its author's: staff drafts are seen by staff, a party's by that party (and staff). */
const visibilityOf = (plan: PlanRow): Visibility => {
  if (plan.proposed_at !== null) return 'parties'
  return plan.author_side === 'platform' ? 'staff' : plan.author_side
}

/** Tells what happened to a plan, to the readers who may see the plan. */
export const tellPlan = (
  d: Decision,
  plan: PlanRow,
  from: PlanState | null,
  happening: Telling<EventTypeOf<'refund_plan'>>,
): void => {
  d.tell({ ...happening, resourceId: plan.id, from, to: plan.status, visibility: visibilityOf(plan) })
}

/** Takes the open proposal from the table in favour of another; the case keeps waiting for confirmation. */
export const supersede = (d: Decision, plan: PlanRow, happening: Telling<'plan_superseded' | 'plan_countered'>): void => {
  setPlanStatus(plan, 'superseded')
  endClocks(d, 'cancelled', { kinds: ['confirmation'], subjectId: plan.id })
  tellPlan(d, plan, 'proposed', happening)
}

/** The state of a plan that ended without agreement, by the event that tells it. */
const unagreed = { plan_declined: 'declined', plan_expired: 'expired', plan_cancelled: 'cancelled' } as const

/** Ends a plan without agreement. Where it was proposed, the case goes back to where it came from. */
export const endProposal = (
  d: Decision,
  plan: PlanRow,
  happening: Telling<keyof typeof unagreed> & { reasonCode: string },
): void => {
  const from = plan.status
  setPlanStatus(plan, unagreed[happening.type])
  plan.end_reason_code = happening.reasonCode
  plan.end_explanation = happening.data?.explanation ?? null
  if (from === 'proposed') goBack(d)
  tellPlan(d, plan, from, happening)
}

/** Releases the money of steps that will not be done: the plan no longer holds it, and the order has it again. */
const release = (d: Decision, plan: PlanRow, steps: readonly Step[]): void => {
  for (const { kind, amount, allocation: pots = [], goods = 0 } of steps) {
    const held = { refund: 0, compensation: 0, goods, pots, ...(movesMoney(kind) && { [kind]: amount ?? 0 }) }
    plan.refund_in_force -= held.refund
    plan.compensation_in_force -= held.compensation
    putInForce(d.file, negated(held))
  }
}

/** Ends an execution before its last step: undone steps are skipped and their money is released; done steps stay done. */
const stopExecution = (d: Decision, plan: PlanRow): void => {
  const undone = plan.steps.filter((step) => step.status === 'pending')
  release(d, plan, undone)
  for (const step of undone) {
    setStepStatus(step, 'skipped')
    endClocks(d, 'cancelled', { kinds: stepClocks, subjectId: step.id })
  }
}

/** A case that ends, or is taken up again on appeal, cancels every plan that has not ended. */
export const cancelLivePlans = (d: Decision, reasonCode: string): void => {
  for (const plan of d.file.plans) {
    if (!livePlanStates.includes(plan.status)) continue
    const from = plan.status
    if (from === 'executing') stopExecution(d, plan)
    setPlanStatus(plan, 'cancelled')
    plan.end_reason_code = reasonCode
    tellPlan(d, plan, from, { type: 'plan_cancelled', reasonCode })
  }
}

/**
 * Lets a step have its turn: its clock starts, and for money the payment system is asked. Money that the order no longer holds, since it went
 * back elsewhere or the order was corrected, is not asked for: the step fails, and the owner of the case decides anew.
 */
const giveTurn = (d: Decision, plan: PlanRow, step: Step): void => {
  if (movesMoney(step.kind) && isOverBound(d.file, step.kind, step.allocation ?? [])) {
    failStep(d, plan, step, 'order_total_exceeded', {})
    return
  }
  const clock = startClock(d, clockOfStep(step.kind), { party: step.party, subjectId: step.id })
  step.due_at = clock.due_at
  if (!movesMoney(step.kind)) return
  d.tell({
    type: step.kind === 'refund' ? 'refund_requested' : 'compensation_requested',
    resourceId: plan.id,
    data: {
      step_id: step.id,
      // `draftPlan` has made sure that a plan with money has both
      amount: step.amount as number,
      currency: plan.currency as string,
      method: plan.remedies[step.remedy]?.method ?? 'original_payment',
    },
  })
}

const nextStep = (plan: PlanRow, remedy: number): Step | undefined =>
  plan.steps.find((step) => step.remedy === remedy && step.status === 'pending')

/** Both sides agree, or a supervisor imposes: reserves the money and makes the steps. The caller has seen that nothing stands in the way. */
export const beginExecution = (d: Decision, plan: PlanRow, outcome: Outcome): void => {
  const { complaint } = d.file
  setPlanStatus(plan, 'executing')
  plan.proposed_at ??= d.now
  plan.refund_in_force = plan.refund_amount
  plan.compensation_in_force = plan.compensation_amount
  const amounts = amountsOf(d.file, plan.remedies)
  for (const one of amounts) putInForce(d.file, one)
  complaint.current_plan_id = plan.id
  complaint.outcome = outcome
  complaint.silent_expiries = 0
  complaint.returns_to = null
  discloseLiability(d)
  moveComplaint(d, 'executing')
  plan.steps = stepsFor(plan.remedies, amounts)
}

/** Gives the first step of every remedy its turn. Called after the decision's own event has been told. */
export const beginSteps = (d: Decision, plan: PlanRow): void => {
  for (const index of plan.remedies.keys()) {
    const step = nextStep(plan, index)
    if (step) giveTurn(d, plan, step)
  }
}

/** Records a step as done and goes on: the remedy's next step, or the end of the plan. */
export const completeStep = (d: Decision, plan: PlanRow, step: Step, report: CompletedReport): void => {
  setStepStatus(step, 'done')
  step.completed_at = d.now
  step.data = report
  endClocks(d, 'met', { kinds: stepClocks, subjectId: step.id })
  tellPlan(d, plan, 'executing', { type: 'step_completed', data: { step_id: step.id, kind: step.kind, ...report } })
  const next = nextStep(plan, step.remedy)
  if (next) giveTurn(d, plan, next)
  if (plan.status === 'executing' && plan.steps.every((x) => x.status === 'done')) finishPlan(d, plan)
}

/** After the last step: the case is resolved, now or when the appeal it waits for has ended. */
const finishPlan = (d: Decision, plan: PlanRow): void => {
  setPlanStatus(plan, 'executed')
  tellPlan(d, plan, 'executing', { type: 'plan_executed' })
  if (d.file.complaint.status === 'executing') resolveAfterExecution(d, plan.id)
  else for (const appeal of d.file.appeals) if (openAppealStates.includes(appeal.status)) appeal.returns_to = 'resolved'
}

/** The case rests as resolved: the complainant confirms, or silence closes it. */
export const resolveAfterExecution = (d: Decision, planId: string): void => {
  const from = d.file.complaint.status
  moveComplaint(d, 'resolved')
  startClock(d, 'auto_close', { party: 'complainant' })
  openWindowsAgain(d, planId)
  d.tell({ type: 'complaint_resolved', from, to: 'resolved' })
}

/** What was reported with a step that was done, or that cannot be done. */
type CompletedReport = Omit<DataOf<'step_completed'>, 'step_id' | 'kind'>
export type StepReport = Omit<DataOf<'step_failed'>, 'step_id' | 'kind'>

/** A step cannot be done: the plan fails, and the case is investigated afresh. */
export const failStep = (
  d: Decision,
  plan: PlanRow,
  step: Step,
  reasonCode: 'step_failed' | 'inspection_not_passed' | 'order_total_exceeded',
  report: StepReport,
): void => {
  const { complaint } = d.file
  release(d, plan, [step])
  setStepStatus(step, 'failed')
  step.completed_at = d.now
  step.data = reasonCode === 'step_failed' ? report : { ...report, reason_code: reasonCode }
  endClocks(d, 'met', { kinds: stepClocks, subjectId: step.id })
  stopExecution(d, plan)
  setPlanStatus(plan, 'failed')
  plan.end_reason_code = reasonCode
  plan.end_explanation = report.explanation ?? null
  tellPlan(d, plan, 'executing', {
    type: 'step_failed',
    reasonCode,
    data: { step_id: step.id, kind: step.kind, ...report },
  })
  complaint.outcome = null
  setDecisionsAside(d)
  moveComplaint(d, 'investigating')
  startResolution(d)
  const { explanation } = report
  tellPlan(d, plan, 'executing', { type: 'plan_failed', reasonCode, data: explanation === undefined ? {} : { explanation } })
}
