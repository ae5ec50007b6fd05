/** Writes events with the decision that causes them, in its own statement. */
import { rowsAsJson, type Write } from '../../foundation/sql/rows.ts'
import type { EventOutboxRow } from './table.ts'

export type NewEvent = Omit<EventOutboxRow, 'feed_position'>

const columns = [
  'subject_type',
  'subject_id',
  'sequence',
  'id',
  'type',
  'at',
  'merchant_id',
  'category',
  'level',
  'payload',
] as const satisfies readonly (keyof NewEvent)[]

/**
 * @param events of subjects whose rows the statement writes
 * @param subjects the names of the parts that write them; each returns `id` and `feed_position`
 */
export const insertEvents = (events: readonly NewEvent[], subjects: readonly string[]): Write[] =>
  events.length === 0
    ? []
    : [
        {
          name: 'events_out',
          rows: events.length,
          sql: (given) => {
            const sent = rowsAsJson(given, events, events)
            const written = subjects.map((name) => `select id::text as id, feed_position from ${name}`).join(' union all ')
            return `insert into event_outbox (platform_id, feed_position, ${columns.join(', ')})
              select ${given.platform}, s.feed_position, ${columns.map((column) => `r.${column}`).join(', ')}
              from jsonb_populate_recordset(null::event_outbox, ${sent}) r join (${written}) s on s.id = r.subject_id
              where ${given.complete} returning 1`
          },
        },
      ]
