/** Where the public holidays of a country come from. */
import { invalidField } from '../../words/problems.ts'
import { chineseHolidays, chineseSource } from './china.ts'
import { countriesSource, holidaysOf } from './countries.ts'
import type { PublicHolidays } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

/** The libraries with the versions that this instance uses. */
export const sourcesInUse = [chineseSource, countriesSource]

/**
 * The days of a country that count, to be stored with a calendar.
 * @throws Problem `validation_failed` (400) for a country or region that no source knows
 */
export const resolveHolidays = async (publicHolidays: PublicHolidays | null): Promise<ResolvedHolidays | null> => {
  if (publicHolidays === null) return null
  if (publicHolidays.country !== 'CN') return holidaysOf(publicHolidays)
  if (publicHolidays.region !== undefined) {
    throw invalidField('/public_holidays/region', 'unknown_region', 'China has the same public holidays everywhere')
  }
  return chineseHolidays()
}
