/**
 * The queue of each endpoint, in the database: what of the feed is to be delivered to it, what of that is sent next, and what became of it. Any
 * number of instances work on it. Each statement is of one endpoint, and the endpoint's row is its lock: nobody waits for it, who finds it taken
 * comes back.
 */
import { type RawBuilder, sql } from 'kysely'
import { type Time, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { feedKey, readable } from '../../platform/outbox/positions.ts'
import type { SignatureKind } from '../../words/webhooks.ts'

/** Whose queue it is. */
export interface EndpointName {
  platformId: string
  endpointId: string
}

/** Events that one statement looks at. */
export const EVENTS_AT_ONCE = 500

/** SQL: whether an endpoint `e` wants an event `o`. */
export const isWanted = `(
  exists (select 1 from unnest(e.types) p(pattern) where o.type like replace(replace(p.pattern, '_', '\\_'), '*', '%'))
  and (e.merchants is null or o.merchant_id = any(e.merchants))
  and (e.categories is null or o.category = any(e.categories))
  and (e.levels is null or o.level = any(e.levels)))`

/**
 * Makes the deliveries of the next events of the feed. An event of a subject that waits is not due before the one it waits for.
 * @returns how many events were looked at; as many as may be: there are more
 */
export const takeFromFeed = async (db: Db, { platformId, endpointId }: EndpointName, nowMs: number): Promise<number> => {
  const key = sql.raw(feedKey)
  const now = toTime(nowMs)
  const { rows } = await sql<{ events: number }>`
    with e as (
      select * from webhook_endpoints
       where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid and state = 'active' for no key update skip locked),
    h as (select ${readable(sql`${platformId}::uuid`)} as horizon),
    events as (
      select o.* from e cross join h cross join lateral (
        select o.* from event_outbox o
         where o.platform_id = ${platformId}::uuid
           and (o.feed_position, o.subject_type, o.subject_id, o.sequence) > (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence)
           and o.feed_position < h.horizon
         order by o.feed_position, o.subject_type, o.subject_id, o.sequence limit ${EVENTS_AT_ONCE}::integer) o),
    made as (
      insert into webhook_deliveries (platform_id, endpoint_id, ${key}, event_id, event_type, state, created_at, next_at)
      select ${platformId}::uuid, ${endpointId}::uuid, o.feed_position, o.subject_type, o.subject_id, o.sequence, o.id, o.type, 'pending', ${now}::timestamptz,
             greatest(${now}::timestamptz, (select max(w.next_at) from webhook_deliveries w
               where w.platform_id = ${platformId}::uuid and w.endpoint_id = ${endpointId}::uuid and w.state = 'pending' and e.ordered
                 and w.subject_type = o.subject_type and w.subject_id = o.subject_id))
        from e cross join events o where ${sql.raw(isWanted)}
      on conflict do nothing),
    place as (
      (select ${key} from events order by feed_position desc, subject_type desc, subject_id desc, sequence desc limit 1)),
    moved as (
      update webhook_endpoints t
         set feed_position = place.feed_position, feed_subject_type = place.subject_type,
             feed_subject_id = place.subject_id, feed_sequence = place.sequence
        from place
       where t.platform_id = ${platformId}::uuid and t.id = ${endpointId}::uuid
         and (t.feed_position, t.feed_subject_type, t.feed_subject_id, t.feed_sequence)
           < (place.feed_position, place.subject_type, place.subject_id, place.sequence))
    select count(*) as events from events`.execute(db)
  return rows[0]?.events ?? 0
}

/** A delivery that this instance is to make, with all that this takes. */
export interface Claimed {
  id: string
  event_id: string
  subject_type: string
  subject_id: string
  sequence: number
  attempts: number
  tries: number
  leased_until: Time
  /** Null where the event is no longer kept. */
  payload: string | null
  /** The first event of the subject that was given up and that no later one has told of. */
  gap_from: number | null
  url: string
  headers: Buffer
  signature: SignatureKind
  secret: Buffer
  previous_secret: Buffer | null
  previous_until: Time | null
  include: 'complaint' | null
  personal: boolean
  ordered: boolean
}

/**
 * Takes deliveries that are due, each for the time of a lease; an instance that is killed loses them when it ends. In an ordered queue only the first
 * that is pending of each subject is taken.
 */
export const claim = async (
  db: Db,
  { platformId, endpointId }: EndpointName,
  { nowMs, leaseMs, most }: { nowMs: number; leaseMs: number; most: number },
): Promise<Claimed[]> => {
  const now = toTime(nowMs)
  const { rows } = await sql<Claimed>`
    with e as (
      select *, least(${most}::integer, case when max_per_second is null then ${most}::integer
                  else floor(extract(epoch from ${now}::timestamptz - greatest(paced_until, ${now}::timestamptz - interval '1 second')) * max_per_second)::integer
                end) as room
        from webhook_endpoints
       where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid and state = 'active'
         and (paused_until is null or paused_until <= ${now}::timestamptz)
         for no key update skip locked),
    heads as (
      select d.id from webhook_deliveries d
       where d.platform_id = ${platformId}::uuid and d.endpoint_id = ${endpointId}::uuid and d.state = 'pending' and d.next_at <= ${now}::timestamptz
         and (d.leased_until is null or d.leased_until <= ${now}::timestamptz)
         and exists (select 1 from e where not e.ordered or not exists (
           select 1 from webhook_deliveries b
            where b.platform_id = ${platformId}::uuid and b.endpoint_id = ${endpointId}::uuid and b.state = 'pending'
              and b.subject_type = d.subject_type and b.subject_id = d.subject_id and b.sequence < d.sequence))
       order by d.next_at, d.feed_position limit greatest(0, (select room from e))
         for update skip locked),
    claimed as (
      update webhook_deliveries d set leased_until = ${toTime(nowMs + leaseMs)}::timestamptz
        from heads where d.platform_id = ${platformId}::uuid and d.id = heads.id
      returning d.*),
    paced as (
      update webhook_endpoints t
         set paced_until = greatest(t.paced_until, ${now}::timestamptz - interval '1 second')
                           + (select count(*) from claimed) * interval '1 second' / t.max_per_second
       where t.platform_id = ${platformId}::uuid and t.id = ${endpointId}::uuid and t.max_per_second is not null
         and exists (select 1 from claimed))
    select d.id, d.event_id, d.subject_type, d.subject_id, d.sequence, d.attempts, d.tries, d.leased_until,
           -- one by one: a join may read the whole outbox for a few deliveries
           (select o.payload from event_outbox o
             where o.platform_id = ${platformId}::uuid and o.feed_position = d.feed_position
               and o.subject_type = d.subject_type and o.subject_id = d.subject_id and o.sequence = d.sequence) as payload,
           (select min(g.sequence) from webhook_deliveries g
             where g.platform_id = ${platformId}::uuid and g.endpoint_id = ${endpointId}::uuid and g.state in ('failed', 'skipped')
               and g.subject_type = d.subject_type and g.subject_id = d.subject_id and g.sequence < d.sequence and not g.gap_told and e.ordered) as gap_from,
           e.url, e.headers, e.signature, e.secret, e.previous_secret, e.previous_until, e.include, e.personal, e.ordered
      from claimed d cross join e
     order by d.feed_position, d.sequence`.execute(db)
  return rows
}

/** Gives back what was taken and is not going to be sent in time. */
export const release = async (db: Db, { platformId }: EndpointName, ids: readonly string[]): Promise<void> => {
  await db
    .updateTable('webhook_deliveries')
    .set({ leased_until: null })
    .where('platform_id', '=', platformId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('state', '=', 'pending')
    .execute()
}

/** An endpoint for which there is something to do. */
export interface DeliveryWork {
  platform_id: string
  endpoint_id: string
  mode: 'live' | 'test'
  failures: number
  failing_since: string | null
}

/**
 * SQL of the endpoints that have events to take from the feed, or deliveries that are due. Each is looked for in the order of its index: whether
 * there is one at all Postgres would rather ask the whole table, where it takes many rows to fit.
 * @param platform SQL of the platform's id on each table
 */
export const deliveryWork = (nowMs: number, platform: { id: RawBuilder<unknown>; condition: RawBuilder<unknown> }) => {
  const now = toTime(nowMs)
  const { id, condition } = platform
  return sql<DeliveryWork>`
    select e.platform_id, e.id as endpoint_id, p.mode, e.failures, e.failing_since
      from webhook_endpoints e join platforms p on p.id = ${id}
     where ${condition} and e.state = 'active' and (e.paused_until is null or e.paused_until <= ${now}::timestamptz)
       and (e.max_per_second is null or e.paced_until is null or e.paced_until <= ${now}::timestamptz - interval '1 second' / e.max_per_second)
       and coalesce(
         (select true from event_outbox o where o.platform_id = ${id}
             and (o.feed_position, o.subject_type, o.subject_id, o.sequence) > (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence)
             and o.feed_position < ${readable(id)}
           order by o.feed_position, o.subject_type, o.subject_id, o.sequence limit 1),
         (select true from webhook_deliveries d where d.platform_id = ${id} and d.endpoint_id = e.id and d.state = 'pending'
             and d.next_at <= ${now}::timestamptz and (d.leased_until is null or d.leased_until <= ${now}::timestamptz)
           order by d.next_at, d.feed_position limit 1),
         false)`
}

/** The endpoints of one platform for which there is something to do. */
export const findWorkOf = async (db: Db, platformId: string, nowMs: number): Promise<DeliveryWork[]> => {
  const id = sql`${platformId}::uuid`
  return (await deliveryWork(nowMs, { id, condition: sql`e.platform_id = ${id}` }).execute(db)).rows
}
