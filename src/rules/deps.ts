import type { Deps as Base } from '../foundation/process/deps.ts'
import type { RuleBook } from './rule-book/rule-book.ts'

export interface Deps extends Base {
  /** By which rules each platform's cases are decided. */
  rules: RuleBook
}
