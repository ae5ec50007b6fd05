import type { DeadlineWire } from '../case-file/schema.ts'
import type { DeadlineRow } from './table.ts'

/** A clock as everybody in the case sees it. */
export const deadlineView = (deadline: DeadlineRow): DeadlineWire => ({
  id: deadline.id,
  kind: deadline.kind,
  party: deadline.party,
  due_at: deadline.due_at,
  status: deadline.status,
  on_silence: deadline.on_silence,
  subject_id: deadline.subject_id,
  started_at: deadline.started_at,
  overdue_since: deadline.owed_since,
  ended_at: deadline.ended_at,
  calendar: deadline.calendar,
  remaining_ms: deadline.remaining_ms,
  provisional: deadline.provisional,
  step: deadline.step,
  escalation: deadline.escalation,
  held_until: deadline.hold?.until ?? null,
  heard: deadline.heard,
  margin_ms: deadline.margin_ms,
})
