import type { Db } from '../database.ts'
import { DAY, type Time, toTime } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import type { Metrics } from '../foundation/metrics.ts'
import { countsOf } from './counts.ts'
import type { SweepResult, SweepRunRow } from './table.ts'

/** How long the list of runs reaches back. */
const KEPT_MS = 30 * DAY

/** Counts and keeps what a sweep did; times are real ones. */
export const recordRun = async (
  db: Db,
  metrics: Metrics,
  run: { platformId: string; trigger: SweepRunRow['trigger']; startedAt: Time; durationMs: number; result: SweepResult },
): Promise<void> => {
  for (const [result, count] of Object.entries(countsOf(run.result))) metrics.sweepResults.inc({ result }, count)
  if (run.result.left_over) metrics.sweepLeftOver.inc()
  await db
    .insertInto('sweep_runs')
    .values({
      platform_id: run.platformId,
      id: newId(),
      trigger: run.trigger,
      started_at: run.startedAt,
      duration_ms: Math.round(run.durationMs),
      ...run.result,
    })
    .execute()
}

/** Forgets runs that nobody will ask for any more. */
export const forgetOldRuns = async (db: Db, nowMs: number): Promise<void> => {
  await db
    .deleteFrom('sweep_runs')
    .where('started_at', '<', toTime(nowMs - KEPT_MS))
    .execute()
}
