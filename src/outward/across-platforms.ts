/** The statements of this wing that name no platform; see `platform/across-platforms.ts`. */
import { sql } from 'kysely'
import { complaintStates } from '../case/complaints/lifecycle.ts'
import { HOUR, toTime } from '../foundation/clock.ts'
import type { Db } from '../foundation/sql/database.ts'
import { readable } from '../platform/outbox/positions.ts'
import { type DeliveryWork, deliveryWork, type EndpointName } from './delivery/queue.ts'
import { removedEndpoints } from './webhooks/find.ts'

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
    // literally: a plan for all values takes them for more than they are
    const isOpen = sql`c.status in (${sql.join(openStates.map((state) => sql.lit(state)))})`
    const { rows } = await sql<Backlog>`
      select status, sum(open)::bigint as open, sum(overdue)::bigint as overdue, coalesce(extract(epoch from max(late)), 0)::float8 as oldest_overdue_seconds
        from (
         select c.status, count(*) as open, count(*) filter (where c.next_due_at <= ${at}) as overdue,
                max(${at} - c.next_due_at) filter (where c.next_due_at <= ${at}) as late
           from platforms p join complaints c on c.platform_id = p.id
          where ${isOpen} group by c.status
         union all
         select c.status, 0, count(*) filter (where c.next_due_at > ${at}), max(${at} - c.owed_since)
           from platforms p join complaints c on c.platform_id = p.id
          where ${isOpen} and c.owed_since <= ${at} group by c.status) of_state
       group by status`.execute(trx)
    return rows
  })

/** The newest position that may be read in the feed of each of these platforms; one without events is left out. */
export const findNewestPositions = async (db: Db, platformIds: readonly string[]): Promise<Map<string, number>> => {
  const { rows } = await sql<{ platform_id: string; newest: number }>`
    select p.id as platform_id, n.feed_position as newest
      from unnest(${platformIds}::uuid[]) p(id) cross join lateral (
        select feed_position from event_outbox o where o.platform_id = p.id and o.feed_position < ${readable(sql.ref('p.id'))}
         order by feed_position desc limit 1) n`.execute(db)
  return new Map(rows.map(({ platform_id, newest }) => [platform_id, newest]))
}

/** The endpoints of all platforms for which there is something to do. */
export const findAllDeliveryWork = async (db: Db, nowMs: number): Promise<DeliveryWork[]> =>
  (await deliveryWork(nowMs, { id: sql.ref('e.platform_id'), condition: sql`true` }).execute(db)).rows

/** The endpoints of all platforms that are gone and have a log still. */
export const findAllRemoved = async (db: Db): Promise<EndpointName[]> => (await removedEndpoints(sql`true`).execute(db)).rows

/** Endpoints by state, and the subjects whose next event has been waiting for more than an hour. */
export const countWebhooks = async (db: Db, nowMs: number): Promise<{ active: number; disabled: number; held: number }> => {
  const { rows } = await sql<{ active: number; disabled: number; held: number }>`
    select (select count(*) from webhook_endpoints where state = 'active') as active,
           (select count(*) from webhook_endpoints where state = 'disabled' and removed_at is null) as disabled,
           (select count(*) from webhook_deliveries d join webhook_endpoints e on e.platform_id = d.platform_id and e.id = d.endpoint_id
             where d.state = 'pending' and d.attempts > 0 and e.ordered and e.state = 'active'
               and d.created_at <= ${toTime(nowMs - HOUR)}::timestamptz) as held`.execute(db)
  return rows[0] as { active: number; disabled: number; held: number }
}
