import { SECOND } from '../../foundation/clock.ts'
import type { Deps } from '../deps.ts'
import { sweepMetrics } from './metrics.ts'
import { type Machine, startTicker } from './ticker.ts'

export interface Timetable {
  /** Describes why this instance is not ready; `undefined` while ticks come in time. */
  fault: () => string | undefined
  /** Says that the tick that is at work goes on. */
  seen: () => void
  /** No further tick; resolves when the one at work is over. */
  stop: () => Promise<void>
}

/**
 * Calls `tick` by the clock and reports when the ticks stand still. A tick is left out while the one before is still at work. The next tick
 * makes up for a missed one: what is due stays due until it is acted on. Instances need no leader: locks on the cases share out the work.
 * @param tick must not reject
 */
export const startTimetable = (
  { log, metrics }: Pick<Deps, 'log' | 'metrics'>,
  machine: Machine,
  tick: () => Promise<unknown>,
): Timetable => {
  const ticker = startTicker(machine, log, tick)
  const { lastTick } = sweepMetrics(metrics)
  lastTick.ageSeconds = () => ticker.ageMs() / SECOND
  return {
    fault: () =>
      ticker.isLate()
        ? `The timetable stands still: no sweep was at work for ${Math.round(ticker.ageMs() / SECOND)} seconds.`
        : undefined,
    seen: ticker.seen,
    stop: async () => {
      await ticker.stop()
      delete lastTick.ageSeconds
    },
  }
}
