/**
 * How stored calendars are read. Versions are never changed, so old ones lack fields that were added since. Every read goes through here,
 * so the rest of the code sees complete calendars only.
 */
import type { Time } from '../../foundation/clock.ts'
import { isOfChina } from './china.ts'
import { announcedByChina, unrecorded } from './coverage.ts'
import { documentOf } from './schema.ts'
import type { CalendarRow, ResolvedHolidays, StoredCalendarRow, StoredHolidays } from './table.ts'

const readResolved = (stored: StoredHolidays): ResolvedHolidays => ({
  ...stored,
  coverage: stored.coverage ?? (isOfChina(stored.source) ? announcedByChina : unrecorded),
})

/** The document and the days of a calendar, completed with the fields that did not exist when they were stored. */
export const readRule = ({
  document,
  resolved,
}: Pick<StoredCalendarRow, 'document' | 'resolved'>): Pick<CalendarRow, 'document' | 'resolved'> => ({
  document: documentOf(document),
  resolved: resolved && readResolved(resolved),
})

/** From when a version holds. Versions from before this was stored hold from when they were written. */
export const readHoldsFrom = ({ holds_from, created_at }: Pick<StoredCalendarRow, 'holds_from' | 'created_at'>): Time =>
  holds_from ?? created_at

/** A complete row. */
export const readCalendar = (stored: StoredCalendarRow): CalendarRow => ({
  ...stored,
  ...readRule(stored),
  holds_from: readHoldsFrom(stored),
})
