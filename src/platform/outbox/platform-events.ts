/** Events that are about no case: about the platform, whose row of `event_feeds` counts them, or about a merchant, an order or a fund. */
import { sql } from 'kysely'
import { type Time, toTime } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import type { EventSubject } from '../../words/events.ts'
import type { SubjectOfItsOwn } from './table.ts'

export interface PlatformEvent {
  type: string
  resource: { type: string; id: string }
  /** Without personal data and without words. */
  data: object
}

/** Where an event stands among those of its subject, and in the feed. */
interface Standing {
  sequence: number
  position: number
}

/** Tells an event of the platform, in the transaction of what happened. @param nowMs real time */
export const tellOfPlatform = async (trx: Trx, platformId: string, event: PlatformEvent, nowMs: number): Promise<void> => {
  const { rows } = await sql<Standing>`
    insert into event_feeds (platform_id, platform_sequence, platform_position)
    values (${platformId}::uuid, 1, feed_position_after(0, 0))
    on conflict (platform_id) do update
      set platform_sequence = event_feeds.platform_sequence + 1,
          platform_position = feed_position_after(event_feeds.platform_position, event_feeds.moved)
      where event_feeds.platform_id = ${platformId}::uuid
    returning platform_sequence as sequence, platform_position as position`.execute(trx)
  await putOut(trx, platformId, { type: 'platform', id: platformId }, rows[0] as Standing, event, nowMs)
}

/** The same about something that is no case and whose events are counted in `event_subjects`. @param nowMs real time */
export const tellOfSubject = async (
  trx: Trx,
  platformId: string,
  subject: { type: SubjectOfItsOwn; id: string },
  event: PlatformEvent,
  nowMs: number,
): Promise<void> => {
  await trx
    .insertInto('event_feeds')
    .values({ platform_id: platformId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { rows } = await sql<Standing>`
    insert into event_subjects (platform_id, type, id, sequence, position)
    select ${platformId}::uuid, ${subject.type}::text, ${subject.id}::text, 1, feed_position_after(0, f.moved)
      from event_feeds f where f.platform_id = ${platformId}::uuid
    on conflict (platform_id, type, id) do update
      set sequence = event_subjects.sequence + 1, position = greatest(event_subjects.position, excluded.position)
      where event_subjects.platform_id = ${platformId}::uuid
    returning sequence, position`.execute(trx)
  await putOut(trx, platformId, subject, rows[0] as Standing, event, nowMs)
}

const putOut = async (
  trx: Trx,
  platformId: string,
  subject: { type: EventSubject; id: string },
  { sequence, position }: Standing,
  event: PlatformEvent,
  nowMs: number,
): Promise<void> => {
  const { clock_offset_ms } = await trx
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .select('clock_offset_ms')
    .executeTakeFirstOrThrow()
  const at: Time = toTime(nowMs + clock_offset_ms)
  const id = newId()
  const { type, resource, data } = event
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
      merchant_id: subject.type === 'merchant' ? subject.id : null,
      category: null,
      level: null,
      payload: JSON.stringify({ id, type, timestamp: at, subject, sequence, complaint: null, resource, data }),
    })
    .execute()
}
