/**
 * The statements of this wing that name no platform. Every other one names the platform of its caller by a parameter, on each table. A
 * further exception belongs here, or in the file of the same name in its wing, and in the list of `test/scaling/tenants.test.ts`.
 */
import { sql } from 'kysely'
import type { Time } from '../foundation/clock.ts'
import type { Db } from '../foundation/sql/database.ts'
import type { Credential } from './access/find.ts'

/**
 * Whether the payment system has a usable key of its own. Whoever holds a key of staff that may also report as `payments` is no other system.
 * It is looked for only where the key that is presented is one of staff, and there in an index of such keys.
 */
const besidePayments = (now: Time) => sql<boolean>`case when api_keys.roles && array['agent', 'supervisor'] then exists (
  select from api_keys own
   where own.platform_id = api_keys.platform_id and own.revoked_at is null and 'payments' = any (own.roles)
     and not own.roles && array['agent', 'supervisor'] and (own.expires_at is null or own.expires_at > ${now}::timestamptz)) else false end`

/** The platform is not known yet: the digest of the key tells it. @param now real time, by which keys expire */
export const findCredential = async (db: Db, digest: Buffer, now: Time): Promise<Credential | undefined> => {
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('platforms', 'platforms.id', 'api_keys.platform_id')
    .where('digest', '=', digest)
    .select([
      'api_keys.id',
      'roles',
      'expires_at',
      'revoked_at',
      'last_used_at',
      'platform_id',
      'mode',
      'clock_offset_ms',
      'rules_version',
      besidePayments(now).as('besidePayments'),
    ])
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { platform_id, mode, clock_offset_ms, rules_version, ...key } = row
  return { ...key, platform: { id: platform_id, mode, clock_offset_ms, rules_version } }
}

/** Stored answers by the time of their writing. */
export interface Span {
  first_at: Time
  last_at: Time
  answers: number
}

/** The oldest answers of all platforms from before a moment; `undefined` where there are none. */
export const findOldestAnswers = async (db: Db, before: Time, atMost: number): Promise<Span | undefined> => {
  const { rows } = await sql<Span>`
    select min(created_at) as first_at, max(created_at) as last_at, count(*) as answers
      from (select created_at from idempotency_keys where created_at < ${before} order by created_at limit ${atMost}) old
    having count(*) > 0`.execute(db)
  return rows[0]
}

/** Removes the answers of a span. Both its ends are conditions, so that no query plan reads more rows than these. @returns how many */
export const deleteAnswers = async (db: Db, { first_at, last_at }: Span): Promise<number> => {
  const gone = await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '>=', first_at)
    .where('created_at', '<=', last_at)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}

/**
 * Feeds whose events stand where this server's transactions have not come yet: the rows come from another one. From now on what lies between
 * is added to the numbers of transactions, so that no position comes twice and none has to be waited for. Asked by each start.
 * @returns how many
 */
export const continueMovedFeeds = async (db: Db): Promise<number> => {
  const { rows } = await sql`
    with feeds as (
      select p.id, coalesce(f.moved, 0) as moved, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next,
             greatest(coalesce(f.forgotten_position, 0),
                      (select max(feed_position) from event_outbox o where o.platform_id = p.id)) as newest
        from platforms p left join event_feeds f on f.platform_id = p.id)
    insert into event_feeds (platform_id, moved)
    select id, newest + 1 - next from feeds where newest >= next + moved
    on conflict (platform_id) do update set moved = greatest(event_feeds.moved, excluded.moved) returning 1`.execute(db)
  return rows.length
}
