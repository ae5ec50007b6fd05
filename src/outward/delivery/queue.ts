/**
 * The queue of each endpoint, in the database: what of the feed is to be delivered to it, what of that is sent next, and what became of it. Any
 * number of instances work on it. Each statement is of one endpoint, and the endpoint's row is its lock: nobody waits for it, who finds it taken
 * comes back.
 */
import { type RawBuilder, sql } from 'kysely'
import { type Time, toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
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
 * Runs a statement that wants the first few rows in the order of an index. Postgres takes what is due, or what waits of one subject, for a few rows, and
 * would collect all of it and sort it.
 */
export const inOrder = <T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> =>
  transact(db, async (trx) => {
    await sql`set local enable_bitmapscan = off`.execute(trx)
    return work(trx)
  })

/** How much of a queue is taken at once, and for how long it is this instance's. */
export interface Taking {
  nowMs: number
  leaseMs: number
  /** The most deliveries. */
  most: number
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

/** SQL of the endpoint under its lock, where nobody else has it, with the `room` that its rate leaves; 0 while it rests. */
const lockedEndpoint = ({ platformId, endpointId }: EndpointName, { nowMs, most }: Taking): RawBuilder<unknown> => {
  const now = toTime(nowMs)
  return sql`
    select *, case when paused_until > ${now}::timestamptz then 0
                   when max_per_second is null then ${most}::integer
                   else greatest(0, least(${most}::integer,
                          floor(extract(epoch from ${now}::timestamptz - greatest(paced_until, ${now}::timestamptz - interval '1 second')) * max_per_second)::integer))
              end as room
      from webhook_endpoints
     where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid and state = 'active' for no key update skip locked`
}

/** SQL of when the rate of an endpoint `t` is used up, once so many more are sent. */
const pacedUntil = (nowMs: number, sent: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`greatest(t.paced_until, ${toTime(nowMs)}::timestamptz - interval '1 second') + ${sent} * interval '1 second' / t.max_per_second`

/** SQL of what a delivery `d` to the endpoint `e` takes besides its payload. The first gap is found by the order of its index, on books of any size. */
const letter = ({ platformId, endpointId }: EndpointName): RawBuilder<unknown> =>
  sql`d.id, d.event_id, d.subject_type, d.subject_id, d.sequence, d.attempts, d.tries, d.leased_until,
      case when e.ordered then (
        select g.sequence from webhook_deliveries g
         where g.platform_id = ${platformId}::uuid and g.endpoint_id = ${endpointId}::uuid and g.state <> 'delivered' and g.state in ('failed', 'skipped')
           and g.subject_type = d.subject_type and g.subject_id = d.subject_id and g.sequence < d.sequence and not g.gap_told
         order by g.sequence limit 1) end as gap_from,
      e.url, e.headers, e.signature, e.secret, e.previous_secret, e.previous_until, e.include, e.personal, e.ordered`

/** What was taken from the feed. */
export interface TakenFromFeed {
  /** How many events were looked at; as many as may be: there are more. */
  events: number
  /** Those of their deliveries that can be sent at once. */
  claimed: Claimed[]
  /** How many others there are: each waits for an earlier one of its subject, or for the rate. */
  left: number
}

/**
 * Makes the deliveries of the next events of the feed, and takes those of them before which nothing of their subject waits. The others are not due
 * before what they wait for.
 */
export const takeFromFeed = async (db: Db, name: EndpointName, taking: Taking): Promise<TakenFromFeed> => {
  const { platformId, endpointId } = name
  const key = sql.raw(feedKey)
  const now = toTime(taking.nowMs)
  // an id that follows the time of its event goes to the end of its index, as a random one does not
  const id = sql`(substr(o.id::text, 1, 15) || substr(gen_random_uuid()::text, 16))::uuid`
  const statement = sql<Claimed & { events: number; made: number }>`
    with e as (${lockedEndpoint(name, taking)}),
    h as (select ${readable(sql`${platformId}::uuid`)} as horizon),
    events as (
      select o.* from e cross join h cross join lateral (
        select o.* from event_outbox o
         where o.platform_id = ${platformId}::uuid
           and (o.feed_position, o.subject_type, o.subject_id, o.sequence) > (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence)
           and o.feed_position < h.horizon
         order by o.feed_position, o.subject_type, o.subject_id, o.sequence limit ${EVENTS_AT_ONCE}::integer) o),
    wanted as (
      select o.*, not e.ordered or (row_number() over (partition by o.subject_type, o.subject_id order by o.sequence) = 1 and before.next_at is null) as first,
             greatest(${now}::timestamptz, before.next_at) as next_at
        from e cross join events o left join lateral (
          -- the last that waits, by the order of the index: a subject may have very many
          select w.next_at from webhook_deliveries w
           where w.platform_id = ${platformId}::uuid and w.endpoint_id = ${endpointId}::uuid and w.state = 'pending'
             and w.subject_type = o.subject_type and w.subject_id = o.subject_id and e.ordered
           order by w.sequence desc limit 1) before on true
       where ${sql.raw(isWanted)}),
    counted as (
      select *, count(*) filter (where first) over (order by ${key} rows unbounded preceding) as nth from wanted),
    fresh as (
      -- where another instance has moved the place since this statement began, what it has made cannot be seen here: then nothing is sent
      -- before it
      select true from webhook_endpoints s cross join e
       where s.platform_id = ${platformId}::uuid and s.id = ${endpointId}::uuid
         and (s.feed_position, s.feed_subject_type, s.feed_subject_id, s.feed_sequence) = (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence)),
    made as (
      insert into webhook_deliveries (platform_id, endpoint_id, ${key}, id, event_id, event_type, state, created_at, next_at, leased_until)
      select ${platformId}::uuid, ${endpointId}::uuid, o.feed_position, o.subject_type, o.subject_id, o.sequence, ${id}, o.id, o.type, 'pending',
             ${now}::timestamptz, o.next_at,
             case when o.first and o.nth <= (select room from e) and exists (select from fresh) then ${toTime(taking.nowMs + taking.leaseMs)}::timestamptz end
        from counted o
      on conflict do nothing
      returning *),
    place as (
      (select ${key} from events order by feed_position desc, subject_type desc, subject_id desc, sequence desc limit 1)),
    moved as (
      update webhook_endpoints t
         set feed_position = place.feed_position, feed_subject_type = place.subject_type,
             feed_subject_id = place.subject_id, feed_sequence = place.sequence,
             paced_until = case when t.max_per_second is null then t.paced_until
               else ${pacedUntil(taking.nowMs, sql`(select count(*) from made where leased_until is not null)`)} end
        from place
       where t.platform_id = ${platformId}::uuid and t.id = ${endpointId}::uuid
         and (t.feed_position, t.feed_subject_type, t.feed_subject_id, t.feed_sequence)
           < (place.feed_position, place.subject_type, place.subject_id, place.sequence))
    select n.events, n.made, d.*
      from (select (select count(*) from events) as events, (select count(*) from made) as made) n left join (
        select ${letter(name)}, o.payload, d.feed_position
          from made d join events o on o.id = d.event_id cross join e
         where d.leased_until is not null) d on true
     order by d.feed_position, d.sequence`
  const { rows } = await inOrder(db, (trx) => statement.execute(trx))
  const claimed = rows.filter(({ id }) => id !== null)
  const [{ events, made } = { events: 0, made: 0 }] = rows
  return { events, claimed, left: made - claimed.length }
}

/** How many deliveries are looked at for each that may be taken, before those that wait for others are put aside. */
const LOOKED_AT_FOR_EACH = 2
/** What is put aside comes back by itself after so long, and after as long as it has waited so far. Before that it comes when its turn has come. */
const ASIDE = `interval '10 seconds'`
const MOST_ASIDE = `interval '10 minutes'`

/** What was taken of a queue. */
export interface TakenDue {
  claimed: Claimed[]
  /** Whether more may be due than was looked at. */
  isMoreDue: boolean
}

/**
 * Takes deliveries that are due, each for the time of a lease; an instance that is killed loses them when it ends. In an ordered queue only the first
 * that is pending of each subject is taken. A statement looks at a number of deliveries that has a bound, whatever waits: where those
 * it sees mostly wait for others of their subjects, they are put aside, and `finish` brings each back when its turn has come. That never puts aside
 * what waits for one only: `finish` could be about to bring it back, and not see that it has to.
 * @param lookAt how many deliveries are looked at
 */
export const claim = (db: Db, name: EndpointName, taking: Taking, lookAt = LOOKED_AT_FOR_EACH * taking.most): Promise<TakenDue> =>
  inOrder(db, (trx) => take(trx, name, taking, lookAt))

const take = async (trx: Trx, name: EndpointName, taking: Taking, lookAt: number): Promise<TakenDue> => {
  const { platformId, endpointId } = name
  const now = toTime(taking.nowMs)
  const queue = sql`platform_id = ${platformId}::uuid and endpoint_id = ${endpointId}::uuid`
  /** What waits of the subject of a delivery, before it, in the order of an index. @param which SQL of which of them */
  const before = (column: string, which: RawBuilder<unknown>) => sql`(
    select b.${sql.raw(column)} from (select * from webhook_deliveries where ${queue} and state = 'pending') b
     where b.subject_type = d.subject_type and b.subject_id = d.subject_id and b.sequence < d.sequence
     order by b.sequence ${which} limit 1)`
  const { rows } = await sql<Claimed & { seen: number; aside: number }>`
    with e as (${lockedEndpoint(name, taking)}),
    due as (
      select d.ctid as place, d.subject_type, d.subject_id, d.sequence, d.created_at from webhook_deliveries d
       where d.platform_id = ${platformId}::uuid and d.endpoint_id = ${endpointId}::uuid and d.state = 'pending' and d.next_at <= ${now}::timestamptz
         and (d.leased_until is null or d.leased_until <= ${now}::timestamptz)
       order by d.next_at, d.feed_position limit greatest(0, (select least(room, 1) * ${lookAt}::integer from e))),
    heads as (
      select d.place from e cross join due d where not e.ordered or ${before('sequence', sql``)} is null limit greatest(0, (select room from e))),
    free as (
      select d.ctid as place from heads join webhook_deliveries d on d.ctid = heads.place
       where d.platform_id = ${platformId}::uuid and d.state = 'pending' for update of d skip locked),
    claimed as (
      update webhook_deliveries d set leased_until = ${toTime(taking.nowMs + taking.leaseMs)}::timestamptz
        from free where d.platform_id = ${platformId}::uuid and d.ctid = free.place
      returning d.*),
    waiting as (
      select d.place, ${before('next_at', sql``)} as next_at, d.created_at from e cross join due d
       where e.ordered and (select count(*) from heads) < e.room and (select count(*) from due) = ${lookAt}::integer
         and ${before('sequence', sql`offset 1`)} is not null),
    unlocked as (
      select d.ctid as place, waiting.next_at, waiting.created_at from waiting join webhook_deliveries d on d.ctid = waiting.place
       where d.platform_id = ${platformId}::uuid and d.state = 'pending' for update of d skip locked),
    aside as (
      update webhook_deliveries d
         set next_at = greatest(unlocked.next_at, ${now}::timestamptz
               + greatest(${sql.raw(ASIDE)}, least(${now}::timestamptz - unlocked.created_at, ${sql.raw(MOST_ASIDE)})))
        from unlocked where d.platform_id = ${platformId}::uuid and d.ctid = unlocked.place
      returning 1),
    paced as (
      update webhook_endpoints t set paced_until = ${pacedUntil(taking.nowMs, sql`(select count(*) from claimed)`)}
       where t.platform_id = ${platformId}::uuid and t.id = ${endpointId}::uuid and t.max_per_second is not null
         and exists (select 1 from claimed))
    select n.seen, n.aside, d.*
      from (select (select count(*) from due) as seen, (select count(*) from aside) as aside) n left join (
        select ${letter(name)},
               -- one by one: a join may read the whole outbox for a few deliveries
               (select o.payload from event_outbox o
                 where o.platform_id = ${platformId}::uuid and o.feed_position = d.feed_position
                   and o.subject_type = d.subject_type and o.subject_id = d.subject_id and o.sequence = d.sequence) as payload,
               d.feed_position
          from claimed d cross join e) d on true
     order by d.feed_position, d.sequence`.execute(trx)
  const claimed = rows.filter(({ id }) => id !== null)
  const [{ seen, aside } = { seen: 0, aside: 0 }] = rows
  const isMoreDue = claimed.length < taking.most && seen === lookAt
  // nothing to take and nothing to put aside: what is to be sent is further behind
  if (isMoreDue && claimed.length + aside === 0) return take(trx, name, taking, 4 * lookAt)
  return { claimed, isMoreDue }
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
