import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Db } from '../sql/database.ts'
import type { ReadList } from '../sql/replica.ts'
import type { Metrics } from './metrics.ts'

/** What everything stands on. The process makes it once; tests make their own. Each wing says in a `deps.ts` what it needs besides. */
export interface Deps {
  db: Db
  /** Reads for lists, which a replica may serve. */
  readList: ReadList
  clock: Clock
  log: FastifyBaseLogger
  metrics: Metrics
}
