/**
 * The hash chain of a case's evidence: each proof seals the one before, so none can be changed, moved or left out afterwards without
 * every later hash telling. Anyone who can read the proofs can recompute it.
 */
import { createHash } from 'node:crypto'
import { actorName } from '../../platform/access/caller.ts'
import type { EvidenceRow } from './table.ts'

/** How to verify the chain, for the API documentation. */
export const chainRule = `Each proof is sealed into the hash chain of its case. \`chain.hash\` is the SHA-256, in lower-case hex, of five lines, each ended by one line feed (\`\\n\`):

1. \`chain.previous_hash\`: the \`chain.hash\` of the proof at the position before, 64 zeros for the first
2. \`sha256\` of the content, as \`GET /v1/evidence/{id}/content\` serves it
3. \`type\`
4. the submitter as \`role:id\`
5. \`created_at\` as shown

Positions count from 1 without gaps; a proof that is not yours to see still shows as the \`previous_hash\` of the next.`

type Sealed = Pick<EvidenceRow, 'previous_hash' | 'sha256' | 'type' | 'submitter_role' | 'submitter_id' | 'created_at'>

/** The chain's hash after this proof; `chainRule` says of what. */
export const chainHash = (proof: Sealed): string => {
  const submitter = actorName({ role: proof.submitter_role, id: proof.submitter_id })
  const lines = [proof.previous_hash, proof.sha256, proof.type, submitter, proof.created_at]
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex')
}
