import { sqlState } from '../foundation/pg-errors.ts'
import { RulesMissing } from '../policy/missing.ts'
import { classOfMissing, type ErrorClass } from './words.ts'

/** What kind of thing keeps a case from being decided. */
export const classify = (error: unknown): ErrorClass => {
  if (error instanceof RulesMissing) return classOfMissing[error.missing]
  return sqlState(error) === undefined ? 'internal' : 'refused_by_database'
}
