import type { CaseConfig, Deps as CaseDeps } from '../case/deps.ts'

export interface SweepConfig {
  /** Due cases per batch of a sweep. */
  sweepBatch: number
  /** The most deadlines that a sweep acts on: over all platforms, and of each. */
  sweepMaxPerTick: number
  sweepMaxPerPlatform: number
}

/** Gives a job a turn now: for what a request began and nobody waits for. */
export type Wake = (job: 'recomputations') => void

export interface Deps extends CaseDeps {
  config: CaseConfig & SweepConfig
  wake: Wake
}
