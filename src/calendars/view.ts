import type { CalendarWire } from './schema.ts'
import type { CalendarRow } from './table.ts'

/** A calendar as everybody on the platform sees it, with the days that count. */
export const calendarView = ({ document, resolved, ...row }: CalendarRow): CalendarWire => ({
  name: row.name,
  ...document,
  published_years: resolved === null ? null : [...new Set([...resolved.years, ...document.complete_years])].sort((a, b) => a - b),
  public_holiday_dates: [...(resolved?.holidays ?? [])],
  make_up_workdays: [...(resolved?.workdays ?? [])],
  version: row.version,
  created_at: row.created_at,
  created_by: row.created_by,
})
