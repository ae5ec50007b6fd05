/** Reads of the outbox, in the order of the feed. */
import { CompiledQuery } from 'kysely'
import { isId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { feedKey as key, readableBelow } from '../../platform/outbox/positions.ts'
import { type Place, placeBefore } from './cursor.ts'

/** What is shown of the feed; all of it where nothing is named. */
export interface FeedFilter {
  types?: readonly string[] | undefined
  complaint?: string | undefined
  merchants?: readonly string[] | undefined
}

export interface FeedPage {
  /** Events as they are sent. */
  payloads: string[]
  /** Where to go on. */
  next: Place
  /** Whether all that can be read has been read: only what comes later is beyond `next`. */
  isAtEnd: boolean
  /** Whether events between the place that was asked for and the oldest that is kept are gone. */
  isForgotten: boolean
}

/** How many events a page looks at for each that it may show: its cost has a bound, whatever is left out. */
const LOOKED_AT_FOR_EACH = 20

interface Line {
  horizon: number
  is_forgotten: boolean
  /** Null where there is no event at all. */
  feed_position: number | null
  subject_type: string
  subject_id: string
  sequence: number
  /** Null where the filter leaves it out. */
  payload: string | null
}

const place = '($2::bigint, $3::text, $4::text, $5::integer)'

/** `complaint_*` names all types that begin so, `*` all. */
export const likeOf = (type: string): string => type.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%')

/**
 * `$1` the platform, `$2` to `$5` the place, `$6` how many to look at, `$7` how many to show; the others are filters. The position below which
 * the feed may be read is of the moment in which the statement sees its rows.
 */
const textOf = (shape: { types: boolean; merchants: boolean; complaint: boolean }): string => {
  let parameter = 7
  const next = (type: string): string => `$${++parameter}::${type}`
  const shown = [
    ...(shape.types ? [`type like any(${next('text[]')})`] : []),
    ...(shape.merchants ? [`merchant_id = any(${next('text[]')})`] : []),
  ].join(' and ')
  const isShown = shown === '' ? 'true' : `coalesce(${shown}, false)`
  const within = shape.complaint ? `and subject_type = 'complaint' and subject_id = ${next('text')}` : ''
  return `select h.horizon, h.is_forgotten, w.*
    from (select ${readableBelow('$1::uuid')} as horizon,
                 exists (select 1 from event_feeds where platform_id = $1::uuid
                            and (forgotten_position, forgotten_subject_type, forgotten_subject_id, forgotten_sequence) > ${place}) as is_forgotten) h
    left join lateral (
      select ${key}, payload from (
        select ${key}, case when ${isShown} then payload end as payload,
               count(*) filter (where ${isShown}) over (order by ${key} rows unbounded preceding) as shown
          from (select * from event_outbox
                 where platform_id = $1::uuid and (${key}) > ${place} and feed_position < h.horizon ${within}
                 order by ${key} limit $6::integer) looked_at) counted
       where shown <= $7::integer) w on true
    order by ${key}`
}

const texts = new Map<string, string>()

/**
 * The events beyond a place, up to `limit` of them. None of them is missed by going on at `next`, and none comes twice, whatever is written
 * meanwhile.
 */
export const readFeed = async (
  db: Db,
  platformId: string,
  after: Place,
  { types, complaint, merchants }: FeedFilter,
  limit: number,
): Promise<FeedPage> => {
  const shape = { types: types !== undefined, merchants: merchants !== undefined, complaint: complaint !== undefined }
  const name = JSON.stringify(shape)
  const text = texts.get(name) ?? textOf(shape)
  texts.set(name, text)
  const mostLookedAt = shape.types || shape.merchants ? limit * LOOKED_AT_FOR_EACH : limit
  const values = [platformId, after.position, after.subjectType, after.subjectId, after.sequence, mostLookedAt, limit]
  const filters = [types?.map(likeOf), merchants, complaint].filter((value) => value !== undefined)
  const { rows } = await db.executeQuery<Line>(CompiledQuery.raw(text, [...values, ...filters]))
  const [{ horizon, is_forgotten }] = rows as [Line]
  const lines = rows.filter((row) => row.feed_position !== null)
  const last = lines.at(-1)
  const payloads = lines.flatMap(({ payload }) => payload ?? [])
  const isFull = payloads.length === limit || lines.length === mostLookedAt
  // never back: a replica or a transaction that is still open may keep the end where it was
  const end = after.position > horizon ? after : placeBefore(horizon)
  const next =
    isFull && last !== undefined
      ? {
          position: last.feed_position as number,
          subjectType: last.subject_type,
          subjectId: last.subject_id,
          sequence: last.sequence,
        }
      : end
  return { payloads, next, isAtEnd: !isFull, isForgotten: is_forgotten }
}

/** Where only what comes from now on is read. */
export const findEnd = async (db: Db, platformId: string): Promise<Place> => {
  const query = CompiledQuery.raw(`select ${readableBelow('$1::uuid')} as position`, [platformId])
  const { rows } = await db.executeQuery<{ position: number }>(query)
  return placeBefore((rows[0] as { position: number }).position)
}

/** One event as it was sent; `undefined` where there is none of that id, or no longer. */
export const findEvent = async (db: Db, platformId: string, id: string): Promise<string | undefined> => {
  if (!isId(id)) return undefined
  const row = await db
    .selectFrom('event_outbox')
    .select('payload')
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.payload
}
