import type { CaseConfig } from '../case/deps.ts'
import type { Deps as ClockworkDeps, KeepingConfig, SweepConfig } from '../clockwork/deps.ts'
import type { KeyRing } from '../foundation/key-ring.ts'
import type { Traffic } from '../foundation/process/traffic.ts'
import type { Connections } from './delivery/connections.ts'

/** How much one instance takes on. */
export interface LoadLimits {
  /** Requests at work at once. */
  requests: number
  /** How many of them may be of the last kind. */
  lists: number
  /** Requests of each kind that may wait. */
  waiting: number
  waitMs: number
  /** Open connections of clients. */
  connections: number
}

export interface WebhookConfig {
  /** Whether http, private addresses and any port may be called: to try things out. */
  allowPrivate: 'always' | 'never' | 'on test platforms'
  /** The ports of public addresses that may be called. */
  ports: readonly number[]
}

/** The part of the configuration that answering requests needs. */
export interface AppConfig extends CaseConfig, SweepConfig, KeepingConfig {
  /** Whether `X-Forwarded-*` of the peer is believed. */
  trustProxy: boolean
  /** How much is taken on at once. */
  load: LoadLimits
  /** How long events can be read and sent again. */
  eventsKeptDays: number
  webhooks: WebhookConfig
}

/** All that the app stands on. */
export interface Deps extends ClockworkDeps {
  config: AppConfig
  /** Seals the secrets of endpoints; without it there can be none. */
  secrets: KeyRing | undefined
  /** To the endpoints of webhooks. */
  connections: Connections
  /** What deliveries give way to. */
  traffic: Traffic
}
