import type { FastifyBaseLogger } from 'fastify'
import type { Cases } from './case/decisions/store.ts'
import type { Clock } from './foundation/clock.ts'
import type { Metrics } from './foundation/process/metrics.ts'
import type { Db } from './foundation/sql/database.ts'
import type { ReadList } from './foundation/sql/replica.ts'
import type { LoadLimits } from './outward/health/overload.ts'
import type { RuleBook } from './rules/rule-book/rule-book.ts'

/** The part of the configuration that answering requests needs. */
export interface AppConfig {
  /** Folder of stored evidence files. */
  evidenceDir: string
  evidenceMaxBytes: number
  /** Whether `X-Forwarded-*` of the peer is believed. */
  trustProxy: boolean
  /** Due cases per batch of a sweep. */
  sweepBatch: number
  /** The most deadlines that a sweep acts on: over all platforms, and of each. */
  sweepMaxPerTick: number
  sweepMaxPerPlatform: number
  /** How much is taken on at once. */
  load: LoadLimits
}

/** All that the app stands on. The process makes these once; tests make their own. */
export interface Deps {
  db: Db
  /** Reads for lists, which a replica may serve. */
  readList: ReadList
  /** The cases in that database. */
  cases: Cases
  /** By which rules each platform's cases are decided. */
  rules: RuleBook
  clock: Clock
  config: AppConfig
  log: FastifyBaseLogger
  metrics: Metrics
}
