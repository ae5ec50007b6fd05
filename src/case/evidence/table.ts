import type { Time } from '../../foundation/clock.ts'
import type { Role } from '../../platform/access/caller.ts'
import type { Side } from '../../words/deadlines.ts'
import type { EvidenceState, EvidenceType } from '../../words/evidence.ts'

/** One proof. Content never changes; `decision` says who accepted, refused or withdrew it and why. */
export interface EvidenceRow {
  platform_id: string
  id: string
  complaint_id: string
  version: number
  /** Set by `setEvidenceStatus`, as the lifecycle draws. */
  readonly status: EvidenceState
  type: EvidenceType
  description: string | null
  submitter_role: Role
  submitter_id: string
  submitter_side: Side
  file_name: string | null
  text: string | null
  record: Record<string, unknown> | null
  media_type: string
  size_bytes: number
  sha256: string
  position: number
  previous_hash: string
  chain_hash: string
  decision: { by: string; explanation: string | null; at: Time } | null
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    evidence: EvidenceRow
  }
}
