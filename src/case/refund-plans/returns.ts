/** Goods that come back: where to, whether they arrived, and what happens where they do not. Pure. */

import { isAboveApproval } from '../../rules/policy/which-rule.ts'
import { askBuyer, payerOf } from '../advances/paying.ts'
import type { Decision } from '../case-file/decision.ts'
import { closeComplaint } from '../complaints/closing.ts'
import type { ReturnTo } from '../return-instructions/table.ts'
import { leaveOut } from './effects.ts'
import { completeStep, failStep, giveTurn, sendAgain } from './execution.ts'
import { stepIn } from './steps.ts'
import type { PlanRow, Step } from './table.ts'
import { tellStep } from './tell.ts'

/** The respondent, or staff, say where the goods go: the complainant's time begins. */
export const nameAddress = (d: Decision, plan: PlanRow, step: Step, returnTo: ReturnTo): void => {
  const shipment = stepIn(plan, step.remedy, 'return_shipment')
  if (shipment) shipment.return_to = returnTo
  completeStep(d, plan, step, {})
}

/**
 * Nobody has said where the goods go. What would be refunded against them is refunded without them, up to the approval amount; above it, and
 * where there is nothing to refund, the owner of the case decides.
 */
export const refundWithoutReturn = (d: Decision, plan: PlanRow, step: Step): void => {
  const refund = stepIn(plan, step.remedy, 'refund')
  if (refund === undefined || isAboveApproval(d.policy, refund.amount ?? 0, plan.currency)) {
    failStep(d, plan, step, 'step_failed', {})
    return
  }
  for (const other of plan.steps) {
    if (other.remedy !== step.remedy || other === refund) continue
    leaveOut(d, plan, other, 'return_not_wanted')
  }
  giveTurn(d, plan, refund)
}

/** What was sent back did not arrive, as staff decided on proof: the complainant is asked once more, and then the case closes. */
export const returnNeverCame = (d: Decision, plan: PlanRow, arrival: Step, report: { explanation?: string }): void => {
  const shipment = stepIn(plan, arrival.remedy, 'return_shipment')
  tellStep(d, plan, arrival, { type: 'return_not_arrived', data: report })
  const refund = stepIn(plan, arrival.remedy, 'refund')
  const advance = refund && payerOf(d, refund)
  if (advance?.status === 'frozen') askBuyer(d, advance, report.explanation)
  if (shipment === undefined || shipment.asked_again) {
    closeComplaint(d, 'return_not_shipped', { contestable: true })
    return
  }
  shipment.asked_again = true
  sendAgain(d, plan, arrival, shipment)
}
