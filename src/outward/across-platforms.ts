/** The statements of this wing that name no platform; see `platform/across-platforms.ts`. */
import { sql } from 'kysely'
import { complaintStates } from '../case/complaints/lifecycle.ts'
import type { Db } from '../foundation/sql/database.ts'
import { readableBelow } from '../platform/outbox/positions.ts'

/** The open cases of one state, over all platforms. */
export interface Backlog {
  status: string
  open: number
  overdue: number
  oldest_overdue_seconds: number
}

const openStates = complaintStates.filter((state) => state !== 'closed')

/**
 * Counts by status, each case by its platform's own time. Reads open cases only: their due times from the index of states, and the few
 * cases that owe something from an index of their own.
 */
export const countBacklog = (db: Db, now: string): Promise<Backlog[]> =>
  db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = '3s'`.execute(trx)
    const at = sql`${now}::timestamptz + p.clock_offset_ms * interval '1 millisecond'`
    const { rows } = await sql<Backlog>`
      select status, sum(open)::bigint as open, sum(overdue)::bigint as overdue, coalesce(extract(epoch from max(late)), 0)::float8 as oldest_overdue_seconds
        from (
         select c.status, count(*) as open, count(*) filter (where c.next_due_at <= ${at}) as overdue,
                max(${at} - c.next_due_at) filter (where c.next_due_at <= ${at}) as late
           from platforms p join complaints c on c.platform_id = p.id
          where c.status = any(${openStates}::text[]) group by c.status
         union all
         select c.status, 0, count(*) filter (where c.next_due_at > ${at}), max(${at} - c.owed_since)
           from platforms p join complaints c on c.platform_id = p.id
          where c.status = any(${openStates}::text[]) and c.owed_since <= ${at} group by c.status) of_state
       group by status`.execute(trx)
    return rows
  })

/** The newest position that may be read in the feed of each of these platforms; one without events is left out. */
export const findNewestPositions = async (db: Db, platformIds: readonly string[]): Promise<Map<string, number>> => {
  const { rows } = await sql<{ platform_id: string; newest: number }>`
    select p.id as platform_id, n.feed_position as newest
      from unnest(${platformIds}::uuid[]) p(id) cross join lateral (
        select feed_position from event_outbox o where o.platform_id = p.id and o.feed_position < ${sql.raw(readableBelow('p.id'))}
         order by feed_position desc limit 1) n`.execute(db)
  return new Map(rows.map(({ platform_id, newest }) => [platform_id, newest]))
}
