/** The complaint as this caller may see it. */

import { NEVER } from '../../foundation/clock.ts'
import { type Actor, seesAll } from '../../platform/access/caller.ts'
import { type CaseFile, partySide } from '../case-file/case-file.ts'
import { shownClocks } from '../deadlines/due.ts'
import { clocksFor } from '../deadlines/view.ts'
import { actionsFor, type Viewer } from '../decisions/available.ts'
import { riskView } from '../risk/view.ts'
import { stuckView } from '../stuck-cases/view.ts'
import { shownSuggestion } from '../understanding/choice.ts'
import type { ComplaintSummaryRow } from './find.ts'
import { maskContact, maskName } from './masking.ts'
import type { ComplaintSummaryWire, ComplaintWire } from './schema.ts'
import type { Contact } from './table.ts'

/** One row of a list: everything that stands on the complaint itself. */
export const complaintSummaryView = (complaint: ComplaintSummaryRow, actor: Actor): ComplaintSummaryWire => {
  const staff = seesAll(actor.role)
  const side = partySide(complaint, actor)
  return {
    id: complaint.id,
    case_number: complaint.case_number,
    reference: complaint.reference,
    status: complaint.status,
    level: complaint.level,
    channel: complaint.channel,
    complainant: {
      role: complaint.complainant_role,
      id: complaint.complainant_id,
      ...reachable(complaint.complainant_name, complaint.complainant_contact, staff || side === 'complainant'),
    },
    respondent: {
      role: complaint.respondent_role,
      id: complaint.respondent_id,
      ...reachable(complaint.respondent_name, complaint.respondent_contact, staff || side === 'respondent'),
    },
    order: complaint.order_details,
    order_statement_differs: complaint.order_statement_differs,
    category: complaint.category,
    category_source: complaint.category_source,
    subcategory: complaint.subcategory,
    category_suggestion: staff ? shownSuggestion(complaint) : null,
    drawn_tags: staff ? (complaint.understood?.tags ?? []) : [],
    description: complaint.description,
    wanted: complaint.wanted,
    tags: complaint.tags,
    mass_case_id: staff ? complaint.mass_case_id : null,
    related_to: complaint.related_to,
    duplicate_of: complaint.duplicate_of,
    risk: staff ? riskView(complaint.risk) : null,
    owner: complaint.owner,
    liability: staff || complaint.liability_disclosed ? complaint.liability : null,
    rejection: complaint.rejection,
    information_request: complaint.information_request,
    suspension: complaint.suspension,
    dismissal: complaint.dismissal && {
      ...complaint.dismissal,
      deviation: complaint.dismissal.deviation ?? null,
      separation_waived: complaint.dismissal.separation_waived ?? false,
    },
    current_plan_id: complaint.current_plan_id,
    outcome: complaint.outcome,
    close_reason: complaint.close_reason,
    policy_version: complaint.policy_version,
    filing_window_ends_at: complaint.filing_window_ends_at,
    sla: { first_response: complaint.sla.first_response ?? null, resolution: complaint.sla.resolution ?? null },
    // what the fast lane is owed next would tell a party of the risk
    next_due_at:
      complaint.next_due_at === NEVER || (!staff && complaint.risk_level === 'critical') ? null : complaint.next_due_at,
    unanswered_since: staff ? complaint.unanswered_since : null,
    version: complaint.version,
    created_at: complaint.created_at,
    updated_at: complaint.updated_at,
    // while an appeal is open the earlier closing time is only remembered
    closed_at: complaint.status === 'closed' ? complaint.closed_at : null,
  }
}

/** How to address and reach a person, masked for whoever is neither that person nor staff. */
const reachable = (name: string | null, contact: Contact | null, open: boolean) =>
  open ? { name, contact } : { name: maskName(name), contact: maskContact(contact) }

/** The whole complaint with its clocks and what this caller can do now. */
export const complaintView = (file: CaseFile, viewer: Viewer): ComplaintWire => ({
  ...complaintSummaryView(file.complaint, viewer.actor),
  deadlines: clocksFor(file.complaint, viewer.actor, shownClocks(file.deadlines)),
  challenges: file.complaint.challenges.filter(
    ({ side }) => seesAll(viewer.actor.role) || side === partySide(file.complaint, viewer.actor),
  ),
  recused: seesAll(viewer.actor.role) ? file.complaint.recused : [],
  received_at: file.complaint.received_at ?? file.complaint.created_at,
  call_reference: seesAll(viewer.actor.role) ? file.complaint.call_reference : null,
  last_resort_at: seesAll(viewer.actor.role) ? file.complaint.last_resort_at : null,
  available_actions: actionsFor(file, viewer),
  stuck: file.stuck && seesAll(viewer.actor.role) ? stuckView(file.stuck) : null,
})
