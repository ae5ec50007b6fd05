import type { MissingRules } from '../../words/stuck-cases.ts'

/** The rules of a case cannot be read. Nothing about the case is wrong, and nothing can be decided in it until they are there. */
export class RulesMissing extends Error {
  override readonly name = 'RulesMissing'
  readonly missing: MissingRules
  constructor(missing: MissingRules, message: string) {
    super(message)
    this.missing = missing
  }
}
