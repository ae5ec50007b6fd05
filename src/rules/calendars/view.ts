import type { CalendarWire } from './schema.ts'
import type { CalendarRow } from './table.ts'

/** `date-holidays 3.37.0 coverage 1` → `date-holidays 3.37.0`. */
const libraryOf = (source: string): string => source.split(' ').slice(0, 2).join(' ')

/** A calendar as everybody on the platform sees it, with the days that count. */
export const calendarView = ({ document, resolved, ...row }: CalendarRow): CalendarWire => ({
  name: row.name,
  ...document,
  published_years: resolved === null ? null : [...new Set([...resolved.years, ...document.complete_years])].sort((a, b) => a - b),
  coverage: resolved && {
    source: resolved.source === undefined ? null : libraryOf(resolved.source),
    method: resolved.coverage.method,
    summary: resolved.coverage.summary,
    missing: [...resolved.coverage.missing],
  },
  public_holiday_dates: [...(resolved?.holidays ?? [])],
  make_up_workdays: [...(resolved?.workdays ?? [])],
  version: row.version,
  holds_from: row.holds_from,
  created_at: row.created_at,
  created_by: row.created_by,
})
