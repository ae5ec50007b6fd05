/** The actions on evidence. */
import type { Actor } from '../../platform/access/caller.ts'
import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { type Content, decideEvidence, decideNewEvidence } from './decide.ts'
import { evidenceLifecycle } from './lifecycle.ts'
import type { EvidenceBodies, NewEvidence } from './schema.ts'
import type { EvidenceRow } from './table.ts'
import { seesEvidence } from './visibility.ts'

/** The proof that the case was named by, where this actor may see it. @throws Problem `not_found` */
export const evidenceIn = ({ complaint, evidence }: CaseFile, id: string | undefined, actor: Actor): EvidenceRow => {
  const found = evidence.find((x) => x.id === id)
  if (!found || !seesEvidence(complaint, found, actor)) throw notFound()
  return found
}

/** What was handed in, measured, and the id under which its file is kept. */
export interface HandedIn {
  id: string
  content: Content
}

export const newEvidenceMoves: Moves<'add', Target, HandedIn> = {
  rules: evidenceLifecycle.actions,
  find: ({ complaint }) => ({ state: undefined, version: complaint.version }),
  decide: (_action, d, _found, body, { id, content }) => void decideNewEvidence(d, id, body as NewEvidence, content),
}

export const evidenceMoves: Moves<keyof EvidenceBodies, Target & { evidence: EvidenceRow }> = {
  rules: evidenceLifecycle.actions,
  find: (file, { id }, { actor }) => {
    const evidence = evidenceIn(file, id, actor)
    return { state: evidence.status, version: evidence.version, subject: { evidence }, evidence }
  },
  decide: (action, d, { evidence }, body) =>
    (decideEvidence[action] as (d: Decision, evidence: EvidenceRow, body: object) => void)(d, evidence, body),
}
