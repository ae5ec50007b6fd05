import { DAY, SECOND } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { forgetOldKeys } from '../../platform/idempotency/idempotency.ts'
import type { Deps } from '../deps.ts'
import { inBackground } from '../recomputations/background.ts'
import { actedOn } from './counts.ts'
import { sweepMetrics } from './metrics.ts'
import { forgetOldRuns } from './record.ts'
import { limitsOf, sweepAll } from './sweep.ts'
import { type Machine, machineFor, startTicker } from './ticker.ts'

export interface Timetable {
  /** What keeps this instance from being ready, in words; `undefined` while ticks come in time. */
  fault: () => string | undefined
  /** No further tick; resolves when the running one has come to the end of its batch. */
  stop(): Promise<void>
}

/** Nothing here needs to run more often than this. */
const HOUSEKEEPING_EVERY_MS = DAY / 24

/**
 * Sweeps by the clock. A tick that finds the one before still at work is left out, a missed one is made up for by the next: what is due
 * stays due until it has been acted on. Instances need no leader; they share the work by locks on the cases.
 */
export const startTimetable = (
  deps: Deps,
  pattern: string,
  housekeeping: () => Promise<unknown>,
  machine: Machine = machineFor(pattern),
): Timetable => {
  const { db, clock, log, metrics } = deps
  let stopping = false
  let cleanedAt = 0
  let cleaning: Promise<void> | undefined
  const recomputing = inBackground(deps)
  /** Asked before each batch. */
  const shouldStop = (): boolean => {
    ticker.seen()
    return stopping
  }

  /** Beside the ticks, which it must not hold up. */
  const cleanUp = async (nowMs: number): Promise<void> => {
    try {
      await forgetOldRuns(db, nowMs)
      await housekeeping()
    } catch (error) {
      log.error(loggedError(error), 'cleaning up failed; it is tried again in an hour')
    }
  }

  const tick = async (): Promise<void> => {
    const startedMs = clock.nowMs()
    try {
      // what another instance began and did not bring to its end
      recomputing.goOn()
      for (const [platformId, result] of await sweepAll(deps, shouldStop)) {
        // what is only stopped is no news with every tick
        if (actedOn(result) + result.failed === 0 && !result.left_over) continue
        log.info({ platform: platformId, duration_ms: clock.nowMs() - startedMs, ...result }, 'sweep')
        if (result.left_over)
          log.warn(
            { platform: platformId, acted: actedOn(result), ...limitsOf(deps) },
            'the sweep reached a limit; the next goes on',
          )
      }
      await forgetOldKeys(db, startedMs)
      // the system clock may have been set back
      if (cleaning || Math.abs(startedMs - cleanedAt) < HOUSEKEEPING_EVERY_MS) return
      cleanedAt = startedMs
      cleaning = cleanUp(startedMs).finally(() => {
        cleaning = undefined
      })
    } catch (error) {
      log.error(loggedError(error), 'the sweep failed; the next tick tries again')
    }
  }

  const ticker = startTicker(machine, log, tick)
  const { lastTick } = sweepMetrics(metrics)
  lastTick.ageSeconds = () => ticker.ageMs() / SECOND

  return {
    fault: () =>
      ticker.isLate()
        ? `The timetable stands still: no sweep was at work for ${Math.round(ticker.ageMs() / SECOND)} seconds.`
        : undefined,
    stop: async () => {
      stopping = true
      await Promise.all([ticker.stop(), recomputing.stop()])
      await cleaning
      delete lastTick.ageSeconds
    },
  }
}
