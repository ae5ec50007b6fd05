/** The only writer of runs. Times are real ones. */
import { sql } from 'kysely'
import { DAY, type Time, toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { deleteRuns } from '../across-platforms.ts'
import { countNames, countsOf, nothingDone } from './counts.ts'
import type { RunStatus, SweepResult, SweepRunRow } from './table.ts'

/** How long the list of runs reaches back. */
const KEPT_MS = 30 * DAY

/** What stays the same about a run. */
export type RunName = Pick<SweepRunRow, 'platform_id' | 'id' | 'trigger' | 'started_at'>

interface Passed {
  durationMs: number
  seenAt: Time
}

/** Adds what a batch did, in the transaction of the batch. The first batch makes the row. */
export const noteBatch = async (trx: Trx, name: RunName, result: SweepResult, { durationMs, seenAt }: Passed): Promise<void> => {
  const sums = Object.fromEntries(
    countNames.map((column) => [column, sql<number>`${sql.ref(`sweep_runs.${column}`)} + ${sql.ref(`excluded.${column}`)}`]),
  )
  await trx
    .insertInto('sweep_runs')
    .values({
      ...name,
      ...nothingDone(),
      ...countsOf(result),
      duration_ms: Math.round(durationMs),
      status: 'running',
      seen_at: seenAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['platform_id', 'id']).doUpdateSet((eb) => ({
        ...sums,
        duration_ms: eb.ref('excluded.duration_ms'),
        seen_at: eb.ref('excluded.seen_at'),
      })),
    )
    .execute()
}

/** Says that a run is still at work. */
export const touchRun = async (db: Db, { platform_id, id }: RunName, { durationMs, seenAt }: Passed): Promise<void> => {
  await db
    .updateTable('sweep_runs')
    .set({ seen_at: seenAt, duration_ms: Math.round(durationMs) })
    .where('platform_id', '=', platform_id)
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute()
}

/** Ends a run with all that it did. */
export const endRun = async (
  db: Db,
  name: RunName,
  status: RunStatus,
  { durationMs, seenAt }: Passed,
  result: SweepResult,
): Promise<void> => {
  const ended = { ...result, duration_ms: Math.round(durationMs), status, seen_at: seenAt }
  await db
    .insertInto('sweep_runs')
    .values({ ...name, ...ended })
    .onConflict((conflict) => conflict.columns(['platform_id', 'id']).doUpdateSet(ended))
    .execute()
}

/** Marks a run as interrupted. Its row, if there is one, keeps what its batches did. */
export const interruptRun = async (db: Db, { platform_id, id }: RunName, { durationMs, seenAt }: Passed): Promise<void> => {
  await db
    .updateTable('sweep_runs')
    .set({ status: 'interrupted', duration_ms: Math.round(durationMs), seen_at: seenAt })
    .where('platform_id', '=', platform_id)
    .where('id', '=', id)
    .execute()
}

/** Removes the runs that are older than the list reaches back. @returns how many */
export const forgetOldRuns = (db: Db, nowMs: number): Promise<number> => deleteRuns(db, toTime(nowMs - KEPT_MS))
