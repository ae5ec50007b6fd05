/**
 * What a decision tells the outside world: the same events as the timeline, without personal data and without words. Whoever wants more reads
 * the case with its own rights. The form is for good, so events of other subjects can be told in it as well.
 */
import type { NewEvent } from '../../platform/outbox/record.ts'
import type { Decision, ToldEvent } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { thinData } from './thin.ts'

/** Above this many bytes an event tells nothing of clocks; the table refuses 20,000. */
const MOST_BYTES = 16_000

/** What is sent, as an object. */
export const payloadOf = (event: ToldEvent, complaint: ComplaintRow, data = thinData(event)) => ({
  id: event.id,
  type: event.type,
  timestamp: event.at,
  subject: { type: 'complaint' as const, id: complaint.id },
  sequence: event.sequence,
  complaint: {
    id: complaint.id,
    case_number: complaint.case_number,
    reference: complaint.reference,
    status: complaint.status,
    version: complaint.version,
  },
  resource: { type: event.resource, id: event.resource_id ?? complaint.id },
  data,
})

const textOf = (event: ToldEvent, complaint: ComplaintRow): string => {
  const text = JSON.stringify(payloadOf(event, complaint))
  if (Buffer.byteLength(text) <= MOST_BYTES) return text
  const { clocks: _clocks, ...data } = thinData(event)
  return JSON.stringify(payloadOf(event, complaint, { ...data, clocks_omitted: true }))
}

/** The rows of the outbox for a finished decision. */
export const outgoingEvents = ({ file: { complaint }, events }: Decision): NewEvent[] =>
  events.map((event) => ({
    platform_id: event.platform_id,
    subject_type: 'complaint',
    subject_id: complaint.id,
    sequence: event.sequence,
    id: event.id,
    type: event.type,
    at: event.at,
    merchant_id: complaint.merchant_id,
    category: complaint.category,
    level: complaint.level,
    payload: textOf(event, complaint),
  }))
