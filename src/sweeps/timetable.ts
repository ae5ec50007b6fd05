import { schedule } from 'node-cron'
import type { Deps } from '../deps.ts'
import { DAY, toTime } from '../foundation/clock.ts'
import { forgetOldKeys } from '../foundation/idempotency.ts'
import { loggedError } from '../foundation/logger.ts'
import { inBackground } from '../recomputations/background.ts'
import { actedOn } from './counts.ts'
import { forgetOldRuns, recordRun } from './record.ts'
import { limitsOf, sweepAll } from './sweep.ts'

export interface Timetable {
  /** No further tick; resolves when the running one has come to the end of its batch. */
  stop(): Promise<void>
}

/** Nothing here needs to run more often than this. */
const HOUSEKEEPING_EVERY_MS = DAY / 24

/**
 * Sweeps by the clock. A tick that finds the one before still at work is left out, a missed one is made up for by the next: what is due
 * stays due until it has been acted on. Instances need no leader; they share the work by locks on the cases.
 */
export const startTimetable = (deps: Deps, pattern: string, housekeeping: () => Promise<unknown>): Timetable => {
  const { db, clock, log, metrics } = deps
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  let cleanedAt = 0
  const recomputing = inBackground(deps)

  const tick = async (): Promise<void> => {
    const startedMs = clock.nowMs()
    try {
      // what another instance began and did not bring to its end
      recomputing.goOn()
      for (const [platformId, result] of await sweepAll(deps, () => stopping)) {
        // what is only stopped is no news with every tick
        if (actedOn(result) + result.failed === 0 && !result.left_over) continue
        const durationMs = clock.nowMs() - startedMs
        log.info({ platform: platformId, duration_ms: durationMs, ...result }, 'sweep')
        if (result.left_over)
          log.warn(
            { platform: platformId, acted: actedOn(result), ...limitsOf(deps) },
            'the sweep reached a limit; the next goes on',
          )
        await recordRun(db, metrics, { platformId, trigger: 'cron', startedAt: toTime(startedMs), durationMs, result })
      }
      await forgetOldKeys(db, startedMs)
      if (startedMs - cleanedAt < HOUSEKEEPING_EVERY_MS) return
      cleanedAt = startedMs
      await forgetOldRuns(db, startedMs)
      await housekeeping()
    } catch (error) {
      log.error(loggedError(error), 'the sweep failed; the next tick tries again')
    }
  }

  const task = schedule(
    pattern,
    () => {
      if (stopping) return
      running = tick()
      return running
    },
    // its warnings (a tick left out, a tick missed) belong in the log like all else
    { noOverlap: true, logger: log },
  )

  return {
    stop: async () => {
      stopping = true
      await task.stop()
      await Promise.all([running, recomputing.stop()])
    },
  }
}
