import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import { clocksFor } from '../deadlines/view.ts'
import { advanceActionsFor, type Viewer } from '../decisions/available.ts'
import { type GateFacts, gateOf, needsApproval } from './gate.ts'
import type { AdvanceWire } from './schema.ts'
import type { AdvanceRow } from './table.ts'

/** An advance as this caller may see it: what staff said among themselves is theirs. Whether the caller may see it at all is `seesAdvance`. */
export const advanceView = (file: CaseFile, advance: AdvanceRow, viewer: Viewer): AdvanceWire => {
  const isStaff = readerOf(file.complaint, viewer.actor) === 'all'
  return {
    id: advance.id,
    complaint_id: advance.complaint_id,
    plan_id: advance.plan_id,
    step_id: advance.step_id,
    status: advance.status,
    mode: advance.mode,
    currency: advance.currency,
    amount: advance.amount,
    frozen_amount: advance.frozen_amount,
    paid_amount: advance.paid_amount,
    merchant_part: advance.merchant_part,
    recovered_amount: advance.recovered_amount,
    owed_amount: advance.owed_amount,
    provisional_amount: advance.provisional_amount,
    asked_by: isStaff ? advance.asked_by : null,
    approved_by: isStaff ? advance.approved_by : null,
    explanation: isStaff ? advance.explanation : null,
    set_aside: isStaff ? advance.overrides : [],
    refused_because: advance.refused_because,
    end_reason_code: advance.end_reason_code,
    deadlines: clocksFor(
      file.complaint,
      viewer.actor,
      file.deadlines.filter((x) => x.subject_id === advance.id),
    ),
    available_actions: advanceActionsFor(file, advance, viewer),
    version: advance.version,
    paid_at: advance.paid_at,
    ended_at: advance.ended_at,
    created_at: advance.created_at,
    updated_at: advance.updated_at,
  }
}

/** How a case stands at the gate, for staff. */
export const eligibilityView = (file: CaseFile, { policy }: Viewer, facts: GateFacts) => {
  const { found, most, amount, mode, checks } = gateOf(file, policy, {}, facts)
  const currency = found?.plan.currency ?? null
  return {
    eligible: checks.every(({ passed }) => passed),
    step_id: found?.step.id ?? null,
    currency,
    amount,
    most_amount: most,
    mode,
    needs_approval: needsApproval(policy, amount, currency ?? ''),
    checks,
    unproved: facts.unproved,
  }
}
