import { actedOn, add, countsOf, nothingDone } from './counts.ts'
import { limitsOf, type Sweeper, sweepAll } from './sweep.ts'
import type { SweepCounts } from './table.ts'

/**
 * A sweep of the timetable: one pass over every platform, and a line in the log for each on which something was done.
 * @param shouldStop asked before each batch
 * @returns what was done on all of them
 */
export const sweepByTheClock = async (
  sweeper: Sweeper,
  shouldStop: () => boolean,
): Promise<Record<keyof SweepCounts, number>> => {
  const { clock, log } = sweeper
  const startedMs = clock.nowMs()
  const total = nothingDone()
  for (const [platformId, result] of await sweepAll(sweeper, shouldStop)) {
    add(total, result)
    // deadlines that are only stopped would be logged again at every tick
    if (actedOn(result) + result.failed === 0 && !result.left_over) continue
    log.info({ platform: platformId, duration_ms: clock.nowMs() - startedMs, ...result }, 'sweep')
    if (result.left_over)
      log.warn(
        { platform: platformId, acted: actedOn(result), ...limitsOf(sweeper) },
        'the sweep reached a limit; the next goes on',
      )
  }
  return countsOf(total)
}
