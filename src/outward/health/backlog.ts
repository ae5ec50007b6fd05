import { setTimeout as after } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import { type Clock, SECOND, toTime } from '../../foundation/clock.ts'
import type { ReadList } from '../../foundation/sql/replica.ts'
import { type Backlog, countBacklog } from '../across-platforms.ts'

/** The shortest time between two runs of the counting query, however often the metrics are read. */
const FRESH_MS = 15 * SECOND
/** How long a reader of the metrics waits for it: a busy database must not keep a scraper from seeing that it is busy. */
const WAIT_MS = 1 * SECOND

/**
 * Adds the gauges of open and overdue cases, over all platforms. They are counted when the metrics are read. When the database does not
 * answer in time, they keep their last values.
 */
export const watchBacklog = (registry: Registry, readList: ReadList, clock: Clock): void => {
  let countedAt = Number.NEGATIVE_INFINITY
  let counting = Promise.resolve()
  /** Shared by the three gauges, which are asked at the same moment. */
  const collect = (): Promise<void> => {
    const now = clock.nowMs()
    if (now - countedAt < FRESH_MS) return counting
    countedAt = now
    const counted = readList((db) => countBacklog(db, toTime(now))).then(show, () => undefined)
    counting = Promise.race([counted, after(WAIT_MS, undefined, { ref: false })])
    return counting
  }
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, collect, registers: [registry] })
  const openCases = gauge('redress_open_cases', 'Cases that are not closed', ['status'])
  const overdueCases = gauge('redress_overdue_cases', 'Open cases with a duty past its due time')
  const oldestOverdue = gauge('redress_oldest_overdue_seconds', 'How long the longest overdue duty has been owed, 0 when none is')

  const show = (rows: readonly Backlog[]): void => {
    openCases.reset()
    for (const { status, open } of rows) openCases.set({ status }, open)
    overdueCases.set(rows.reduce((sum, row) => sum + row.overdue, 0))
    oldestOverdue.set(Math.max(0, ...rows.map((row) => row.oldest_overdue_seconds)))
  }
}
