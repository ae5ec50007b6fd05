/** The rules of evidence. Pure: a decision in, rows and events out, or a Problem. */
import { actorName } from '../../platform/access/caller.ts'
import { isAmong, namesPerson } from '../../platform/access/people.ts'
import type { EvidenceState, EvidenceType } from '../../words/evidence.ts'
import { openAppealStates } from '../appeals/lifecycle.ts'
import type { EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import { sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { hear } from '../deadlines/heard.ts'
import { chainHash } from './chain.ts'
import { evidenceLifecycle, setEvidenceStatus } from './lifecycle.ts'
import { checkMedia } from './media.ts'
import type { EvidenceBodies } from './schema.ts'
import type { EvidenceRow } from './table.ts'
import { eventVisibility } from './visibility.ts'

/** What was handed in, measured. Exactly one of `file_name`, `text` and `record` is not null. */
export type Content = Pick<EvidenceRow, 'file_name' | 'text' | 'record' | 'media_type' | 'size_bytes' | 'sha256'>

const tellEvidence = (
  d: Decision,
  evidence: EvidenceRow,
  from: EvidenceState | null,
  happening: Telling<EventTypeOf<'evidence'>>,
): void => {
  d.tell({ ...happening, resourceId: evidence.id, from, to: evidence.status, visibility: eventVisibility(evidence) })
}

/** @param id also the name of the stored file, so it is chosen before. */
export const decideNewEvidence = (
  d: Decision,
  id: string,
  body: { type: EvidenceType; description?: string },
  content: Content,
): EvidenceRow => {
  checkMedia(body.type, content.media_type)
  const { complaint } = d.file
  complaint.evidence_count += 1
  const sealed = {
    previous_hash: complaint.evidence_chain,
    sha256: content.sha256,
    type: body.type,
    submitter_role: d.actor.role,
    submitter_id: d.actor.id,
    created_at: d.now,
  }
  complaint.evidence_chain = chainHash(sealed)
  const evidence: EvidenceRow = {
    platform_id: complaint.platform_id,
    id,
    complaint_id: complaint.id,
    version: 1,
    status: evidenceLifecycle.initial,
    description: body.description ?? null,
    submitter_side: sideOf(complaint, d.actor),
    ...content,
    ...sealed,
    position: complaint.evidence_count,
    chain_hash: complaint.evidence_chain,
    decision: null,
    updated_at: d.now,
  }
  d.file.evidence.push(evidence)
  tellEvidence(d, evidence, null, {
    type: 'evidence_submitted',
    data: { type: evidence.type, position: evidence.position, sha256: evidence.sha256 },
  })
  hear(d, { resource: 'evidence', resource_id: evidence.id })
  return evidence
}

/**
 * Who judged the proofs of a side does not decide its appeal. That the assigned reviewer of an open appeal judges what is new is part of the
 * review.
 */
const rememberJudge = (d: Decision, { submitter_side: side }: EvidenceRow): void => {
  if (side === 'platform') return
  const { judged_evidence_of: judges } = d.file.complaint
  const isReview = d.file.appeals.some(
    ({ status, reviewer }) => openAppealStates.includes(status) && namesPerson(reviewer, d.actor.id),
  )
  if (!isReview && !isAmong(judges[side] ?? [], d.actor.id)) judges[side] = [...(judges[side] ?? []), d.actor.id]
}

/** The state of a proof that is decided on, by what is told of it. */
const settled = { evidence_accepted: 'accepted', evidence_refused: 'refused', evidence_withdrawn: 'withdrawn' } as const

/** The proof is decided on. */
const settle = (d: Decision, evidence: EvidenceRow, happening: Telling<keyof typeof settled>): void => {
  const from = evidence.status
  const explanation = 'explanation' in happening.data ? happening.data.explanation : null
  setEvidenceStatus(evidence, settled[happening.type])
  evidence.decision = { by: actorName(d.actor), explanation, at: d.now }
  tellEvidence(d, evidence, from, happening)
}

/** One rule per action on a proof; the lifecycle table has already said that this actor may take it now. */
export const decideEvidence: {
  [Action in keyof EvidenceBodies]: (d: Decision, evidence: EvidenceRow, body: EvidenceBodies[Action]) => void
} = {
  accept: (d, evidence) => {
    rememberJudge(d, evidence)
    settle(d, evidence, { type: 'evidence_accepted', data: { type: evidence.type } })
  },
  refuse: (d, evidence, body) => {
    rememberJudge(d, evidence)
    settle(d, evidence, { type: 'evidence_refused', data: { type: evidence.type, explanation: body.explanation } })
  },
  withdraw: (d, evidence) => settle(d, evidence, { type: 'evidence_withdrawn', data: { type: evidence.type } }),
}
