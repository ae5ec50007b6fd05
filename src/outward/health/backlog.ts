import { setTimeout as after } from 'node:timers/promises'
import { sql } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import { complaintStates } from '../../case/complaints/lifecycle.ts'
import { type Clock, SECOND, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { ReadList } from '../../foundation/sql/replica.ts'

/** How often the counting query may run, however often the numbers are asked for. */
const FRESH_MS = 15 * SECOND
/** How long the other numbers wait for it: a database that is busy must not keep a scraper from seeing that it is. */
const WAIT_MS = 1 * SECOND

interface Backlog {
  status: string
  open: number
  overdue: number
  oldest_overdue_seconds: number
}

/**
 * Adds the gauges of open and overdue cases, over all platforms. They are counted when they are asked for; a database that does not answer in
 * time leaves the last numbers standing.
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

const openStates = complaintStates.filter((state) => state !== 'closed')

/**
 * Per status, each case measured against its platform's own time. Reads what is open, never what is closed: the due times in the index of the
 * states, and the few cases that owe something in theirs.
 */
const countBacklog = (db: Db, now: string): Promise<Backlog[]> =>
  db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = '3s'`.execute(trx)
    const { rows } = await sql<Backlog>`
      select status, sum(open)::bigint as open, sum(overdue)::bigint as overdue, coalesce(extract(epoch from max(late)), 0)::float8 as oldest_overdue_seconds
        from (select id, ${now}::timestamptz + clock_offset_ms * interval '1 ms' as at from platforms) p
       cross join lateral (
         select status, count(*) as open, count(*) filter (where next_due_at <= at) as overdue, max(at - next_due_at) filter (where next_due_at <= at) as late
           from complaints where platform_id = p.id and status = any(${openStates}::text[]) group by status
         union all
         select status, 0, count(*) filter (where next_due_at > at), max(at - owed_since)
           from complaints where platform_id = p.id and status = any(${openStates}::text[]) and owed_since <= at group by status) c
       group by status`.execute(trx)
    return rows
  })
