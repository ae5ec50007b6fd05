/** When it is told that a clock runs out, or that one was missed: in time, once, and within the service hours where the policy has any. */

import { addMs, MINUTE, type Time } from '../../foundation/clock.ts'
import type { Calendar } from '../../rules/calendars/calendar.ts'
import { type FollowedRule, msOf } from '../../rules/policy/which-rule.ts'
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

/** The calendar that something to be told waits for; null where it is told at any hour. */
const serviceHours = (d: Decision, what: 'warnings' | 'notices'): Calendar | null => {
  const hours = d.policy.service_hours
  return hours?.holds_back.includes(what) ? d.calendarNow(hours.calendar).time : null
}

/** The moment of a warning: within the service hours where they are waited for, rather earlier than not at all. */
const warnsAt = (
  d: Decision,
  { warn_before_ms, counted_since, counts_ms, kept_until_at, due_at, ...counting }: DeadlineRow,
): Time => {
  // what is kept beyond its counted time is warned of before that is over
  const isKept = kept_until_at !== null && kept_until_at === due_at
  const [from, ms] = isKept ? [d.now, elapsed(d, counting, d.now, due_at)] : [counted_since, counts_ms]
  const at = from === null ? due_at : count(d, counting, from, Math.max(0, ms - (warn_before_ms ?? 0)))
  const hours = serviceHours(d, 'warnings')
  if (hours === null || hours.isOpen(at)) return at
  const next = hours.nextOpening(at)
  if (next < due_at) return next
  // a minute, so that a sweep comes by before they end
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
 * Says once that a clock is running out, to whoever has to act; outside of the service hours it waits for them, or is left out where they
 * begin too late. It raises no version: nothing about the case has changed.
 */
export const warn = (d: Decision, deadline: DeadlineRow): void => {
  const hours = serviceHours(d, 'warnings')
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
const noticeHours = (d: Decision, level: number): Calendar | null => {
  const { levels, service_hours: hours } = d.policy
  const { notices } = levels[String(level) as keyof typeof levels]
  if (notices === undefined) return serviceHours(d, 'notices')
  return notices === 'service_hours' && hours ? d.calendarNow(hours.calendar).time : null
}

/** When a miss is told on a level: now, or when the service hours begin. */
export const noticeTime = (d: Decision, level: number): Time => noticeHours(d, level)?.nextOpening(d.now) ?? d.now
