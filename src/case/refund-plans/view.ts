import type { CaseFile } from '../case-file/case-file.ts'
import { clocksFor } from '../deadlines/view.ts'
import { planActionsFor, type Viewer } from '../decisions/available.ts'
import type { PlanSummaryRow } from './find.ts'
import type { PlanSummaryWire } from './list-schema.ts'
import type { PlanWire } from './schema.ts'
import type { PlanRow } from './table.ts'

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
  total_amount: plan.refund_amount + plan.compensation_amount,
  refund_amount: plan.refund_amount,
  compensation_amount: plan.compensation_amount,
  in_force_amount: plan.refund_in_force + plan.compensation_in_force,
  needs_approval: plan.needs_approval,
  approved_by: plan.approved_by,
  end_reason_code: plan.end_reason_code,
  proposed_at: plan.proposed_at,
  created_at: plan.created_at,
  updated_at: plan.updated_at,
  version: plan.version,
})

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
    total_amount: plan.refund_amount + plan.compensation_amount,
    refund_amount: plan.refund_amount,
    compensation_amount: plan.compensation_amount,
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
    steps: plan.steps.map(({ id, kind, party, status, amount, allocation = [], due_at, completed_at, data }) => ({
      id,
      kind,
      party,
      status,
      amount,
      allocation,
      due_at,
      completed_at,
      data,
    })),
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
