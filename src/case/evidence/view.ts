import type { KeyRole } from '../../platform/access/caller.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { evidenceActionsFor, type Viewer } from '../decisions/available.ts'
import type { EvidenceWire } from './schema.ts'
import type { EvidenceRow } from './table.ts'

/** A proof; whether the caller may see it at all is `seesEvidence`. */
export const evidenceView = (file: CaseFile, evidence: EvidenceRow, viewer: Viewer): EvidenceWire => ({
  id: evidence.id,
  complaint_id: evidence.complaint_id,
  status: evidence.status,
  type: evidence.type,
  description: evidence.description,
  submitter: { role: evidence.submitter_role as KeyRole, id: evidence.submitter_id, side: evidence.submitter_side },
  file_name: evidence.file_name,
  media_type: evidence.media_type,
  size_bytes: evidence.size_bytes,
  sha256: evidence.sha256,
  text: evidence.text,
  record: evidence.record,
  chain: { position: evidence.position, previous_hash: evidence.previous_hash, hash: evidence.chain_hash },
  decision: evidence.decision,
  available_actions: evidenceActionsFor(file, evidence, viewer),
  version: evidence.version,
  created_at: evidence.created_at,
  updated_at: evidence.updated_at,
})
