/**
 * Where an event stands in the feed of its platform, and how far the feed may be read.
 *
 * Numbers that are drawn when a row is written are no order to follow: who drew first may commit last, and a reader that has gone on would
 * miss it. So an event stands at the number of its transaction, which Postgres hands out in ascending order, and a reader reads only below the
 * oldest transaction that is still open: nothing can appear there any more. A transaction may have taken its number long before it decides,
 * so the position of an event is never below that of the event before it on the same subject, which the subject's row remembers; events of one
 * subject are then told apart by their sequence.
 *
 * Another server (a restored dump, a platform that was moved) counts its transactions from another number. `moved` is what lies between:
 * positions only ever rise, and cursors stay good.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Computed } from '../../foundation/sql/rows.ts'

/** SQL of the columns by which the feed is in order. */
export const feedKey = 'feed_position, subject_type, subject_id, sequence'

const moved = (platform: string): string => `coalesce((select moved from event_feeds where platform_id = ${platform}), 0)`

/**
 * The column `feed_position` of a subject's row: that of its next event.
 * @param last the SQL of the column before
 * @param tells the SQL of whether there is an event
 */
export const nextPosition = (last: string, tells = 'true'): Computed => ({
  feed_position: ({ platform }) => `case when ${tells} then feed_position_after(${last}, ${moved(platform)}) else ${last} end`,
})

/** SQL of the position below which nothing can appear any more. @param platform SQL of the platform's id */
export const readableBelow = (platform: string): string =>
  `(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ${moved(platform)})`

/** The same for a query that the builder makes. @param platform of the platform's id */
export const readable = (platform: RawBuilder<unknown>): RawBuilder<number> =>
  sql<number>`(pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    + coalesce((select f.moved from event_feeds f where f.platform_id = ${platform}), 0))`
