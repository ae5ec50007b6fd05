/** The operations on evidence; their bodies say all that they ask for. */
import { operationOf, operationsOf } from '../case-file/operations.ts'
import { evidenceBodies, NewEvidenceIn } from './schema.ts'

export const newEvidenceOperations = { add: operationOf('addEvidence', NewEvidenceIn) }
export const evidenceOperations = operationsOf('Evidence', evidenceBodies)
