/** Who is told of a miss, and when: at once, or with the service hours. */

import { toMs } from '../../foundation/clock.ts'
import { clockOf } from '../../words/deadlines.ts'
import type { Visibility } from '../case-events/table.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock } from '../deadlines/clocks.ts'
import { isOpen, isStillOwed } from '../deadlines/due.ts'
import type { DeadlineRow, Escalation } from '../deadlines/table.ts'
import { noticeTime } from '../deadlines/warnings.ts'

/** Who is told of a miss: the side that is reminded, else the people of the case's level. After a cancellation, and where they are
 * called, also the supervisors. */
export const listenersOf = (
  d: Decision,
  { party, cancellation }: DeadlineRow,
  action: Escalation['action'],
): Escalation['tells'] => {
  if (action === 'remind' && party !== 'platform') return [party]
  const { tells } = d.policy.levels[String(d.file.complaint.level) as '1']
  return cancellation || action === 'call_supervisors' ? [...new Set([...tells, 'supervisors'])] : tells
}

const visibilityOf = (tells: readonly string[]): Visibility => {
  const told = (['complainant', 'respondent'] as const).filter((side) => tells.includes(side))
  return told.length === 2 ? 'parties' : (told[0] ?? 'staff')
}

/** Tells a missed duty to those whom its escalation names. */
export const tellMiss = (d: Decision, missed: DeadlineRow): void => {
  if (!missed.escalation) return
  const { action, level, tells } = missed.escalation
  missed.escalation.told_at = d.now
  d.tell({
    type: action === 'remind' ? 'deadline_reminder' : 'escalation_notice',
    resourceId: missed.id,
    reasonCode: `${missed.kind}_missed`,
    visibility: visibilityOf(tells),
    data: {
      deadline_id: missed.id,
      kind: missed.kind,
      party: missed.party,
      due_at: missed.due_at,
      step: missed.step + 1,
      level,
      tells,
    },
  })
}

/** Whether a duty that goes on after a miss has been done, or is owed by nobody any more. */
const isDoneMeanwhile = (d: Decision, { kind, subject_id }: DeadlineRow): boolean => {
  const { repeats, staysOwed } = clockOf[kind]
  if (!repeats && !staysOwed) return false
  return !d.file.deadlines.some((x) => x.kind === kind && x.subject_id === subject_id && (isOpen(x) || isStillOwed(x)))
}

/** Tells a miss that has waited for the service hours. Where a late sweep finds them over again, the notice waits for the next ones. */
export const fireNotice = (d: Decision, notice: DeadlineRow): void => {
  const missed = d.file.deadlines.find((x) => x.id === notice.subject_id)
  const at = noticeTime(d, missed?.escalation?.level ?? d.file.complaint.level, missed?.kind ?? notice.kind)
  if (at > d.now) {
    notice.due_at = at
    notice.wakes_at = at
    notice.counted_since = d.now
    notice.counts_ms = toMs(at) - toMs(d.now)
    return
  }
  const isNews = missed !== undefined && !isDoneMeanwhile(d, missed)
  endClock(d, notice, isNews ? 'met' : 'cancelled')
  if (isNews) tellMiss(d, missed)
}
