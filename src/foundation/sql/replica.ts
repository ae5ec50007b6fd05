/**
 * Lists and reports may be read from a replica. They show all that any instance had acknowledged before the request: after it has come in,
 * the flush position of the primary is read, and the replica answers only once it has replayed up to there.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { databaseUnavailable } from './errors.ts'

/** Reads for a list: from the replica where it is up to date in time, else from the primary. `read` may be run twice. */
export type ReadList = <T>(read: (db: Db) => Promise<T>) => Promise<T>

/** The shortest time between two comparisons of the positions. All reads that wait share one comparison. */
const EVERY_MS = 5
/** How long a list waits for the replica before the primary serves it. */
const MOST_WAIT_MS = 100
/** How long a replica is not asked after it failed or did not catch up in time. */
const LEFT_ALONE_MS = 2_000

export const readFromPrimary =
  (primary: Db): ReadList =>
  (read) =>
    read(primary)

/** @param warn is told why the replica is left alone for a while */
export const readFromReplica = (primary: Db, replica: Db, warn: (error: unknown) => void): ReadList => {
  let leftAloneUntil = 0
  const leaveAlone = (why: unknown): void => {
    leftAloneUntil = performance.now() + LEFT_ALONE_MS
    warn(why)
  }
  const hasCaughtUp = comparePositions(primary, replica)

  return async (read) => {
    if (performance.now() < leftAloneUntil) return read(primary)
    try {
      if (await hasCaughtUp()) return await read(replica)
      if (performance.now() >= leftAloneUntil) leaveAlone(new Error('the replica is behind'))
    } catch (error) {
      // the replay may end a query that stands in its way, and a replica that goes away ends all
      if (!databaseUnavailable(error)) throw error
      leaveAlone(error)
    }
    return read(primary)
  }
}

/**
 * Returns `replica` after a check that it follows `primary`: the positions of two unrelated databases cannot be compared. A replica that
 * does not answer now passes the check.
 * @throws when it is another database, or no replica
 */
export const replicaOf = async (primary: Db, replica: Db): Promise<Db> => {
  const identify = async (db: Db) => {
    const { rows } = await sql<{ system: string; follows: boolean }>`
      select system_identifier::text as system, pg_is_in_recovery() as follows from pg_control_system()`.execute(db)
    return rows[0]
  }
  const [one, other] = await Promise.all([identify(primary), identify(replica).catch(() => undefined)])
  if (other !== undefined && (!other.follows || other.system !== one?.system))
    throw new Error('it is no streaming replica of DATABASE_URL')
  return replica
}

/** Whether the replica has replayed all that was flushed when this is called. Answers within twice `MOST_WAIT_MS`. */
const comparePositions = (primary: Db, replica: Db): (() => Promise<boolean>) => {
  let next: Promise<boolean> | undefined
  let running: Promise<unknown> = Promise.resolve()

  const compare = async (): Promise<boolean> => {
    // a read that comes from here on may have to see a later flush, so it waits for the next comparison
    next = undefined
    const flushed = await positionOf(primary, sql`pg_current_wal_flush_lsn()`)
    for (const until = performance.now() + MOST_WAIT_MS; performance.now() < until; await pause(EVERY_MS)) {
      if (await isReplayed(replica, flushed)) return true
    }
    return false
  }

  return () => {
    next ??= running.then(() => compare())
    running = Promise.allSettled([next, pause(EVERY_MS)])
    return Promise.race([next, pause(2 * MOST_WAIT_MS, false, { ref: false })])
  }
}

const positionOf = async (db: Db, position: RawBuilder<unknown>): Promise<string> => {
  const { rows } = await sql<{ position: string }>`select ${position}::text as position`.execute(db)
  return rows[0]?.position ?? ''
}

/** False for a database that never was a replica: it has replayed nothing. One that was promoted stays where its replay ended. */
const isReplayed = async (replica: Db, flushed: string): Promise<boolean> => {
  const { rows } = await sql<{ there: boolean | null }>`select pg_last_wal_replay_lsn() >= ${flushed}::pg_lsn as there`.execute(
    replica,
  )
  return rows[0]?.there === true
}
