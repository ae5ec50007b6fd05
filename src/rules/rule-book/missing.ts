/** What a decision needs of the rules of its case and does not find: a version that is not there, or a rule that fits. */
export type MissingRules = 'policy' | 'calendar' | 'rule'

/** The rules of a case cannot be read. Nothing about the case is wrong, and nothing can be decided in it until they are there. */
export class RulesMissing extends Error {
  override readonly name = 'RulesMissing'
  readonly missing: MissingRules
  constructor(missing: MissingRules, message: string) {
    super(message)
    this.missing = missing
  }
}
