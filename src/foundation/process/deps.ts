import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Db } from '../sql/database.ts'
import type { ReadList } from '../sql/replica.ts'
import type { Metrics } from './metrics.ts'

/** What all wings need. The process makes it once; tests make their own. The `deps.ts` of each wing adds what that wing needs besides. */
export interface Deps {
  db: Db
  /** Reads for lists, which a replica may serve. */
  readList: ReadList
  clock: Clock
  log: FastifyBaseLogger
  metrics: Metrics
}
