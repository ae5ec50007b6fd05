/** What a schema cannot say about a calendar: whether its week fits together, whether its zone is known, whether a day is said twice. */
import { Temporal } from 'temporal-polyfill'
import { type FieldError, problem } from '../../words/problems.ts'
import { MINUTES_OF_DAY, openMinutes, type Span, spanOf } from './calendar.ts'
import { type CalendarDocument, type OpenWindow, weekdays } from './schema.ts'

const isZone = (name: string): boolean => {
  // an offset such as +08:00 is no zone, since it knows no changes of the clocks
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Temporal.ZonedDateTime(0n, name) !== undefined
  } catch {
    return false
  }
}

/** Windows of one day that open before the window before them has closed. */
const overlapsIn = (windows: readonly OpenWindow[], pointer: string): FieldError[] => {
  const spans = windows.map(spanOf)
  return spans.flatMap(([opens], i) => {
    const before = spans[i - 1]
    if (before === undefined || opens >= before[1]) return []
    return [{ pointer: `${pointer}/${i}/from`, code: 'overlap', detail: 'must not be before the end of the window before it' }]
  })
}

/** Days whose last window runs into the first one of the day after. */
const overrunsOf = ({ hours }: CalendarDocument): FieldError[] =>
  weekdays.flatMap((day, i) => {
    const last: Span | undefined = hours[day].map(spanOf).at(-1)
    const next: OpenWindow | undefined = hours[weekdays[(i + 1) % weekdays.length] ?? day][0]
    if (last === undefined || next === undefined || last[1] - MINUTES_OF_DAY <= spanOf(next)[0]) return []
    const pointer = `/hours/${day}/${hours[day].length - 1}/to`
    return [{ pointer, code: 'overlap', detail: 'must not be after the first opening of the next day' }]
  })

const minutesOfWeek = ({ hours }: CalendarDocument): number => openMinutes(weekdays.flatMap((day) => hours[day].map(spanOf)))

/** Refuses a business day that is longer than the open time of a whole week. */
const oversizedDay = (document: CalendarDocument): FieldError[] => {
  const { business_day_minutes } = document
  const ofWeek = minutesOfWeek(document)
  if (business_day_minutes === null || ofWeek === 0 || business_day_minutes <= ofWeek) return []
  return [{ pointer: '/business_day_minutes', code: 'too_large', detail: 'must not be more than is open in a week' }]
}

/** The least open time of a week: with less, a few business hours would take years. */
const LEAST_MINUTES = 60

const closedWeek = (document: CalendarDocument): FieldError[] => {
  const ofWeek = minutesOfWeek(document)
  if (ofWeek === 0) return [{ pointer: '/hours', code: 'never_open', detail: 'must have a window on one day at least' }]
  if (ofWeek >= LEAST_MINUTES) return []
  return [{ pointer: '/hours', code: 'hardly_open', detail: `must be open for ${LEAST_MINUTES} minutes a week at least` }]
}

const repeatedDays = (days: readonly { date: string }[], pointer: string): FieldError[] => {
  const seen = new Set<string>()
  return days.flatMap(({ date }, i) => {
    if (!seen.has(date)) {
      seen.add(date)
      return []
    }
    return [{ pointer: `${pointer}/${i}/date`, code: 'duplicates', detail: 'is in this list already' }]
  })
}

/** Every fault of a document that fits its schema. */
export const faultsOf = (document: CalendarDocument): FieldError[] => {
  const { time_zone, hours, holidays, workdays } = document
  const faults = [
    ...weekdays.flatMap((day) => overlapsIn(hours[day], `/hours/${day}`)),
    ...overrunsOf(document),
    ...oversizedDay(document),
    ...repeatedDays(holidays, '/holidays'),
    ...repeatedDays(workdays, '/workdays'),
    ...workdays.flatMap((day, i) => overlapsIn(day.hours ?? [], `/workdays/${i}/hours`)),
  ]
  if (!isZone(time_zone))
    faults.push({ pointer: '/time_zone', code: 'unknown_zone', detail: 'is not a time zone of the IANA list' })
  faults.push(...closedWeek(document))
  return faults
}

const MOST_ERRORS = 50

/** @throws Problem `validation_failed` (400) with a pointer to each fault */
export const checkDocument = (document: CalendarDocument): void => {
  const faults = faultsOf(document)
  if (faults.length === 0) return
  throw problem('validation_failed', 'This calendar does not fit together.', { errors: faults.slice(0, MOST_ERRORS) })
}
