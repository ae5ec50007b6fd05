import { isDeepStrictEqual } from 'node:util'
import type { ResolvedHolidays } from './table.ts'

/** Whether two look-ups found the same days and know as much of them, whichever version of a library they asked. */
export const isSameDays = (a: ResolvedHolidays | null, b: ResolvedHolidays | null): boolean =>
  isDeepStrictEqual([a?.years, a?.holidays, a?.workdays, a?.coverage], [b?.years, b?.holidays, b?.workdays, b?.coverage])
