import { setTimeout as after } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import { type Clock, SECOND } from '../../foundation/clock.ts'
import type { ReadList } from '../../foundation/sql/replica.ts'

/** The shortest time between two counts, however often the metrics are read. */
const FRESH_MS = 5 * SECOND
/** How long a reader of the metrics waits for the count. */
const WAIT_MS = 1 * SECOND

/** Adds the gauge of platforms that are stopped. A database that does not answer in time leaves the last number standing. */
export const countStopped = (registry: Registry, readList: ReadList, clock: Clock): void => {
  let countedAt = Number.NEGATIVE_INFINITY
  const count = (): Promise<void> =>
    readList((db) =>
      db
        .selectFrom('platforms')
        .where('automation_stopped_at', 'is not', null)
        .select(({ fn }) => fn.countAll<string>().as('stopped'))
        .executeTakeFirstOrThrow(),
    ).then(
      ({ stopped }) => gauge.set(Number(stopped)),
      () => undefined,
    )
  const gauge: Gauge = new Gauge({
    name: 'redress_automation_stopped',
    help: 'Platforms on which automatic closing and deeming is stopped',
    registers: [registry],
    collect: async () => {
      const now = clock.nowMs()
      if (now - countedAt < FRESH_MS) return
      countedAt = now
      await Promise.race([count(), after(WAIT_MS, undefined, { ref: false })])
    },
  })
}
