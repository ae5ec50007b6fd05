import type { Generated } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { EventSubject } from '../../words/events.ts'

/** An event on its way out. Rows are only added, and removed when they are old. */
export interface EventOutboxRow {
  platform_id: string
  /** Its place in the feed, before subject and sequence (`positions.ts`). */
  feed_position: number
  subject_type: EventSubject
  subject_id: string
  /** 1, 2, 3 … within the subject. */
  sequence: number
  /** A UUIDv7: it tells the real time of the event. */
  id: string
  type: string
  /** Platform time. */
  at: Time
  /** By these an endpoint may choose. */
  merchant_id: string | null
  category: string | null
  level: number | null
  /** What is sent, byte for byte: JSON without personal data, below 20 kB. */
  payload: string
}

/** What one platform's feed has to know besides its events. A platform without a row has the defaults. */
export interface EventFeedRow {
  platform_id: string
  /** Added to the numbers of transactions (`positions.ts`). */
  moved: Generated<number>
  /** The key of the last event that was removed because of its age. */
  forgotten_position: Generated<number>
  forgotten_subject_type: Generated<string>
  forgotten_subject_id: Generated<string>
  forgotten_sequence: Generated<number>
  /** The platform as a subject of events: how many there were, and where the last stands. */
  platform_sequence: Generated<number>
  platform_position: Generated<number>
}

/** What has no row that counts the events about it; the platform has its row of `event_feeds`, a case its own. */
export type SubjectOfItsOwn = Extract<EventSubject, 'merchant' | 'order' | 'fund'>

/** How many events there were about such a subject, and where the last stands in the feed. */
export interface EventSubjectRow {
  platform_id: string
  type: SubjectOfItsOwn
  id: string
  sequence: number
  position: number
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    event_outbox: EventOutboxRow
    event_feeds: EventFeedRow
    event_subjects: EventSubjectRow
  }
}
