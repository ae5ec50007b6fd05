import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import { clocksFor } from '../deadlines/view.ts'
import { planActionsFor, type Viewer } from '../decisions/available.ts'
import { heldBy, paidOf } from './attempts.ts'
import type { PlanSummaryRow } from './find.ts'
import { countedOf } from './holding.ts'
import type { PlanSummaryWire } from './list-schema.ts'
import type { PlanWire } from './schema.ts'
import { countsForOrder } from './steps.ts'
import { moneyIn } from './sums.ts'
import type { Attempt, PlanRow, Step } from './table.ts'
import { stepToday } from './today.ts'

/** One row of the list of plans. */
export const planSummaryView = (plan: PlanSummaryRow): PlanSummaryWire => ({
  id: plan.id,
  complaint_id: plan.complaint_id,
  version_number: plan.version_number,
  status: plan.status,
  author: { role: plan.author_role, id: plan.author_id, side: plan.author_side },
  buyer_id: plan.buyer_id ?? null,
  merchant_id: plan.merchant_id ?? null,
  currency: plan.currency,
  remedies: plan.remedies.map(({ type }) => type),
  total_amount: moneyIn(plan),
  refund_amount: plan.refund_amount,
  compensation_amount: plan.compensation_amount,
  statutory_damages_amount: plan.statutory_damages_amount,
  in_force_amount: plan.refund_in_force + plan.compensation_in_force + plan.statutory_damages_in_force,
  needs_approval: plan.needs_approval,
  approved_by: plan.approved_by,
  automatic: plan.settlement_rule ?? null,
  end_reason_code: plan.end_reason_code,
  proposed_at: plan.proposed_at,
  created_at: plan.created_at,
  updated_at: plan.updated_at,
  version: plan.version,
})

/** Whether a caller reads which account was confirmed: its owner and the people of the platform. */
const seesPayee = ({ complaint }: CaseFile, { actor }: Viewer): boolean => readerOf(complaint, actor) !== 'respondent'

const stepView = (step: Step, isPayeeShown: boolean): PlanWire['steps'][number] => {
  const { id, kind, party, status, amount, due_at, completed_at, data, attempts = [] } = step
  const { overpaid = 0, unclaimed_at = null, return_to = null, evidence_ids = [] } = step
  return {
    id,
    kind,
    party,
    status,
    amount,
    allocation: countedOf(step),
    return_to,
    evidence_ids,
    due_at,
    completed_at,
    data,
    attempts: attempts.map((attempt) => attemptView(attempt, isPayeeShown)),
    paid_amount: paidOf(step),
    held_amount: countsForOrder(kind) ? heldBy(step) : 0,
    overpaid_amount: overpaid,
    granted_before_amount: (step.granted_from ?? []).reduce((sum, one) => sum + one.amount, 0),
    unclaimed_at,
  }
}

const attemptView = (attempt: Attempt, isPayeeShown: boolean): PlanWire['steps'][number]['attempts'][number] => ({
  id: attempt.id,
  status: attempt.status,
  amount: attempt.amount,
  paid_amount: attempt.paid ?? 0,
  method: attempt.method,
  payee_reference: attempt.payee === undefined ? null : isPayeeShown ? attempt.payee : maskedReference(attempt.payee),
  payment_reference: attempt.payment_reference ?? null,
  asked_at: attempt.asked_at,
  ended_at: attempt.ended_at,
  cancel_requested_at: attempt.cancel_requested_at ?? null,
  explanation: attempt.explanation ?? null,
})

/** `payee_8f3c21d9` → `**********21d9` */
const maskedReference = (reference: string): string => `${'*'.repeat(Math.max(0, reference.length - 4))}${reference.slice(-4)}`

/** A plan as this caller may see it. Whether the caller may see it at all is `seesPlan`. */
export const planView = (file: CaseFile, plan: PlanRow, viewer: Viewer): PlanWire => {
  const subjects = new Set([plan.id, ...plan.steps.map((step) => step.id)])
  return {
    id: plan.id,
    complaint_id: plan.complaint_id,
    version_number: plan.version_number,
    supersedes: plan.supersedes,
    status: plan.status,
    author: { role: plan.author_role, id: plan.author_id, side: plan.author_side },
    currency: plan.currency,
    remedies: plan.remedies,
    total_amount: moneyIn(plan),
    refund_amount: plan.refund_amount,
    compensation_amount: plan.compensation_amount,
    statutory_damages_amount: plan.statutory_damages_amount,
    explanation: plan.explanation,
    needs_approval: plan.needs_approval,
    approved_by: plan.approved_by,
    approval_separation_waived: plan.approval_separation_waived,
    imposition: plan.imposition && {
      ...plan.imposition,
      deviation: plan.imposition.deviation ?? null,
      separation_waived: plan.imposition.separation_waived ?? false,
    },
    automatic: plan.settlement_rule ?? null,
    confirmations: plan.confirmations,
    steps: plan.steps.map((step) => stepView(stepToday(plan, step), seesPayee(file, viewer))),
    end_reason_code: plan.end_reason_code,
    end_explanation: plan.end_explanation,
    deadlines: clocksFor(
      file.complaint,
      viewer.actor,
      file.deadlines.filter((x) => x.subject_id !== null && subjects.has(x.subject_id)),
    ),
    available_actions: planActionsFor(file, plan, viewer),
    version: plan.version,
    proposed_at: plan.proposed_at,
    created_at: plan.created_at,
    updated_at: plan.updated_at,
  }
}
