/** What the libraries say, against what was announced. */
import chineseDays from 'chinese-days'
import t, { type Test } from 'tap'
import { DAY, toTime } from '../../../src/foundation/clock.ts'
import { calendarOf } from '../../../src/rules/calendars/calendar.ts'
import { chineseHolidays } from '../../../src/rules/calendars/china.ts'
import { birthCalendars, defaultCalendars } from '../../../src/rules/calendars/default-calendars.ts'
import { resolveHolidays } from '../../../src/rules/calendars/public-holidays.ts'
import type { NamedDay } from '../../../src/rules/calendars/schema.ts'
import type { Problem } from '../../../src/words/problems.ts'

const datesIn = (year: number, days: readonly NamedDay[]): string[] =>
  days.map(({ date }) => date).filter((date) => date.startsWith(`${year}-`))

/** `'01-01..03 02-28'` in 2026. */
const in2026 = (text: string): string[] =>
  text.split(' ').flatMap((part) => {
    const [month = '', days = ''] = part.split('-')
    const [first = '', last = first] = days.split('..')
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, n) => `2026-${month}-${String(Number(first) + n).padStart(2, '0')}`,
    )
  })

await t.test('China in 2026, as the State Council announced it', async (t) => {
  const { years, holidays, workdays } = chineseHolidays()
  t.strictSame(datesIn(2026, holidays), in2026('01-01..03 02-15..23 04-04..06 05-01..05 06-19..21 09-25..27 10-01..07'))
  t.strictSame(datesIn(2026, workdays), in2026('01-04 02-14 02-28 05-09 09-20 10-10'))
  t.strictSame(years.slice(0, 7), [2020, 2021, 2022, 2023, 2024, 2025, 2026], 'from 2020 on, each year')
  t.strictSame(
    holidays.filter(({ date }) => date < '2020').concat(workdays.filter(({ date }) => date < '2020')),
    [],
    'nothing earlier',
  )
  t.strictSame(
    holidays.find(({ date }) => date === '2026-10-01'),
    { date: '2026-10-01', name: '国庆节' },
  )
})

await t.test('for every day of every announced year the calendar agrees with the library', async (t) => {
  const { years } = chineseHolidays()
  const { isOpen } = calendarOf(defaultCalendars.china, chineseHolidays())
  const differences: string[] = []
  for (const year of years) {
    // noon in Shanghai
    for (let ms = Date.UTC(year, 0, 1, 4); ms < Date.UTC(year + 1, 0, 1); ms += DAY) {
      const date = toTime(ms).slice(0, 10)
      if (isOpen(toTime(ms)) !== chineseDays.isWorkday(date)) differences.push(date)
    }
  }
  t.strictSame(differences, [])
  t.ok(chineseDays.isWorkday('2036-10-01'), 'which by itself does not say when it has no data')
  t.notOk(years.includes(2036))
})

await t.test('a platform is born with three calendars', async (t) => {
  t.strictSame(
    birthCalendars().map(({ name, resolved }) => [name, resolved !== null]),
    [
      ['china', true],
      ['weekdays', false],
      ['always', false],
    ],
  )
})

const daysOf = async (country: string, region?: string): Promise<string[]> => {
  const resolved = await resolveHolidays({ country, ...(region === undefined ? {} : { region }) })
  return datesIn(2026, resolved?.holidays ?? [])
}

await t.test('other countries, and their regions', async (t) => {
  t.strictSame(await daysOf('DE', 'BE'), in2026('01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 12-25..26'), 'Berlin')
  t.strictSame(await daysOf('DE'), in2026('01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25..26'), 'Germany has no 8 March')
  t.ok((await daysOf('DE', 'BY-A')).includes('2026-08-08'), 'Augsburg in Bavaria has its own')
  t.strictSame((await daysOf('US')).slice(5, 7), in2026('07-03..04'), 'a substitute day before a Saturday')
  t.ok((await daysOf('JP')).includes('2026-05-06'), 'a substitute day some days later')
  t.strictSame(
    (await daysOf('VN')).filter((date) => date.startsWith('2026-02')),
    in2026('02-16..20'),
    'five days of Tết',
  )
  t.strictSame(
    (await daysOf('TR')).filter((date) => date >= '2026-05-20' && date < '2026-06-10'),
    in2026('05-27..30'),
    'a feast that begins at sunset counts from the next day, to the last full one',
  )
  t.notOk((await daysOf('IS')).includes('2026-12-24'), 'half a holiday leaves its day open')
  t.strictSame(await resolveHolidays(null), null)
})

await t.test('computed years are 2020 to 2050, once each day, in order', async (t) => {
  const resolved = await resolveHolidays({ country: 'DE', region: 'BE' })
  t.strictSame(
    resolved?.years,
    Array.from({ length: 31 }, (_, n) => 2020 + n),
  )
  const dates = resolved?.holidays.map(({ date }) => date) ?? []
  t.strictSame(dates, [...new Set(dates)].sort())
  t.ok(dates.includes('2020-05-08'), 'a holiday of one year alone')
  t.ok(dates.includes('2050-12-26'))
})

const refused = (t: Test, country: string, region: string | undefined, pointer: string, code: string) =>
  t.rejects(
    daysOf(country, region),
    { code: 'validation_failed', extras: { errors: [{ pointer, code }] } } as unknown as Problem,
    `${country} ${region ?? ''}`,
  )

await t.test('what no library knows is refused', async (t) => {
  await refused(t, 'XX', undefined, '/public_holidays/country', 'unknown_country')
  await refused(t, 'DE', 'XX', '/public_holidays/region', 'unknown_region')
  await refused(t, 'DE', 'BY-XX', '/public_holidays/region', 'unknown_region')
  await refused(t, 'DE', 'toString', '/public_holidays/region', 'unknown_region')
  await refused(t, 'CN', 'SH', '/public_holidays/region', 'unknown_region')
  await refused(t, 'SG', 'XX', '/public_holidays/region', 'unknown_region')
})
