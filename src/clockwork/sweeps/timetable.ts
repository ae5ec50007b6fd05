import { SECOND } from '../../foundation/clock.ts'
import type { Deps } from '../deps.ts'
import { sweepMetrics } from './metrics.ts'
import { type Machine, startTicker } from './ticker.ts'

export interface Timetable {
  /** What keeps this instance from being ready, in words; `undefined` while ticks come in time. */
  fault: () => string | undefined
  /** Says that the tick that is at work goes on. */
  seen: () => void
  /** No further tick; resolves when the one at work is over. */
  stop: () => Promise<void>
}

/**
 * Ticks by the clock, and tells when they stand still. A tick that finds the one before still at work is left out, a missed one is made up for
 * by the next: what is due stays due until it has been acted on. Instances need no leader; they share the work by locks on the cases.
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
