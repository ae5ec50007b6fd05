import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Trx } from '../database.ts'
import { sqlState } from './pg-errors.ts'

const MOST_TRIES = 5
/** serialization_failure and deadlock_detected: the transaction did nothing and may simply be run again. */
const RUN_AGAIN: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])

/**
 * One transaction, run again when Postgres says that a rerun would mend it. `work` must therefore have no effect outside of `trx`.
 * After five tries the error goes on, and the problem handler answers 503.
 */
export const transact = async <T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (tries >= MOST_TRIES || !RUN_AGAIN.has(sqlState(error))) throw error
      await pause(Math.random() * 10 * 2 ** tries)
    }
  }
}
