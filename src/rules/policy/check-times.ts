/** Whether the times of a policy can work in their calendars. Pure. */

import { addMs, DAY, type Time } from '../../foundation/clock.ts'
import type { FieldError } from '../../words/problems.ts'
import type { Calendar } from '../calendars/calendar.ts'
import type { ClockRule, Duration } from './clock-rule-schema.ts'
import { fault, type Placed, placedRules } from './placed-rules.ts'
import type { Policy } from './schema.ts'
import { isBusiness, msOf } from './which-rule.ts'

/** What a check must know of a calendar. */
export interface KnownCalendar {
  dayMs: number
  /** How much of it is open, in milliseconds, in a year of whole weeks from now. */
  yearMs: number
}

/** Calendars of the platform, by name: those that the policy names, as far as they are there. */
export type KnownCalendars = ReadonlyMap<string, KnownCalendar>

const YEAR_MS = 52 * 7 * DAY

export const knownCalendar = (calendar: Calendar, now: Time): KnownCalendar => ({
  dayMs: calendar.dayMs,
  yearMs: calendar.between(now, addMs(now, YEAR_MS)),
})

/** What follows from the calendars alone; those that are not given are not judged. */
export const timeFaults = (policy: Policy, calendars: KnownCalendars): FieldError[] => [
  ...placedRules(policy).flatMap((rule) => warningFaults(policy, calendars, rule)),
  ...lengthFaults(policy, calendars),
  ...serviceFaults(policy, calendars),
  ...proofFaults(policy, calendars),
]

const calendarOf = (policy: Policy, rule: ClockRule): string => rule.calendar ?? policy.calendar

/** A warning comes before its clock is due, and is counted as the clock is. */
const warningFaults = (policy: Policy, calendars: KnownCalendars, { at, rule }: Placed): FieldError[] => {
  const warning = rule.warn === undefined ? policy.warn : rule.warn
  const calendar = calendars.get(calendarOf(policy, rule))
  if (warning === null || 'at_percent' in warning || calendar === undefined) return []
  const { before } = warning
  if (rule.allow === undefined) return []
  const [pointer, whose] =
    rule.warn === undefined ? ['/warn/before', ` (${at}, which has no \`warn\` of its own)`] : [`${at}/warn/before`, '']
  if (isBusiness(before) !== isBusiness(rule.allow))
    return [fault(pointer, 'other_kind_of_time', `must be counted in the kind of time of the clock${whose}`)]
  return msOf(before, calendar) < msOf(rule.allow, calendar)
    ? []
    : [fault(pointer, 'not_shorter', `must be shorter than the time of the clock${whose}`)]
}

/** Every length of time with the calendar that it is counted in. */
const durationsOf = (policy: Policy): { pointer: string; duration: Duration; calendar: string }[] => {
  const inMain = (pointer: string, duration: Duration | undefined) =>
    duration === undefined ? [] : [{ pointer, duration, calendar: policy.calendar }]
  return [
    ...placedRules(policy).flatMap(({ at, rule }) => {
      const calendar = calendarOf(policy, rule)
      const steps = (rule.while_overdue ?? []).map((duration, i) => ({ pointer: `${at}/while_overdue/${i}`, duration, calendar }))
      return [...(rule.allow ? [{ pointer: `${at}/allow`, duration: rule.allow, calendar }] : []), ...steps]
    }),
    ...policy.while_overdue.flatMap((duration, i) => inMain(`/while_overdue/${i}`, duration)),
    ...inMain('/holds_at_most', policy.holds_at_most),
    ...inMain('/payments/returned_within', policy.payments.returned_within),
    ...inMain('/fund/second_admin_within', policy.fund.second_admin_within),
    ...inMain('/fund/receipt_expected_within', policy.fund.receipt_expected_within),
    ...inMain('/words/held_at_most', policy.words.held_at_most),
    ...inMain('/least_notice/business', policy.least_notice.business),
    ...policy.filing_windows.flatMap(({ allow }, i) => inMain(`/filing_windows/${i}/allow`, allow)),
    ...Object.entries(policy.burden_of_proof).flatMap(([category, list]) =>
      list.flatMap(({ within, when }, i) => {
        const at = `/burden_of_proof/${category}/${i}`
        return [
          ...inMain(`${at}/within`, within),
          ...inMain(`${at}/when/received_within`, when?.received_within),
          ...inMain(`${at}/when/received_after`, when?.received_after),
        ]
      }),
    ),
  ]
}

const MOST_YEARS = 3

/** Business time in a calendar that is hardly ever open: the end would lie beyond what anybody waits for. */
const lengthFaults = (policy: Policy, calendars: KnownCalendars): FieldError[] =>
  durationsOf(policy).flatMap(({ pointer, duration, calendar: name }) => {
    const calendar = calendars.get(name)
    if (calendar === undefined || !isBusiness(duration)) return []
    return msOf(duration, calendar) <= MOST_YEARS * calendar.yearMs
      ? []
      : [fault(pointer, 'too_long', 'takes more than three years in its calendar')]
  })

/** Service hours that do not come are waited for in vain. */
const serviceFaults = ({ service_hours: hours }: Policy, calendars: KnownCalendars): FieldError[] =>
  hours && calendars.get(hours.calendar)?.yearMs === 0
    ? [fault('/service_hours/calendar', 'never_open', 'is not open within a year from now')]
    : []

const proofFaults = ({ calendar, burden_of_proof }: Policy, calendars: KnownCalendars): FieldError[] =>
  Object.entries(burden_of_proof).flatMap(([category, list]) =>
    list.flatMap(({ when }, i) => {
      const { received_within: within, received_after: after } = when ?? {}
      const main = calendars.get(calendar)
      if (!within || !after || !main || isBusiness(within) !== isBusiness(after)) return []
      return msOf(within, main) > msOf(after, main)
        ? []
        : [
            fault(
              `/burden_of_proof/${category}/${i}/when/received_within`,
              'empty_stretch',
              'must be longer than `received_after`, or no case fits',
            ),
          ]
    }),
  )
