import type { CaseConfig } from '../case/deps.ts'
import type { Deps as ClockworkDeps, SweepConfig } from '../clockwork/deps.ts'
import type { LoadLimits } from './health/overload.ts'

/** The part of the configuration that answering requests needs. */
export interface AppConfig extends CaseConfig, SweepConfig {
  /** Whether `X-Forwarded-*` of the peer is believed. */
  trustProxy: boolean
  /** How much is taken on at once. */
  load: LoadLimits
}

/** All that the app stands on. */
export interface Deps extends ClockworkDeps {
  config: AppConfig
}
