/** What happens to plans: building blocks of every decision that touches them. How their steps are carried out is in `execution.ts`. */

import type { Outcome } from '../../words/complaints.ts'
import { grantAgain } from '../advances/granting.ts'
import { settleUnwanted } from '../advances/paying.ts'
import { openWindowsAgain } from '../appeals/windows.ts'
import type { Telling } from '../case-events/happening.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { discloseLiability, goBack, moveComplaint } from '../complaints/effects.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { putInForce } from '../orders/in-force.ts'
import type { Amounts } from '../orders/money.ts'
import type { ReturnTo } from '../return-instructions/table.ts'
import { withPayers } from './effect.ts'
import { giveBack } from './holding.ts'
import { livePlanStates, setPlanStatus } from './lifecycle.ts'
import { newStep } from './new-step.ts'
import { stopPaying } from './payments.ts'
import { type Granted, grantProvisional, lessGranted } from './provisional.ts'
import { payBackDifference } from './reimbursement.ts'
import { startStepClock } from './step-clocks.ts'
import { setStepStatus } from './step-lifecycle.ts'
import { movesMoney, stepIn, stepsOfRemedy } from './steps.ts'
import type { PlanRow, Remedy, Step, Stop } from './table.ts'
import { amountsOf } from './takings.ts'
import { tellPlan, tellStep } from './tell.ts'
import { stepToday } from './today.ts'

/** The plan on the table, if any. */
export const proposedPlan = (d: Decision): PlanRow | undefined => d.file.plans.find((plan) => plan.status === 'proposed')

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

/**
 * Ends an execution before its last step: what is undone is skipped and its money released, or asked back; done steps stay done. What was paid
 * for a replacement that was not sent yet goes back.
 */
const stopExecution = (d: Decision, plan: PlanRow): void => {
  for (const step of plan.steps) {
    adopt(plan, step)
    if (step.status === 'done' || step.status === 'skipped' || step.stopped !== undefined) continue
    if (step.kind === 'reimbursement') continue
    stopStep(d, plan, step, { why: 'plan_ended', most: step.amount ?? 0 })
  }
  for (const remedy of plan.remedies.keys())
    if (stepIn(plan, remedy, 'replacement_shipment')?.status !== 'done') payBackDifference(d, plan, remedy)
}

/** A step is wanted no more. Money that the payment system has not answered for is asked back and stays held until then. */
export const stopStep = (d: Decision, plan: PlanRow, step: Step, why: Stop): void => {
  if (step.attempts !== undefined) stopPaying(d, plan, step, why)
  else {
    step.stopped = why
    giveBack(d, plan, step)
    setStepStatus(step, 'skipped')
    startStepClock(d, step, null)
  }
  settleUnwanted(d, step)
}

/** A step is not due, and nothing fails by that. @param report what was said with it */
export const leaveOut = (
  d: Decision,
  plan: PlanRow,
  step: Step,
  reasonCode: 'not_due' | 'return_not_wanted' | 'claim_refused',
  report: { explanation?: string } = {},
): void => {
  stopStep(d, plan, step, { why: 'not_due', most: 0 })
  tellStep(d, plan, step, { type: 'step_skipped', reasonCode, data: report })
}

/** Brings a step into its present form before anything is done to it. */
export const adopt = (plan: PlanRow, step: Step): void => {
  Object.assign(step, stepToday(plan, step))
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

/** Where the goods of a remedy go back to, as far as it is known: the address that the plan names, else the stored one of the respondent. */
const returnToOf = ({ returnInstructions }: CaseFile, { return_address: address }: Remedy): ReturnTo | undefined => {
  const stored = returnInstructions?.return_to
  if (address === undefined) return stored
  // how goods are packed does not depend on where they go; who takes them does
  const { contact: _, ...how } = stored ?? {}
  return { ...how, address }
}

/**
 * @param granted what each has of what was paid before
 * @param amounts what each remedy takes, which its money steps and those that send goods hold until they are done or released
 */
const stepsFor = (
  file: CaseFile,
  remedies: readonly Remedy[],
  amounts: readonly Amounts[],
  granted: readonly Granted[],
): Step[] =>
  remedies.flatMap((remedy, index) => {
    const returnTo = returnToOf(file, remedy)
    return stepsOfRemedy[remedy.type]
      .filter(([kind]) =>
        kind === 'return_address' ? returnTo === undefined : kind !== 'difference' || remedy.difference_amount,
      )
      .map(([kind, party]) =>
        newStep(index, kind, party, {
          ...(movesMoney(kind) && {
            amount: kind === 'refund' ? (amounts[index]?.refund ?? 0) : (remedy.amount ?? null),
            allocation: [...(amounts[index]?.pots ?? [])],
          }),
          ...(kind === 'refund' && granted[index]?.length && { granted_from: granted[index] }),
          ...(kind === 'difference' && { amount: remedy.difference_amount ?? 0 }),
          ...(kind === 'return_shipment' && returnTo && { return_to: returnTo }),
          ...(kind === 'replacement_shipment' && { goods: amounts[index]?.goods ?? 0 }),
        }),
      )
  })

/** Both sides agree, or a supervisor imposes: reserves the money and makes the steps. The caller has seen that nothing stands in the way. */
export const beginExecution = (d: Decision, plan: PlanRow, outcome: Outcome): void => {
  const { complaint } = d.file
  setPlanStatus(plan, 'executing')
  plan.proposed_at ??= d.now
  plan.compensation_in_force = plan.compensation_amount
  plan.statutory_damages_in_force = plan.statutory_damages_amount
  plan.remedies = plan.remedies.map((remedy) => withPayers(complaint, remedy))
  const amounts = amountsOf(d.file, plan.remedies)
  const granted = grantProvisional(d.file, amounts)
  const toPay = amounts.map((one, index) => lessGranted(one, granted[index] ?? []))
  for (const one of toPay) putInForce(d.file, one)
  plan.refund_in_force = toPay.reduce((sum, { refund }) => sum + refund, 0)
  complaint.current_plan_id = plan.id
  complaint.outcome = outcome
  complaint.silent_expiries = 0
  complaint.returns_to = null
  discloseLiability(d)
  moveComplaint(d, 'executing')
  plan.steps = stepsFor(d.file, plan.remedies, toPay, granted)
  for (const step of plan.steps) grantAgain(d, plan, step)
}

/**
 * The case rests as resolved: the complainant confirms, or silence closes it. What was executed once more, since a payment had come back,
 * opens no window: what it carries out was contestable already.
 */
export const resolveAfterExecution = (d: Decision, planId: string): void => {
  const from = d.file.complaint.status
  moveComplaint(d, 'resolved')
  startClock(d, 'auto_close', { party: 'complainant' })
  const plan = d.file.plans.find(({ id }) => id === planId)
  if (!plan?.steps.some(({ resumed }) => resumed !== undefined)) openWindowsAgain(d, planId)
  d.tell({ type: 'complaint_resolved', from, to: 'resolved' })
}
