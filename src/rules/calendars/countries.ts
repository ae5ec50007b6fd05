/**
 * Public holidays of any other country, computed from its rules. The library is large, so it is loaded when the first such calendar is written,
 * and most services never need it.
 */
import { createRequire } from 'node:module'
import { setImmediate as breath } from 'node:timers/promises'
import type { HolidaysTypes } from 'date-holidays'
import { HOUR } from '../../foundation/clock.ts'
import { invalidField } from '../../words/problems.ts'
import { COVERAGE_REVISION, coverageOf, yearsLookedUp } from './coverage.ts'
import type { NamedDay, PublicHolidays } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

const { name, version } = createRequire(import.meta.url)('date-holidays/package.json') as { name: string; version: string }
/** The library, and the revision of what is known of its coverage: after a change of either, calendars are looked up again. */
export const countriesSource = `${name} ${version} coverage ${COVERAGE_REVISION}`

/**
 * `2026-03-19 00:00:00 -0600`: a local date and time, and how much earlier the holiday begins: here six hours, at sunset of the day before.
 */
const WRITTEN = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: -(\d\d)(\d\d))?$/

/**
 * The local days of a holiday: those whose noon lies within it. So a holiday that begins at sunset counts from the next day, and a holiday
 * of half a day leaves its day open.
 */
const daysOf = ({ date, start, end, name }: HolidaysTypes.Holiday): NamedDay[] => {
  const [, day, time, hours = '0', minutes = '0'] = WRITTEN.exec(date) ?? []
  if (day === undefined) throw new Error(`a holiday at ${date}`)
  // local times taken as UTC: only differences matter, and the hour that a change of the clocks adds or takes does not reach noon
  const begins = Date.parse(`${day}T${time}Z`) - (Number(hours) + Number(minutes) / 60) * HOUR
  const ends = begins + (end.getTime() - start.getTime())
  const days: NamedDay[] = []
  for (let noon = Date.parse(`${new Date(begins).toISOString().slice(0, 10)}T12:00Z`); noon < ends; noon += 24 * HOUR) {
    if (noon > begins) days.push({ date: new Date(noon).toISOString().slice(0, 10), name })
  }
  return days
}

/**
 * The public holidays of a country, substitute days included, or of a region of it.
 * @throws Problem `validation_failed` (400) for a country or region that the library does not know
 */
export const holidaysOf = async ({ country, region }: PublicHolidays): Promise<ResolvedHolidays> => {
  const { default: Holidays } = await import('date-holidays')
  const known = new Holidays()
  if (!Object.hasOwn(known.getCountries(), country)) {
    throw invalidField('/public_holidays/country', 'unknown_country', 'is not a country whose holidays are known')
  }
  const [state, part] = region?.split('-') ?? []
  const isKnown =
    state === undefined ||
    (Object.hasOwn(known.getStates(country) ?? {}, state) &&
      (part === undefined || Object.hasOwn(known.getRegions(country, state) ?? {}, part)))
  if (!isKnown) {
    throw invalidField('/public_holidays/region', 'unknown_region', 'is not a region of this country whose holidays are known')
  }
  const holidays = new Holidays(
    { country, ...(state ? { state } : {}), ...(part ? { region: part } : {}) },
    { types: ['public'] },
  )
  const found = new Map<string, NamedDay>()
  const rules = new Set<string>()
  for (const year of yearsLookedUp) {
    // some rules follow the moon and cost milliseconds; other work gets a turn after each year
    await breath()
    for (const holiday of holidays.getHolidays(year)) {
      if (holiday.type !== 'public') continue
      rules.add(holiday.rule)
      for (const day of daysOf(holiday)) if (!found.has(day.date)) found.set(day.date, day)
    }
  }
  const { years, coverage } = coverageOf({ country, ...(region === undefined ? {} : { region }) }, rules)
  return {
    years: [...years],
    holidays: [...found.values()].sort((a, b) => (a.date < b.date ? -1 : 1)),
    workdays: [],
    source: countriesSource,
    coverage,
  }
}
