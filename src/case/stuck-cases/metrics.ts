import { setTimeout as after } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import { type Clock, SECOND } from '../../foundation/clock.ts'
import type { ReadList } from '../../foundation/sql/replica.ts'
import { errorClasses } from '../../words/stuck-cases.ts'
import { countStuckCases } from '../across-platforms.ts'

/** The shortest time between two counts, however often the metrics are read. */
const FRESH_MS = 5 * SECOND
/** How long a reading of the metrics waits for the count, at most. */
const WAIT_MS = 1 * SECOND

/** Adds the gauge of stuck cases, over all platforms. A database that does not answer in time leaves the last numbers standing. */
export const measureStuckCases = (registry: Registry, readList: ReadList, clock: Clock): void => {
  let countedAt = Number.NEGATIVE_INFINITY
  const count = (): Promise<void> =>
    readList(countStuckCases).then(
      (rows) => {
        for (const error_class of errorClasses) {
          const found = rows.find((row) => row.error_class === error_class)
          gauge.set({ error_class }, found?.cases ?? 0)
        }
      },
      () => undefined,
    )
  const gauge: Gauge<'error_class'> = new Gauge({
    name: 'redress_stuck_cases',
    help: 'Cases that the system cannot decide, by what keeps it from it',
    labelNames: ['error_class'],
    registers: [registry],
    collect: async () => {
      const now = clock.nowMs()
      if (Math.abs(now - countedAt) < FRESH_MS) return
      countedAt = now
      await Promise.race([count(), after(WAIT_MS, undefined, { ref: false })])
    },
  })
}
