/** Who may see which proof of a case that they may see: all of them, but a party's proof of identity is for itself and for staff. */
import type { Actor } from '../../platform/access/caller.ts'
import { seesAll } from '../../platform/access/caller.ts'
import type { EvidenceType } from '../../words/evidence.ts'
import type { Visibility } from '../case-events/table.ts'
import { partySide } from '../case-file/case-file.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { EvidenceRow } from './table.ts'

/** For its side and for staff. */
export const PRIVATE: EvidenceType = 'identity_proof'

export const seesEvidence = (complaint: ComplaintRow, evidence: EvidenceRow, actor: Actor): boolean =>
  seesAll(actor.role) || evidence.type !== PRIVATE || evidence.submitter_side === partySide(complaint, actor)

/** Who reads the events about a proof: whoever sees the proof. */
export const eventVisibility = (evidence: EvidenceRow): Visibility => {
  if (evidence.type !== PRIVATE) return 'parties'
  return evidence.submitter_side === 'platform' ? 'staff' : evidence.submitter_side
}
