/**
 * How stored calendars are read: versions are never changed, so those of years ago lack what was added since. Whatever reads one goes through
 * here, and the rest of the code knows whole ones only.
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

/** What a calendar means: its document and its days, with what was not there yet when they were stored. */
export const readRule = ({
  document,
  resolved,
}: Pick<StoredCalendarRow, 'document' | 'resolved'>): Pick<CalendarRow, 'document' | 'resolved'> => ({
  document: documentOf(document),
  resolved: resolved && readResolved(resolved),
})

/** From when a version holds; one from before this was stored, since it was written. */
export const readHoldsFrom = ({ holds_from, created_at }: Pick<StoredCalendarRow, 'holds_from' | 'created_at'>): Time =>
  holds_from ?? created_at

/** A whole row. */
export const readCalendar = (stored: StoredCalendarRow): CalendarRow => ({
  ...stored,
  ...readRule(stored),
  holds_from: readHoldsFrom(stored),
})
