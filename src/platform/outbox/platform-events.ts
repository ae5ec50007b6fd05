/** Events whose subject is the platform. Its row of `event_feeds` counts them and keeps where the last one stands. */
import { sql } from 'kysely'
import { type Time, toTime } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { Trx } from '../../foundation/sql/database.ts'

export interface PlatformEvent {
  type: string
  resource: { type: string; id: string }
  /** Without personal data and without words. */
  data: object
}

/** Tells an event of the platform, in the transaction of what happened. @param nowMs real time */
export const tellOfPlatform = async (trx: Trx, platformId: string, event: PlatformEvent, nowMs: number): Promise<void> => {
  const { rows } = await sql<{ sequence: number; position: number }>`
    insert into event_feeds (platform_id, platform_sequence, platform_position)
    values (${platformId}::uuid, 1, feed_position_after(0, 0))
    on conflict (platform_id) do update
      set platform_sequence = event_feeds.platform_sequence + 1,
          platform_position = feed_position_after(event_feeds.platform_position, event_feeds.moved)
      where event_feeds.platform_id = ${platformId}::uuid
    returning platform_sequence as sequence, platform_position as position`.execute(trx)
  const { sequence, position } = rows[0] as { sequence: number; position: number }
  const { clock_offset_ms } = await trx
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .select('clock_offset_ms')
    .executeTakeFirstOrThrow()
  const at: Time = toTime(nowMs + clock_offset_ms)
  const id = newId()
  const { type, resource, data } = event
  const subject = { type: 'platform' as const, id: platformId }
  await trx
    .insertInto('event_outbox')
    .values({
      platform_id: platformId,
      feed_position: position,
      subject_type: subject.type,
      subject_id: subject.id,
      sequence,
      id,
      type,
      at,
      merchant_id: null,
      category: null,
      level: null,
      payload: JSON.stringify({ id, type, timestamp: at, subject, sequence, complaint: null, resource, data }),
    })
    .execute()
}
