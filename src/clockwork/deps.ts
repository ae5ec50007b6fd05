import type { CaseConfig, Deps as CaseDeps } from '../case/deps.ts'

/** What jobs go by, besides what sweeps do. */
export interface KeepingConfig {
  /** How many days an order is kept that nobody has complained about. */
  ordersKeptDays: number
}

export interface SweepConfig {
  /** Due cases per batch of a sweep. */
  sweepBatch: number
  /** The most deadlines that a sweep acts on or warns of: over all platforms, and of each. */
  sweepMaxPerTick: number
  sweepMaxPerPlatform: number
}

/** Gives a job a turn now, for work that a request has begun and does not wait for. */
export type Wake = (job: 'recomputations' | 'forget_endpoints') => void

export interface Deps extends CaseDeps {
  config: CaseConfig & SweepConfig & KeepingConfig
  wake: Wake
}
