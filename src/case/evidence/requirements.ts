/** Who has to prove what in a case, by when, and whether it has been done: the policy's burden of proof, laid over the sides of the case. */

import type { Time } from '../../foundation/clock.ts'
import type { Calendar } from '../../rules/calendars/calendar.ts'
import type { BurdenOfProof } from '../../rules/policy/schema.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { Side } from '../../words/deadlines.ts'
import { ruledCategory } from '../case-file/ruled.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { EvidenceRow } from './table.ts'

export const requirementStatuses = ['open', 'satisfied', 'missed'] as const
export type RequirementStatus = (typeof requirementStatuses)[number]

export interface Requirement {
  party: Side
  accepted_types: BurdenOfProof['accepted_types']
  due_at: Time
  status: RequirementStatus
  evidence_ids: string[]
  record_ids: string[]
}

/** A record of the platform's own systems about the order. */
interface KnownRecord {
  id: string
  type: string
  /** Whether the reader may read it. */
  isShown: boolean
}

/** The side that a party of the policy is on. The platform answers for whoever is no party of the case. */
const sideIn = (complaint: ComplaintRow, party: BurdenOfProof['party']): Side => {
  if (complaint.complainant_role === party) return 'complainant'
  if (complaint.respondent_role === party && party !== 'platform') return 'respondent'
  return 'platform'
}

/** Whether a rule is about goods that were received as long before the filing as these. Unknown counts as just received. */
const fitsReceipt = ({ created_at, order_details }: ComplaintRow, { when }: BurdenOfProof, calendar: Calendar): boolean => {
  const received = order_details?.received_at ?? created_at
  if (when?.received_within && created_at > after(received, when.received_within, calendar)) return false
  return !when?.received_after || created_at > after(received, when.received_after, calendar)
}

/**
 * @param standing the proofs of the case that were neither refused nor withdrawn
 * @param records what the platform's own systems know of the order: nobody has to prove that
 */
export const requirementsOf = (
  complaint: ComplaintRow,
  standing: readonly Pick<EvidenceRow, 'id' | 'type' | 'submitter_side'>[],
  records: readonly KnownRecord[],
  now: Time,
  { policy, calendarNow }: Rules,
): Requirement[] => {
  const calendar = calendarNow(policy.calendar).time
  const rules = policy.burden_of_proof[ruledCategory(complaint)].filter((rule) => fitsReceipt(complaint, rule, calendar))
  return rules.map(({ party, accepted_types, within }) => {
    const side = sideIn(complaint, party)
    const proofs = standing.filter((proof) => proof.submitter_side === side && accepted_types.includes(proof.type))
    const due_at = after(complaint.created_at, within, calendar)
    const known = records.filter(({ type }) => accepted_types.some((accepted) => accepted === type))
    const status = proofs.length + known.length > 0 ? 'satisfied' : now > due_at ? 'missed' : 'open'
    return {
      party: side,
      accepted_types,
      due_at,
      status,
      evidence_ids: proofs.map((proof) => proof.id),
      record_ids: known.flatMap(({ id, isShown }) => (isShown ? [id] : [])),
    }
  })
}
