/** The only writer of endpoints, and of what people do about deliveries. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import { firstIdAt } from '../../foundation/ids.ts'
import type { KeyRing } from '../../foundation/key-ring.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { tellOfPlatform } from '../../platform/outbox/platform-events.ts'
import { feedKey } from '../../platform/outbox/positions.ts'
import type { DisabledReason } from '../../words/webhooks.ts'
import { type EndpointName, inOrder, isWanted } from '../delivery/queue.ts'
import { platformEvents } from './events.ts'
import { openFrom, type SealedColumn, sealFor } from './secrets.ts'
import type { WebhookEndpointRow } from './table.ts'

export const insertEndpoint = async (trx: Trx, row: Insertable<WebhookEndpointRow>): Promise<void> => {
  await trx.insertInto('webhook_endpoints').values(row).execute()
}

export const updateEndpoint = async (
  trx: Trx,
  { platformId, endpointId }: EndpointName,
  change: Updateable<WebhookEndpointRow>,
): Promise<void> => {
  await trx
    .updateTable('webhook_endpoints')
    .set(change)
    .where('platform_id', '=', platformId)
    .where('id', '=', endpointId)
    .execute()
}

/** From now on there is no such endpoint, and nothing secret of it. Its log may be long, and is removed by `forgetRemoved`. */
export const removeEndpoint = async (trx: Trx, name: EndpointName, nowMs: number): Promise<void> => {
  const nothing = Buffer.alloc(0)
  await updateEndpoint(trx, name, {
    state: 'disabled',
    disabled_reason: 'by_admin',
    removed_at: toTime(nowMs),
    secret: nothing,
    previous_secret: null,
    headers: nothing,
  })
}

/**
 * Removes of an endpoint that is gone what was delivered to it, or was to be, and with the last of that the endpoint.
 * @param most deliveries
 * @returns how many deliveries
 */
export const forgetRemoved = async (db: Db, { platformId, endpointId }: EndpointName, most: number): Promise<number> => {
  const log = sql`from webhook_deliveries where platform_id = ${platformId}::uuid and endpoint_id = ${endpointId}::uuid`
  const gone = await deleteDeliveries(db, platformId, sql`select id ${log} order by feed_position limit ${most}::integer`)
  if (gone < most)
    await sql`
      delete from webhook_endpoints
       where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid and removed_at is not null
         and (select true ${log} order by feed_position limit 1) is null`.execute(db)
  return gone
}

/** @param ids SQL of those that are to go, few enough for one statement: they are looked up one by one */
const deleteDeliveries = async (db: Db, platformId: string, ids: RawBuilder<unknown>): Promise<number> => {
  const { rows } = await sql<{ gone: number }>`
    with gone as (
      delete from webhook_deliveries where platform_id = ${platformId}::uuid and id = any(array(${ids})) returning 1)
    select count(*) as gone from gone`.execute(db)
  return rows[0]?.gone ?? 0
}

/**
 * Disables an active endpoint, and tells so in the feed.
 * @returns whether it was active
 */
export const disableEndpoint = (
  db: Db,
  { platformId, endpointId }: EndpointName,
  reason: Exclude<DisabledReason, 'by_admin'>,
  nowMs: number,
): Promise<boolean> =>
  transact(db, async (trx) => {
    const disabled = await trx
      .updateTable('webhook_endpoints')
      .set(({ eb }) => ({
        state: 'disabled',
        disabled_reason: reason,
        version: eb('version', '+', 1),
        updated_at: toTime(nowMs),
      }))
      .where('platform_id', '=', platformId)
      .where('id', '=', endpointId)
      .where('state', '=', 'active')
      .executeTakeFirst()
    if (disabled.numUpdatedRows === 0n) return false
    const type = 'webhook_endpoint_disabled'
    const resource = { type: platformEvents[type].resource, id: endpointId }
    const data = { actor: { role: 'system' }, reason_code: reason, endpoint_id: endpointId }
    await tellOfPlatform(trx, platformId, { type, resource, data }, nowMs)
    return true
  })

/** Puts a delivery in the queue again, whatever became of it; its log goes on. */
export const queueAgain = async (db: Db, platformId: string, id: string, nowMs: number): Promise<void> => {
  await db
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', tries: 0, next_at: toTime(nowMs), leased_until: null, ended_at: null, gap_told: false })
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .execute()
}

/** Gives up a pending delivery by hand, so that the next of its subject can go. @returns whether it was pending */
export const skipDelivery = async (db: Db, platformId: string, id: string, nowMs: number): Promise<boolean> => {
  const skipped = await db
    .updateTable('webhook_deliveries')
    .set({ state: 'skipped', next_at: null, leased_until: null, ended_at: toTime(nowMs) })
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  return skipped.numUpdatedRows > 0n
}

/** What waits next behind a delivery of its subject is due now, and what waits behind that when its turn has come. */
export const hurrySubject = async (db: Db, platformId: string, id: string, nowMs: number): Promise<void> => {
  const hurried = sql`
    update webhook_deliveries w set next_at = ${toTime(nowMs)}::timestamptz
     where w.platform_id = ${platformId}::uuid and w.state = 'pending' and w.id = (
       select n.id from webhook_deliveries d cross join lateral (
         select n.id from webhook_deliveries n
          where n.platform_id = ${platformId}::uuid and n.endpoint_id = d.endpoint_id and n.state = 'pending'
            and n.subject_type = d.subject_type and n.subject_id = d.subject_id and n.sequence > d.sequence
          order by n.sequence limit 1) n
        where d.platform_id = ${platformId}::uuid and d.id = ${id}::uuid)`
  await inOrder(db, (trx) => hurried.execute(trx))
}

/**
 * Puts what an endpoint has missed in its queue: what was given up, and unless only that is asked for, also what was never made for it.
 * @param sinceMs real time
 * @param most how many events are looked at, oldest first
 * @returns how many are queued and were looked at, and the id of the last event that was
 */
export const recover = async (
  db: Db,
  { platformId, endpointId }: EndpointName,
  { sinceMs, onlyFailed, most, nowMs }: { sinceMs: number; onlyFailed: boolean; most: number; nowMs: number },
): Promise<{ queued: number; looked_at: number; last: string | null }> => {
  const key = sql.raw(feedKey)
  const now = toTime(nowMs)
  const { rows } = await sql<{ queued: number; looked_at: number; last: string | null }>`
    with e as (
      select * from webhook_endpoints where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid and removed_at is null),
    events as (
      select * from event_outbox o where o.platform_id = ${platformId}::uuid and o.id >= ${firstIdAt(sinceMs)}::uuid
       order by o.id limit ${most}::integer),
    queued as (
      insert into webhook_deliveries (platform_id, endpoint_id, ${key}, event_id, event_type, state, created_at, next_at)
      select ${platformId}::uuid, ${endpointId}::uuid, o.feed_position, o.subject_type, o.subject_id, o.sequence, o.id, o.type, 'pending',
             ${now}::timestamptz, ${now}::timestamptz
        from e cross join events o
       where ${sql.raw(isWanted)}
         and (o.feed_position, o.subject_type, o.subject_id, o.sequence) <= (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence)
         and (not ${onlyFailed}::boolean or exists (
           select 1 from webhook_deliveries d
            where d.platform_id = ${platformId}::uuid and d.endpoint_id = ${endpointId}::uuid and d.feed_position = o.feed_position
              and d.subject_type = o.subject_type and d.subject_id = o.subject_id and d.sequence = o.sequence))
      on conflict (platform_id, endpoint_id, ${key}) do update
        set state = 'pending', tries = 0, next_at = ${now}::timestamptz, ended_at = null, gap_told = false
        where webhook_deliveries.platform_id = ${platformId}::uuid and webhook_deliveries.state in ('failed', 'skipped')
      returning 1)
    select (select count(*) from queued) as queued, (select count(*) from events) as looked_at,
           (select id from events order by id desc limit 1) as last`.execute(db)
  return rows[0] as { queued: number; looked_at: number; last: string | null }
}

/** Removes what was delivered, or was to be, of events that are no longer kept. @returns how many */
export const forgetDeliveries = (db: Db, platformId: string, most: number): Promise<number> =>
  deleteDeliveries(
    db,
    platformId,
    sql`
      select d.id from webhook_endpoints e cross join lateral (
        select d.id from webhook_deliveries d
         where d.platform_id = ${platformId}::uuid and d.endpoint_id = e.id
           and d.feed_position <= (select forgotten_position from event_feeds where platform_id = ${platformId}::uuid)
           and not exists (select 1 from event_outbox o where o.platform_id = ${platformId}::uuid and o.id = d.event_id)
         order by d.feed_position limit ${most}::integer) d
       where e.platform_id = ${platformId}::uuid limit ${most}::integer`,
  )

/** Seals anew, with the first key of the ring, what of a platform is sealed with another. @returns how many endpoints */
export const resealEndpoints = async (db: Db, ring: KeyRing, platformId: string): Promise<number> => {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select(['platform_id', 'id', 'secret', 'previous_secret', 'headers'])
    .where('platform_id', '=', platformId)
    .where('removed_at', 'is', null)
    .execute()
  let resealed = 0
  for (const row of rows) {
    const anew = (column: SealedColumn, sealed: Buffer): Buffer =>
      ring.isCurrent(sealed) ? sealed : sealFor(ring, row, column, openFrom(ring, row, column, sealed))
    const change = {
      secret: anew('secret', row.secret),
      previous_secret: row.previous_secret && anew('secret', row.previous_secret),
      headers: anew('headers', row.headers),
    }
    if (change.secret === row.secret && change.previous_secret === row.previous_secret && change.headers === row.headers) continue
    // one that was changed meanwhile is sealed with the first key already, or has its turn the next time
    const done = await db
      .updateTable('webhook_endpoints')
      .set(change)
      .where('platform_id', '=', platformId)
      .where('id', '=', row.id)
      .where('secret', '=', row.secret)
      .where('headers', '=', row.headers)
      .executeTakeFirst()
    resealed += Number(done.numUpdatedRows)
  }
  return resealed
}
