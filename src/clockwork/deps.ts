import type { CaseConfig, Deps as CaseDeps } from '../case/deps.ts'

export interface SweepConfig {
  /** Due cases per batch of a sweep. */
  sweepBatch: number
  /** The most deadlines that a sweep acts on or warns of: over all platforms, and of each. */
  sweepMaxPerTick: number
  sweepMaxPerPlatform: number
}

/** Gives a job a turn now, for work that a request has begun and does not wait for. */
export type Wake = (job: 'recomputations') => void

export interface Deps extends CaseDeps {
  config: CaseConfig & SweepConfig
  wake: Wake
}
