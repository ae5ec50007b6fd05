/** Money that the complainant laid out: the difference of an exchange that came to nothing, and the freight of a return. Pure. */

import { invalidField, problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { newStep } from './new-step.ts'
import { ask } from './payments.ts'
import { startStepClock } from './step-clocks.ts'
import type { StepBodies } from './step-schema.ts'
import { clockOfStep, stepIn } from './steps.ts'
import type { PlanRow, Step } from './table.ts'
import { tellStep } from './tell.ts'

/** Asks the payment system at once, beside the other steps of the remedy and whatever becomes of them. @param remedy its index in the plan */
export const reimburse = (d: Decision, plan: PlanRow, remedy: number, amount: number): void => {
  const step = newStep(remedy, 'reimbursement', 'platform', { amount, allocation: [] })
  plan.steps.push(step)
  startStepClock(d, step, clockOfStep(step))
  ask(d, plan, step)
}

/** What was paid for a replacement that is not sent goes back. */
export const payBackDifference = (d: Decision, plan: PlanRow, remedy: number): void => {
  const paid = stepIn(plan, remedy, 'difference')
  if (paid?.status !== 'done' || paid.paid_back) return
  paid.paid_back = true
  reimburse(d, plan, remedy, paid.amount ?? 0)
}

type FreightPaid = NonNullable<StepBodies['complete_step']['freight_paid']>

/** Whether the sender of a return can ask for its freight: another pays it, in a currency, and it was not asked for before. */
export const canClaimFreight = (plan: Pick<PlanRow, 'remedies' | 'steps' | 'currency'>, { kind, remedy }: Step): boolean =>
  kind === 'return_shipment' &&
  plan.currency !== null &&
  plan.remedies[remedy]?.freight_payer !== 'buyer' &&
  stepIn(plan, remedy, 'freight_claim') === undefined

/**
 * The complainant asks for the freight of a return with a proof of it: staff decide.
 * @param known which of the proofs that it names are of this case
 */
export const claimFreight = (
  d: Decision,
  plan: PlanRow,
  shipment: Step,
  { amount, evidence_ids }: FreightPaid,
  known: ReadonlySet<string>,
): void => {
  const { remedy } = shipment
  if (!canClaimFreight(plan, shipment))
    throw invalidField('/freight_paid', 'not_allowed', 'who sends these goods pays for it, or has asked for it before')
  for (const [index, id] of evidence_ids.entries())
    if (!known.has(id))
      throw problem('unknown_evidence', `/freight_paid/evidence_ids/${index}: ${id} is no evidence of this case.`)
  const claim = newStep(remedy, 'freight_claim', 'platform', { amount, evidence_ids })
  plan.steps.push(claim)
  startStepClock(d, claim, clockOfStep(claim))
  tellStep(d, plan, claim, { type: 'freight_claimed', data: { amount, currency: plan.currency as string } })
}

/**
 * How much of a claim is granted.
 * @param asked left out: all of it
 * @throws Problem `validation_failed` above the claim, `approval_needed` where a supervisor has to decide
 */
export const grantedOf = (d: Decision, plan: PlanRow, claim: Step, asked: number | undefined): number => {
  const most = claim.amount ?? 0
  const granted = asked ?? most
  if (granted > most) throw invalidField('/amount', 'maximum', `${most} was asked for`)
  const alone = d.policy.freight_claims_up_to[plan.currency ?? ''] ?? 0
  if (d.actor.role === 'agent' && granted > alone)
    throw problem(
      'approval_needed',
      `An agent grants up to ${alone} (${plan.currency}, minor units) for freight; a supervisor decides on more.`,
    )
  return granted
}
