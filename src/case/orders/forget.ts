/**
 * How orders leave. One that nobody has complained about leaves whole. One that somebody has complained about stays, with what is in force of
 * it, as long as the complaint does: what was given back once is not given back again. Once all its cases have been closed for long, what
 * only a living case needs leaves: the records of the platform's systems and the earlier statements.
 */
import { sql } from 'kysely'
import { DAY, HOUR, type Time, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { isBusiness, msOf } from '../../rules/policy/which-rule.ts'
import { findReturnWindows } from './find.ts'

/** How far a walk over the orders of a platform has come. */
export interface Place {
  stated_at: Time
  id: string
}

/** Before the first order. */
export const beginning: Place = { stated_at: toTime(0), id: '' }

/** Working time is at most so many times as long by the wall clock, holidays reckoned with; a business day counts as eight hours of it. */
const BUSINESS = { times: 10, dayMs: 8 * HOUR }

/**
 * Before which moment a case must have been closed so that no payment of it can take it up again, and nobody has needed its order for so many
 * days. The windows of all versions of the policy count: cases go by the one under which they were filed.
 */
export const restsBefore = async (db: Db, platformId: string, nowMs: number, keptDays: number): Promise<number> => {
  const windows = await findReturnWindows(db, platformId)
  const lengths = windows.map((window) =>
    isBusiness(window) ? msOf(window, BUSINESS) * BUSINESS.times : msOf(window, { dayMs: DAY }),
  )
  return nowMs - Math.max(keptDays * DAY, ...lengths)
}

/**
 * Removes what may leave of the next orders of a platform, those first that nobody has stated for longest.
 * @param beforeMs what was stated, recorded, given back or closed since then stays
 * @param most how many orders are looked at
 * @returns where the walk goes on, null at its end; how many orders and rows of other orders are gone
 */
export const forgetOrders = async (
  db: Db,
  platformId: string,
  beforeMs: number,
  from: Place,
  most: number,
): Promise<{ next: Place | null; removed: number }> => {
  const platform = sql`${platformId}::uuid`
  const before = sql`${toTime(beforeMs)}::timestamptz`
  const stated = sql`coalesce(o.updated_at, o.created_at)`
  // a complaint that is filed meanwhile refers to its order, so the order cannot go: the statement fails, and the next turn sees the complaint
  const { rows } = await sql<{ seen: number; removed: number; stated_at: string | null; id: string | null }>`
    with old as materialized (
      select o.id, o.version, ${stated} as stated_at,
          exists (select 1 from complaints c where c.platform_id = ${platform} and c.order_id = o.id) as disputed
        from orders o
       where o.platform_id = ${platform} and ${stated} < ${before}
         and (${stated}, o.id) > (${from.stated_at}::timestamptz, ${from.id})
       order by ${stated}, o.id limit ${most}::integer),
    unused as (
      select o.id from old o
       where not o.disputed
         and not exists (select 1 from order_records r
           where r.platform_id = ${platform} and r.order_id = o.id and r.created_at >= ${before})
         and not exists (select 1 from order_refunds_elsewhere e
           where e.platform_id = ${platform} and e.order_id = o.id and e.created_at >= ${before})),
    rested as (
      select o.id, o.version from old o
       where o.disputed and not exists (select 1 from complaints c
         where c.platform_id = ${platform} and c.order_id = o.id and (c.status <> 'closed' or c.closed_at >= ${before}))),
    records as (
      delete from order_records r where r.platform_id = ${platform} and r.created_at < ${before}
        and r.order_id in (select id from unused union all select id from rested) returning 1),
    statements as (
      delete from order_statements s
       where s.platform_id = ${platform}
         and (s.order_id in (select id from unused) or exists (select 1 from rested r where r.id = s.order_id and s.version < r.version))
      returning 1),
    limits as (
      delete from order_limits l where l.platform_id = ${platform} and l.order_id in (select id from unused) returning 1),
    elsewhere as (
      delete from order_refunds_elsewhere e where e.platform_id = ${platform} and e.order_id in (select id from unused) returning 1),
    gone as (
      delete from orders o where o.platform_id = ${platform} and o.id in (select id from unused) returning 1)
    select (select count(*)::integer from old) as seen,
      (select count(*)::integer from gone) + (select count(*)::integer from records) + (select count(*)::integer from statements)
        + (select count(*)::integer from limits) + (select count(*)::integer from elsewhere) as removed,
      l.stated_at, l.id
      from (select 1) one left join (select stated_at::text, id from old order by old.stated_at desc, id desc limit 1) l on true`.execute(
    db,
  )
  const { seen = 0, removed = 0, stated_at = null, id = null } = rows[0] ?? {}
  const isLast = seen < most || stated_at === null || id === null
  return { removed, next: isLast ? null : { stated_at, id } }
}
