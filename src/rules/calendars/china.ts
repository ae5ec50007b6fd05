/** China's public holidays and make-up workdays (调休), as the State Council announces them each autumn for the year to come. */
import { createRequire } from 'node:module'
import published from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import { announcedByChina } from './coverage.ts'
import type { NamedDay } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

const { name, version } = createRequire(import.meta.url)('chinese-days/package.json') as { name: string; version: string }
export const chineseSource = `${name} ${version}`

/** Whether a source is this library, in any version. */
export const isOfChina = (source: string | undefined): boolean => source?.split(' ')[0] === name

const FIRST_YEAR = 2020

/** `National Day,国庆节,3` → `国庆节`. */
const nameOf = (description: string): string => description.split(',')[1] ?? description

/**
 * The days of all years that have been announced, from 2020 on. They come from the library's list, not from its functions: for a year that
 * is not on the list, those answer by weekday alone and do not say so.
 */
export const chineseHolidays = (): ResolvedHolidays => {
  const announced: Record<string, string> = published.holidays
  // The announcement of a year may name a day or two of the next one, so a year counts as announced only with its National Day.
  const years = Object.keys(announced)
    .filter((date) => date.endsWith('-10-01'))
    .map((date) => Number(date.slice(0, 4)))
    .filter((year) => year >= FIRST_YEAR)
    .sort((a, b) => a - b)
  const listed = (days: Record<string, string>): NamedDay[] =>
    Object.entries(days)
      .filter(([date]) => Number(date.slice(0, 4)) >= FIRST_YEAR)
      .map(([date, description]) => ({ date, name: nameOf(description) }))
      .sort((a, b) => (a.date < b.date ? -1 : 1))
  return {
    years,
    holidays: listed(published.holidays),
    workdays: listed(published.workdays),
    source: chineseSource,
    coverage: announcedByChina,
  }
}
