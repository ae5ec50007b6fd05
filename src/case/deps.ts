import type { Deps as RulesDeps } from '../rules/deps.ts'
import type { Cases } from './decisions/store.ts'

export interface CaseConfig {
  /** Folder of stored evidence files. */
  evidenceDir: string
  evidenceMaxBytes: number
}

export interface Deps extends RulesDeps {
  /** The cases of the database. */
  cases: Cases
  config: CaseConfig
}
