import { sqlState } from '../../foundation/sql/errors.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import { classOfMissing, type ErrorClass } from '../../words/stuck-cases.ts'

/** The class of an error that keeps a case from being decided. */
export const classify = (error: unknown): ErrorClass => {
  if (error instanceof RulesMissing) return classOfMissing[error.missing]
  return sqlState(error) === undefined ? 'internal' : 'refused_by_database'
}
