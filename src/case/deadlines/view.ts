import type { Actor } from '../../platform/access/caller.ts'
import { isForStaff, type PartySide } from '../../words/deadlines.ts'
import { readerOf } from '../case-file/case-file.ts'
import type { DeadlineWire } from '../case-file/schema.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { DeadlineRow, Heard } from './table.ts'

/** What was used up of a clock's time before its present stretch, or by the time it stood still. */
const usedMs = ({ counted_since, allowed_ms, remaining_ms, counts_ms }: DeadlineRow): number =>
  counted_since === null ? 0 : Math.max(0, allowed_ms - (remaining_ms ?? counts_ms))

/** Who reads it: staff read all, and what a side said to the platform is for that side. */
export type ClockReader = 'all' | PartySide | null

export const heardFor = (reader: ClockReader, heard: Heard | null): Heard | null =>
  heard === null || reader === 'all' || heard.side === reader ? heard : null

/**
 * Who reads a clock of a case. Staff read all. A notice is the service's own reminder, and an approval is of a draft: both are for staff
 * alone. A challenge, and the wait for the platform's answer to what a side said, are for that side and for staff.
 */
export const seesClock = (complaint: ComplaintRow, deadline: DeadlineRow, reader: ClockReader): boolean => {
  if (reader === 'all') return true
  const { kind, subject_id, heard } = deadline
  if (isForStaff(kind)) return false
  if (kind === 'challenge') return complaint.challenges.some(({ id, side }) => id === subject_id && side === reader)
  return kind !== 'next_reply' || heardFor(reader, heard) === heard
}

/** A clock as a reader of the case sees it. */
export const deadlineView = (deadline: DeadlineRow, reader: ClockReader): DeadlineWire => ({
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
  rule: deadline.rule && { policy_version: deadline.rule.policy_version, lines: [...deadline.rule.lines] },
  allowance: deadline.rule && { count: deadline.rule.allow.count, unit: deadline.rule.allow.unit },
  pinned: deadline.pinned,
  calendar: deadline.calendar,
  calendar_version: deadline.calendar_version,
  allowed_ms: deadline.allowed_ms,
  used_ms: usedMs(deadline),
  counted_since: deadline.counted_since ?? deadline.started_at,
  shortened_from: deadline.shortened_from_at,
  kept_until: deadline.kept_until_at,
  remaining_ms: deadline.remaining_ms,
  provisional: deadline.provisional,
  step: deadline.step,
  times_missed: deadline.step + (deadline.status === 'missed' ? 1 : 0),
  escalation: deadline.escalation,
  held_until: deadline.hold?.until ?? null,
  heard: heardFor(reader, deadline.heard),
  margin_ms: deadline.margin_ms,
})

/** Those of some clocks of a case that a caller may see, as the caller sees them. */
export const clocksFor = (complaint: ComplaintRow, actor: Actor, deadlines: readonly DeadlineRow[]): DeadlineWire[] => {
  const reader = readerOf(complaint, actor)
  return deadlines.filter((one) => seesClock(complaint, one, reader)).map((one) => deadlineView(one, reader))
}
