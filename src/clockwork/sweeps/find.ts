/** Finds what is due by an index, each platform by its own clock. Deadlines that the platform's switch stops are passed over. */

import { type RawBuilder, sql } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import { FIRST_ID } from '../../foundation/ids.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { closesOrDeems } from '../../words/deadlines.ts'
import type { SweepRunRow } from './table.ts'

/** How far a pass has come: it goes on after the last deadline that it looked at, whether or not that could be acted on. */
export interface Position {
  /** As Postgres prints it, to the microsecond: with a rounded time the pass would find the same rows again. */
  wakes_at: string
  id: string
}

export const START: Position = { wakes_at: '-infinity', id: FIRST_ID }

/** A deadline that has woken, and what a batch must know of its platform. */
export interface Suspect extends Position {
  complaint_id: string
  clock_offset_ms: number
  rules_version: number
  /** Whether the platform's switch stops what closes or deems. */
  stopped: boolean
}

/** The time of platform `p`. */
const nowOf = (nowMs: number): RawBuilder<string> =>
  sql`${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 millisecond'`

/** A running deadline `d` that has woken. */
const woken = (nowMs: number): RawBuilder<boolean> => sql`d.status = 'running' and d.wakes_at <= ${nowOf(nowMs)}`

/** A deadline `d` that is due and whose silence the platform's switch can stop. */
const stoppable = (nowMs: number): RawBuilder<boolean> =>
  sql`d.due_at <= ${nowOf(nowMs)} and d.on_silence = any(${[...closesOrDeems]})`

/** A deadline `d` that may be acted on or warned of. */
const actionable = (nowMs: number): RawBuilder<boolean> =>
  sql`${woken(nowMs)} and (p.automation_stopped_at is null or not (${stoppable(nowMs)}))`

/** The deadlines of a platform that are to be acted on or warned of, in the order of their waking. */
export const findDue = async (
  trx: Trx,
  platformId: string,
  { nowMs, after, limit }: { nowMs: number; after: Position; limit: number },
): Promise<Suspect[]> => {
  // The table's statistics are older than what is due now, so the planner would fetch and sort all due rows for each batch instead of
  // walking the index.
  await sql`set local enable_bitmapscan = off`.execute(trx)
  const { rows } = await sql<Suspect>`
    select due.complaint_id, due.wakes_at::text as wakes_at, due.id,
           p.clock_offset_ms, p.rules_version, p.automation_stopped_at is not null as stopped
      from platforms p cross join lateral (
        select d.complaint_id, d.wakes_at, d.id from deadlines d
         where d.platform_id = ${platformId} and ${actionable(nowMs)}
           and (d.wakes_at, d.id) > (${after.wakes_at}::timestamptz, ${after.id}::uuid)
         order by d.wakes_at, d.id limit ${limit}) due
     where p.id = ${platformId} order by due.wakes_at, due.id`.execute(trx)
  return rows
}

/** A platform on which something is to be done, and what. */
export interface Called {
  id: string
  /** A clock has woken. */
  due: boolean
  /** Stuck cases are to be tried again. */
  retries: boolean
}

/**
 * Which of some platforms need a sweep, and for what: those whose next clock has woken, or whose next stuck case is to be tried. The
 * platform's switch is not looked at here, so `findDue` may find nothing.
 * @param whose a table or join with the platforms `p`, and which of them
 * @param own the id of the platform whose rows are looked at
 */
export const callsOf = (
  nowMs: number,
  whose: { from: RawBuilder<unknown>; where: RawBuilder<boolean> },
  own: RawBuilder<string>,
): RawBuilder<Called> => {
  const due = sql`d.wakes_at <= ${nowOf(nowMs)}`
  const retries = sql`s.next_try_at <= ${toTime(nowMs)}`
  return sql`
    select p.id, coalesce(${due}, false) as due, coalesce(${retries}, false) as retries
      from ${whose.from}
      left join lateral (
        select wakes_at from deadlines where platform_id = ${own} and status = 'running' order by wakes_at limit 1) d on true
      left join lateral (
        select next_try_at from stuck_cases where platform_id = ${own} order by next_try_at limit 1) s on true
     where ${whose.where} and (${due} or ${retries})`
}

/** Whether a platform needs a sweep, and for what; empty where it does not. */
export const findCalls = async (db: Db, platformId: string, nowMs: number): Promise<Called[]> => {
  const own = sql<string>`${platformId}`
  const { rows } = await callsOf(nowMs, { from: sql`platforms p`, where: sql`p.id = ${own}` }, own).execute(db)
  return rows
}

/** A stuck case that is to be tried again, and what a batch must know of its platform. */
export type Retry = Omit<Suspect, 'wakes_at' | 'id'>

/** The stuck cases of a platform that are to be tried again, the longest overdue first. */
export const findRetries = async (
  db: Db,
  platformId: string,
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<Retry[]> => {
  const { rows } = await sql<Retry>`
    select due.complaint_id, p.clock_offset_ms, p.rules_version, p.automation_stopped_at is not null as stopped
      from platforms p cross join lateral (
        select s.complaint_id from stuck_cases s
         where s.platform_id = ${platformId} and s.next_try_at <= ${toTime(nowMs)}
         order by s.next_try_at, s.complaint_id limit ${limit}) due
     where p.id = ${platformId}`.execute(db)
  return rows
}

/** Whether something is due on a platform that its switch stops. */
export const hasStopped = async (db: Db, platformId: string, nowMs: number): Promise<boolean> => {
  const { rows } = await sql`
    select from platforms p cross join lateral (
      select from deadlines d where d.platform_id = ${platformId} and ${woken(nowMs)} and ${stoppable(nowMs)}
       order by d.wakes_at limit 1) due
     where p.id = ${platformId} and p.automation_stopped_at is not null`.execute(db)
  return rows.length > 0
}

/** One page of the runs that found something to do, newest first, `limit + 1` of them. */
export const findRuns = (db: Db, platformId: string, page: Page): Promise<SweepRunRow[]> =>
  db
    .selectFrom('sweep_runs')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['started_at', 'id'], 'desc'))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
