import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import { sqlState } from './errors.ts'

const MOST_TRIES = 5
/** serialization_failure and deadlock_detected: the transaction did nothing and may simply be run again. */
const RUN_AGAIN: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])

/** Whether a rerun may succeed: the statement or transaction failed only because of another transaction. */
export const mayRunAgain = (error: unknown): boolean => RUN_AGAIN.has(sqlState(error))

/**
 * Runs `attempt`, up to five times in all while its error says that a rerun may succeed. After that the error is thrown, and the problem
 * handler answers 503.
 * @param attempt is told how often it has been tried before; what those tries did in the database is undone
 */
export const withReruns = async <T>(attempt: (earlierTries: number) => Promise<T>): Promise<T> => {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt(tries)
    } catch (error) {
      if (tries + 1 >= MOST_TRIES || !mayRunAgain(error)) throw error
      await pause(Math.random() * 10 * 2 ** tries)
    }
  }
}

/** One transaction, run again where that helps. `work` must therefore have no effect outside of `trx`. */
export const transact = <T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> =>
  withReruns(() => db.transaction().execute(work))

/** From here on the transaction waits no longer than this for any lock. */
export const setLockTimeout = async (trx: Trx, mostMs: number): Promise<void> => {
  await sql`set local lock_timeout = ${sql.lit(`${mostMs}ms`)}`.execute(trx)
}
