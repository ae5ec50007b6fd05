/** When a warning (a clock runs out) or a notice (a clock was missed) is told: once, and within the service hours if the policy says so. */

import { addMs, MINUTE, type Time } from '../../foundation/clock.ts'
import type { Calendar } from '../../rules/calendars/calendar.ts'
import { type FollowedRule, msOf } from '../../rules/policy/which-rule.ts'
import { type DeadlineKind, isForAnyHour } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { count, elapsed } from './counting.ts'
import type { DeadlineRow } from './table.ts'

/** How long before its due time a clock of this length warns; null for never. A duty that is overdue already needs no warning. */
export const warnBefore = (d: Decision, rule: FollowedRule, ms: number, step: number): number | null => {
  const warning = rule.warn === undefined ? d.policy.warn : rule.warn
  if (warning === null || step > 0) return null
  if ('at_percent' in warning) return Math.floor((ms * (100 - warning.at_percent)) / 100)
  return Math.min(ms, msOf(warning.before, d.calendarNow(rule.calendar ?? d.policy.calendar).time))
}

/** The calendar of the service hours, where the policy holds these back until they begin; null where they are told at any hour. */
const serviceHours = (d: Decision, what: 'warnings' | 'notices', kind: DeadlineKind): Calendar | null => {
  if (isForAnyHour(kind)) return null
  const hours = d.policy.service_hours
  return hours?.holds_back.includes(what) ? d.calendarNow(hours.calendar).time : null
}

/** The moment of a warning. Where it must wait for the service hours and they begin too late, it goes out in the hours before. */
const warnsAt = (
  d: Decision,
  { kind, warn_before_ms, counted_since, counts_ms, kept_until_at, due_at, ...counting }: DeadlineRow,
): Time => {
  // a clock that is kept is due later than its counted time says, so the warning is counted from now to the due time
  const isKept = kept_until_at !== null && kept_until_at === due_at
  const [from, ms] = isKept ? [d.now, elapsed(d, counting, d.now, due_at)] : [counted_since, counts_ms]
  const at = from === null ? due_at : count(d, counting, from, Math.max(0, ms - (warn_before_ms ?? 0)))
  const hours = serviceHours(d, 'warnings', kind)
  if (hours === null || hours.isOpen(at)) return at
  const next = hours.nextOpening(at)
  if (next < due_at) return next
  // a minute before they end, so that a sweep comes by in them
  const last = addMs(hours.lastOpen(at), -MINUTE)
  return last > d.now ? last : due_at
}

/** When a sweep looks at a clock next. */
export const wakesAt = (d: Decision, deadline: DeadlineRow): Time => {
  if (deadline.warn_before_ms !== null) {
    const at = warnsAt(d, deadline)
    return at < deadline.due_at ? at : deadline.due_at
  }
  return deadline.hold && deadline.hold.until > deadline.due_at ? deadline.hold.until : deadline.due_at
}

/**
 * Tells once that a clock runs out: to staff, and to the side that owes the duty. Outside of the service hours the warning waits for them,
 * or is left out where they begin too late. It raises no version, since nothing about the case has changed.
 */
export const warn = (d: Decision, deadline: DeadlineRow): void => {
  const hours = serviceHours(d, 'warnings', deadline.kind)
  if (hours && !hours.isOpen(d.now)) {
    const next = hours.nextOpening(d.now)
    if (next < deadline.due_at) {
      deadline.wakes_at = next
      return
    }
  }
  deadline.warn_before_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  if (hours && !hours.isOpen(d.now)) return
  d.tell({
    type: 'deadline_due_soon',
    resourceId: deadline.id,
    reasonCode: deadline.on_silence,
    ...(deadline.party !== 'platform' && { visibility: deadline.party }),
    data: { deadline_id: deadline.id, kind: deadline.kind, party: deadline.party, due_at: deadline.due_at },
  })
}

/** The calendar that notices of a level wait for; null where they are told at any hour. */
const noticeHours = (d: Decision, level: number, kind: DeadlineKind): Calendar | null => {
  if (isForAnyHour(kind)) return null
  const { levels, service_hours: hours } = d.policy
  const { notices } = levels[String(level) as keyof typeof levels]
  if (notices === undefined) return serviceHours(d, 'notices', kind)
  return notices === 'service_hours' && hours ? d.calendarNow(hours.calendar).time : null
}

/** When a miss of a kind of clock is told on a level: now, or when the service hours begin. */
export const noticeTime = (d: Decision, level: number, kind: DeadlineKind): Time =>
  noticeHours(d, level, kind)?.nextOpening(d.now) ?? d.now
