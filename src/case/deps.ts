import type { FileStore } from '../files/store.ts'
import type { Deps as RulesDeps } from '../rules/deps.ts'
import type { Cases } from './decisions/store.ts'
import type { CategoryLearning } from './understanding/learning.ts'

export interface CaseConfig {
  /** The largest evidence file, in bytes. */
  evidenceMaxBytes: number
}

export interface Deps extends RulesDeps {
  /** The cases of the database. */
  cases: Cases
  /** The files of evidence. */
  files: FileStore
  /** What is learnt from the categories that staff choose. */
  learning: CategoryLearning
  config: CaseConfig
}
