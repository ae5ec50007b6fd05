/** Finds what is due by an index, each platform by its own clock. What a platform has stopped is passed over. */
import { type RawBuilder, sql } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { closesOrDeems } from '../../words/deadlines.ts'
import type { SweepRunRow } from './table.ts'

/** How far a pass has come: the walk goes on behind the last deadline that it looked at, whether or not that could be acted on. */
export interface Position {
  /** As Postgres prints it, to the microsecond: rounded, the walk would come to the same rows again. */
  wakes_at: string
  id: string
}

export const START: Position = { wakes_at: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

/** A deadline that has woken, and what a batch must know of its platform. */
export interface Suspect extends Position {
  complaint_id: string
  clock_offset_ms: number
  rules_version: number
  /** Whether the platform's switch stops what closes or deems. */
  stopped: boolean
}

const nowOf = (nowMs: number): RawBuilder<string> =>
  sql`${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 millisecond'`

/** A running deadline `d` of platform `p` that has woken. */
const woken = (nowMs: number): RawBuilder<boolean> =>
  sql`d.platform_id = p.id and d.status = 'running' and d.wakes_at <= ${nowOf(nowMs)}`

/** One whose silence a switch stops, by its own word. */
const stoppable = (nowMs: number): RawBuilder<boolean> =>
  sql`d.due_at <= ${nowOf(nowMs)} and d.on_silence = any(${[...closesOrDeems]})`

/** One that may be acted on or warned of. */
const actionable = (nowMs: number): RawBuilder<boolean> =>
  sql`${woken(nowMs)} and (p.automation_stopped_at is null or not (${stoppable(nowMs)}))`

/** The deadlines of a platform that are to be acted on or warned of, in the order of their waking. */
export const findDue = async (
  trx: Trx,
  platformId: string,
  { nowMs, after, limit }: { nowMs: number; after: Position; limit: number },
): Promise<Suspect[]> => {
  // Statistics lie in the past of what is due: the planner would fetch and sort all of it for every batch instead of walking the index.
  await sql`set local enable_bitmapscan = off`.execute(trx)
  const { rows } = await sql<Suspect>`
    select due.complaint_id, due.wakes_at::text as wakes_at, due.id,
           p.clock_offset_ms, p.rules_version, p.automation_stopped_at is not null as stopped
      from platforms p cross join lateral (
        select d.complaint_id, d.wakes_at, d.id from deadlines d
         where ${actionable(nowMs)} and (d.wakes_at, d.id) > (${after.wakes_at}::timestamptz, ${after.id}::uuid)
         order by d.wakes_at, d.id limit ${limit}) due
     where p.id = ${platformId} order by due.wakes_at, due.id`.execute(trx)
  return rows
}

/** A platform on which something is to be done, and what. */
export interface Called {
  id: string
  /** Something is to be acted on or warned of. */
  due: boolean
  /** Stuck cases are to be tried again. */
  retries: boolean
}

/** Platforms on which something is to be done, in no particular order: where a tick cannot serve all of them, none is always the last. */
export const platformsWithDue = async (db: Db, nowMs: number): Promise<Called[]> => {
  const { rows } = await sql<Called>`
    select p.id, due.found is not null as due, again.found is not null as retries
      from platforms p
      left join lateral (
        select true as found from deadlines d where ${actionable(nowMs)} order by d.wakes_at limit 1) due on true
      left join lateral (
        select true as found from stuck_cases s where s.platform_id = p.id and s.next_try_at <= ${toTime(nowMs)}
         order by s.next_try_at limit 1) again on true
     where due.found or again.found order by random()`.execute(db)
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

/** Platforms on which something is due that their switch stops. */
const withStopped = (nowMs: number): RawBuilder<{ id: string }> => sql`
  select p.id from platforms p cross join lateral (
    select from deadlines d where ${woken(nowMs)} and ${stoppable(nowMs)} order by d.wakes_at limit 1) due
   where p.automation_stopped_at is not null`

export const platformsWithStopped = async (db: Db, nowMs: number): Promise<string[]> => {
  const { rows } = await withStopped(nowMs).execute(db)
  return rows.map((row) => row.id)
}

export const hasStopped = async (db: Db, platformId: string, nowMs: number): Promise<boolean> => {
  const { rows } = await sql`${withStopped(nowMs)} and p.id = ${platformId}`.execute(db)
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
