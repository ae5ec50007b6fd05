/**
 * The rows of a sweep while it is at work, one for each platform. The first batch that did something makes the row, in its own transaction,
 * so the list of sweeps shows what a killed sweep has done.
 */

import { MINUTE, SECOND, type Time, toMs, toTime } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { mayBeOfOne } from '../../foundation/sql/errors.ts'
import type { Deps } from '../deps.ts'
import { actedOn, countsOf } from './counts.ts'
import { sweepMetrics } from './metrics.ts'
import { endRun, interruptRun, noteBatch, type RunName, touchRun } from './record.ts'
import type { RunStatus, SweepResult, SweepRunRow } from './table.ts'

/** The shortest time between two signs of life that a sweep writes into its rows. */
const SEEN_EVERY_MS = 20 * SECOND
/** A sweep without a sign of life for this long was killed. No batch takes nearly as long: its statements time out before. */
const SILENT_FOR_MS = 3 * MINUTE

/** The status of a run as it is shown: a killed sweep could not write that it was interrupted. */
export const statusOf = ({ status, seen_at }: Pick<SweepRunRow, 'status' | 'seen_at'>, now: Time): RunStatus =>
  status === 'running' && seen_at !== null && toMs(seen_at) + SILENT_FOR_MS <= toMs(now) ? 'interrupted' : status

/** A platform that is out of reach must not keep the rows of the others from being written. Its own row falls silent. */
const leaveSilent = (error: unknown): void => {
  if (!mayBeOfOne(error)) throw error
}

export interface Runs {
  /** Adds what a batch did, in its transaction. */
  note: (trx: Trx, platformId: string, result: SweepResult) => Promise<void>
  /** To be called after each batch, whatever it did. */
  beat: () => Promise<void>
  /** The sweep has to stop and is not through with this platform. */
  cut: (platformId: string) => void
  /** The platform's part is over. A run of the timetable is kept only if it did something or left something over. */
  end: (platformId: string, result: SweepResult) => Promise<void>
  /** Marks all runs that are not over yet as interrupted. */
  interrupt: () => Promise<void>
}

export const createRuns = (
  { db, clock, metrics }: Pick<Deps, 'db' | 'clock' | 'metrics'>,
  trigger: SweepRunRow['trigger'],
): Runs => {
  const startedMs = clock.nowMs()
  let seenMs = startedMs
  const running = new Map<string, RunName>()
  const cut = new Set<string>()
  const nameOf = (platformId: string): RunName => {
    const name = running.get(platformId) ?? { platform_id: platformId, id: newId(), trigger, started_at: toTime(startedMs) }
    running.set(platformId, name)
    return name
  }
  // the system clock may be set back meanwhile
  const passed = () => ({ durationMs: Math.max(0, clock.nowMs() - startedMs), seenAt: toTime(clock.nowMs()) })
  return {
    note: async (trx, platformId, result) => {
      if (actedOn(result) + result.failed > 0) await noteBatch(trx, nameOf(platformId), result, passed())
    },
    beat: async () => {
      if (Math.abs(clock.nowMs() - seenMs) < SEEN_EVERY_MS) return
      seenMs = clock.nowMs()
      for (const name of running.values()) await touchRun(db, name, passed()).catch(leaveSilent)
    },
    cut: (platformId) => void cut.add(platformId),
    end: async (platformId, result) => {
      for (const [name, count] of Object.entries(countsOf(result))) sweepMetrics(metrics).results.inc({ result: name }, count)
      if (result.left_over) sweepMetrics(metrics).leftOver.inc()
      if (trigger === 'cron' && !running.has(platformId) && !result.left_over) return
      await endRun(db, nameOf(platformId), cut.has(platformId) ? 'interrupted' : 'done', passed(), result)
      running.delete(platformId)
    },
    interrupt: async () => {
      for (const name of running.values()) await interruptRun(db, name, passed()).catch(leaveSilent)
      running.clear()
    },
  }
}
