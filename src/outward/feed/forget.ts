/** Removes events that are too old, and remembers up to where. */
import { sql } from 'kysely'
import { DAY } from '../../foundation/clock.ts'
import { firstIdAt } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { feedKey } from '../../platform/outbox/positions.ts'

/**
 * Removes the oldest events of one platform from before a moment of real time, in the order of the feed.
 * @param most how many are looked at
 * @returns how many are gone
 */
export const forgetEvents = async (db: Db, platformId: string, beforeMs: number, most: number): Promise<number> => {
  const key = sql.raw(feedKey)
  const { rows } = await sql<{ gone: number }>`
    with old as (
      select ${key}, id from (
        select ${key}, id from event_outbox where platform_id = ${platformId}::uuid order by ${key} limit ${most}::integer) oldest
       where id < ${firstIdAt(beforeMs)}::uuid),
    gone as (
      delete from event_outbox where platform_id = ${platformId}::uuid and id = any(array(select id from old)) returning 1),
    noted as (
      insert into event_feeds (platform_id, forgotten_position, forgotten_subject_type, forgotten_subject_id, forgotten_sequence)
      select ${platformId}::uuid, ${key} from old
       order by feed_position desc, subject_type desc, subject_id desc, sequence desc limit 1
      on conflict (platform_id) do update
        set forgotten_position = excluded.forgotten_position, forgotten_subject_type = excluded.forgotten_subject_type,
            forgotten_subject_id = excluded.forgotten_subject_id, forgotten_sequence = excluded.forgotten_sequence
        where event_feeds.platform_id = ${platformId}::uuid
          and (event_feeds.forgotten_position, event_feeds.forgotten_subject_type, event_feeds.forgotten_subject_id, event_feeds.forgotten_sequence)
            < (excluded.forgotten_position, excluded.forgotten_subject_type, excluded.forgotten_subject_id, excluded.forgotten_sequence))
    select count(*) as gone from gone`.execute(db)
  return rows[0]?.gone ?? 0
}

/** From before which moment events are too old. */
export const tooOldBefore = (nowMs: number, keptDays: number): number => nowMs - keptDays * DAY
