/** Reads of endpoints and deliveries. */
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { HOUR, normaliseTime, type Time, toTime } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import { isId, msOfId } from '../../foundation/ids.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { DeliveryState } from '../../words/webhooks.ts'
import type { EndpointName } from '../delivery/queue.ts'
import { MOST_HELD_SHOWN } from './schema.ts'
import type { WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow } from './table.ts'

export type Endpoint = Selectable<WebhookEndpointRow>

const endpointsOf = (db: Db, platformId: string) =>
  db.selectFrom('webhook_endpoints').where('platform_id', '=', platformId).where('removed_at', 'is', null)

export const findEndpoint = async (db: Db, platformId: string, id: string): Promise<Endpoint | undefined> =>
  isId(id) ? endpointsOf(db, platformId).selectAll().where('id', '=', id).executeTakeFirst() : undefined

/** Under its lock, for a change. */
export const lockEndpoint = async (trx: Trx, platformId: string, id: string): Promise<Endpoint | undefined> =>
  isId(id) ? endpointsOf(trx, platformId).selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst() : undefined

/** Newest first, one more than the page shows. */
export const findEndpoints = (db: Db, platformId: string, page: Page): Promise<Endpoint[]> =>
  endpointsOf(db, platformId)
    .selectAll()
    .where(beyond(page, ['id'], 'desc'))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()

export const countEndpoints = async (db: Db, platformId: string): Promise<number> => {
  const { n } = await endpointsOf(db, platformId)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}

/** SQL of the endpoints that are gone and have a log still. @param condition on their rows */
export const removedEndpoints = (condition: RawBuilder<unknown>) =>
  sql<EndpointName>`
    select platform_id as "platformId", id as "endpointId" from webhook_endpoints where removed_at is not null and ${condition}`

/** Those of one platform. */
export const findRemovedOf = async (db: Db, platformId: string): Promise<EndpointName[]> =>
  (await removedEndpoints(sql`platform_id = ${platformId}::uuid`).execute(db)).rows

export type Held = Pick<
  Selectable<WebhookDeliveryRow>,
  'endpoint_id' | 'id' | 'subject_type' | 'subject_id' | 'sequence' | 'created_at'
>

/** The subjects of ordered endpoints whose next event has been waiting for over an hour, a few of each, the longest first. */
export const findHeld = async (db: Db, platformId: string, endpointIds: readonly string[], nowMs: number): Promise<Held[]> => {
  const { rows } = await sql<Held>`
    select h.* from unnest(${endpointIds}::uuid[]) e(id) cross join lateral (
      select d.endpoint_id, d.id, d.subject_type, d.subject_id, d.sequence, d.created_at from webhook_deliveries d
       where d.platform_id = ${platformId}::uuid and d.endpoint_id = e.id and d.state = 'pending' and d.attempts > 0
         and d.created_at <= ${toTime(nowMs - HOUR)}::timestamptz
         and exists (select 1 from webhook_endpoints o where o.platform_id = ${platformId}::uuid and o.id = e.id and o.ordered)
       order by d.created_at limit ${MOST_HELD_SHOWN}::integer) h`.execute(db)
  return rows
}

export type Attempt = Pick<WebhookAttemptRow, 'number' | 'at' | 'duration_ms' | 'status' | 'error' | 'response'>
export type Delivery = Selectable<WebhookDeliveryRow> & { log: Attempt[] }

/** Attempts that are shown of one delivery. */
const MOST_ATTEMPTS = 20

const logOf = (platformId: string) =>
  sql<Attempt[] | null>`(select json_agg(a order by a.number) from (
    select number, at, duration_ms, status, error, response from webhook_attempts a
     where a.platform_id = ${platformId}::uuid and a.delivery_id = d.id order by number desc limit ${MOST_ATTEMPTS}::integer) a)`

const withLog = ({ log, ...row }: Selectable<WebhookDeliveryRow> & { log: Attempt[] | null }): Delivery => ({
  ...row,
  log: (log ?? []).map((one) => ({ ...one, at: normaliseTime(one.at) })),
})

const logKey = ['d.feed_position', 'd.subject_type', 'd.subject_id', 'd.sequence'] as const
const newestFirst = sql.raw(logKey.map((column) => `${column} desc`).join(', '))

/**
 * Newest event first, one more than the page shows. Most of a log was delivered, and stands in its order; what is in another state has an index,
 * in which each state is in order: the pages of those that are asked for are merged.
 */
export const findDeliveries = async (
  db: Db,
  platformId: string,
  endpointId: string,
  states: readonly DeliveryState[] | undefined,
  page: Page,
): Promise<Delivery[]> => {
  const rows = sql`limit ${page.limit + 1}::integer`
  const beyondPage = sql`d.platform_id = ${platformId}::uuid and d.endpoint_id = ${endpointId}::uuid and ${beyond(page, logKey, 'desc')}`
  const inState = (state: DeliveryState) =>
    state === 'delivered'
      ? sql`(select d.* from webhook_deliveries d where ${beyondPage} and d.state = 'delivered' order by ${newestFirst} ${rows})`
      : // by an order that only its own index has, however common Postgres takes the state to be
        sql`(select d.* from webhook_deliveries d where ${beyondPage} and d.state <> 'delivered' and d.state >= ${state} and d.state <= ${state}
              order by d.state desc, ${newestFirst} ${rows})`
  const all = sql`(select d.* from webhook_deliveries d where ${beyondPage} order by ${newestFirst} ${rows})`
  const found = states === undefined ? all : sql`(${sql.join(states.map(inState), sql` union all `)})`
  const shown = await sql<Selectable<WebhookDeliveryRow> & { log: Attempt[] | null }>`
    select d.*, ${logOf(platformId)} as log from ${found} d order by ${newestFirst} ${rows}`.execute(db)
  return shown.rows.map(withLog)
}

export const findDelivery = async (db: Db, platformId: string, id: string): Promise<Delivery | undefined> => {
  if (!isId(id)) return undefined
  const row = await db
    .selectFrom('webhook_deliveries as d')
    .innerJoin('webhook_endpoints as e', (join) =>
      join.on('e.platform_id', '=', platformId).onRef('e.id', '=', 'd.endpoint_id').on('e.removed_at', 'is', null),
    )
    .selectAll('d')
    .select(logOf(platformId).as('log'))
    .where('d.platform_id', '=', platformId)
    .where('d.id', '=', id)
    .executeTakeFirst()
  return row && withLog(row)
}

/** The moment of an event, by its id, in real time. */
export const timeOfId = (id: string): Time => toTime(msOfId(id))
