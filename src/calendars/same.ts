import { isDeepStrictEqual } from 'node:util'
import type { CalendarDocument } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

/** Whether two look-ups found the same days, whichever version of a library they asked. */
export const isSameDays = (a: ResolvedHolidays | null, b: ResolvedHolidays | null): boolean =>
  isDeepStrictEqual([a?.years, a?.holidays, a?.workdays], [b?.years, b?.holidays, b?.workdays])

/** Whether two versions of a calendar mean the same. */
export const isSameCalendar = (
  a: { document: CalendarDocument; resolved: ResolvedHolidays | null },
  b: { document: CalendarDocument; resolved: ResolvedHolidays | null },
): boolean => isDeepStrictEqual(a.document, b.document) && isSameDays(a.resolved, b.resolved)
