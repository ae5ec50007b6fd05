/** What is called known is known: gone through country by country, over the data of the library itself. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import Holidays from 'date-holidays'
import t from 'tap'
import { COVERAGE_REVISION, coverageOf, knownCoverage } from '../../../src/rules/calendars/coverage.ts'
import { resolveHolidays } from '../../../src/rules/calendars/public-holidays.ts'
import type { Json } from '../../support/app.ts'

const library = path.join(import.meta.dirname, '../../../node_modules/date-holidays')
const data = JSON.parse(readFileSync(path.join(library, 'data/holidays.json'), 'utf8')) as { holidays: Record<string, Json> }
const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guide/calendars.md'), 'utf8')
const countries = Object.keys(data.holidays).filter((country) => country !== 'CN')

/** What the library says of the public holidays of two years, by itself. */
const said = new Map(
  countries.map((country) => {
    const asked = new Holidays({ country }, { types: ['public'] })
    return [country, [2026, 2027].flatMap((year) => asked.getHolidays(year)).filter(({ type }) => type === 'public')]
  }),
)

const ofCountry = (country: string) => coverageOf({ country }, new Set(said.get(country)?.map(({ rule }) => rule)))

/** Where some years have been checked by hand: those may be called published. */
const checked = Object.entries(knownCoverage).filter(([, { years }]) => years !== undefined)

t.test('the guide lists each country where it belongs', async (t) => {
  const found = new Map<string, string[]>([['announced', ['CN']]])
  for (const country of countries) {
    const { method } = ofCountry(country).coverage
    found.set(method, [...(found.get(method) ?? []), country].sort())
  }
  for (const [method, codes] of found) {
    const listed = new RegExp(`^- \`${method}\`: ([A-Z\\s]+)$`, 'm').exec(page)?.[1]?.trim().split(/\s+/)
    t.strictSame(listed, codes, method)
  }
  t.strictSame([...found.keys()].sort(), ['announced', 'computed', 'estimated', 'partial'])
})

t.test('a country with feasts by the moon has no published years but those that were checked', async (t) => {
  // the library writes days of such calendars with the sunset at which they begin; those of the Hebrew one are calculated
  const byTheMoon = countries.filter(
    (country) => country !== 'IL' && said.get(country)?.some(({ date }) => / -\d{4}$/.test(date)),
  )
  t.ok(byTheMoon.length > 60)
  for (const country of byTheMoon) t.strictSame(ofCountry(country).years, knownCoverage[country]?.years ?? [], country)
  for (const country of ['SA', 'AE', 'TR', 'EG', 'PK', 'NG', 'MA', 'IR']) t.ok(byTheMoon.includes(country), country)
})

t.test('feasts that the library lists year by year are known to end somewhere', async (t) => {
  const listed = new Set<string>()
  const look = (place: string, { days = {}, states = {}, regions = {} }: Json): void => {
    const years = Map.groupBy(
      Object.entries<Json>(days).filter(([rule, day]) => /^\d{4}-/.test(rule) && (day?.type ?? 'public') === 'public'),
      ([, day]) => day._name ?? JSON.stringify(day.name),
    )
    for (const dates of years.values()) if (new Set(dates.map(([rule]) => rule.slice(0, 4))).size > 2) listed.add(place)
    for (const [code, part] of Object.entries<Json>({ ...states, ...regions })) look(`${place}-${code}`, part)
  }
  for (const country of countries) look(country, data.holidays[country])
  // New Zealand's Act lists Matariki until 2052
  const unknown = [...listed].filter(
    (place) => place !== 'NZ' && !(place in knownCoverage) && !((place.split('-')[0] ?? '') in knownCoverage),
  )
  t.strictSame(unknown, [])
  t.ok(listed.has('TH') && listed.has('NZ') && listed.has('SH-TA'))
})

t.test('nothing is published that the library cannot know', async (t) => {
  const released = Number(/\((\d{4})-\d\d-\d\d\)/.exec(readFileSync(path.join(library, 'CHANGELOG.md'), 'utf8'))?.[1])
  t.ok(released >= 2026)
  for (const [country, { years = [] }] of checked) t.ok(Math.max(...years) <= released, country)
  t.strictSame(
    checked.map(([country]) => country),
    ['HK', 'LK', 'SG'],
    'each of these is written out below',
  )
  for (const [place, { method, missing }] of Object.entries(knownCoverage))
    t.ok(method === 'announced' || missing.length > 0, place)
})

/** `'01-01 04-03..07'`, in a year. */
const days = (year: number, text: string): string[] =>
  text.split(' ').flatMap((part) => {
    const [month = '', range = ''] = part.split('-')
    const [first = '', last = first] = range.split('..')
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, n) => `${year}-${month}-${String(Number(first) + n).padStart(2, '0')}`,
    )
  })

const announced: readonly (readonly [country: string, year: number, days: string])[] = [
  ['HK', 2023, '01-02 01-23..25 04-05 04-07..08 04-10 05-01 05-26 06-22 07-01 09-30 10-02 10-23 12-25..26'],
  ['HK', 2024, '01-01 02-10 02-12..13 03-29..30 04-01 04-04 05-01 05-15 06-10 07-01 09-18 10-01 10-11 12-25..26'],
  ['HK', 2025, '01-01 01-29..31 04-04 04-18..19 04-21 05-01 05-05 05-31 07-01 10-01 10-07 10-29 12-25..26'],
  ['HK', 2026, '01-01 02-17..19 04-03..04 04-06..07 05-01 05-25 06-19 07-01 09-26 10-01 10-19 12-25..26'],
  // the Sunday of Deepavali itself is not listed, its Monday is
  ['SG', 2023, '01-01..02 01-22..24 04-07 04-22 05-01 06-02 06-29 08-09 09-01 11-13 12-25'],
  ['SG', 2026, '01-01 02-17..18 03-21 04-03 05-01 05-27 05-31 06-01 08-09..10 11-08..09 12-25'],
  [
    'LK',
    2026,
    '01-01 01-03 01-15 02-01 02-04 02-15 03-02 03-21 04-01 04-03 04-13..14 05-01..02 05-28 05-30 06-29 07-29 08-26..27 09-26 10-25 11-08 11-24 12-23 12-25',
  ],
]

t.test('the years that were checked are as they were announced', async (t) => {
  const found = new Map<string, Awaited<ReturnType<typeof resolveHolidays>>>()
  for (const [country] of checked) found.set(country, await resolveHolidays({ country }))
  for (const [country, year, text] of announced) {
    const resolved = found.get(country)
    const dates = resolved?.holidays.map(({ date }) => date).filter((date) => date.startsWith(`${year}-`))
    t.strictSame(dates, days(year, text), `${country} ${year}`)
  }
  for (const [country, { years = [] }] of checked)
    t.strictSame(
      announced.filter(([place]) => place === country).map(([, year]) => year),
      years,
      country,
    )
})

t.test('regions', async (t) => {
  const method = async (country: string, region: string) => (await resolveHolidays({ country, region }))?.coverage.method
  t.equal(await method('AU', 'VIC'), 'partial', 'one that is known to lack something')
  t.equal(await method('AU', 'NSW'), 'computed', 'others have what their country has')
  t.equal(await method('DE', 'BY-A'), 'computed')
  t.equal(await method('IN', 'MH'), 'partial')
})

t.test('whoever changes what is known raises the revision, or calendars that stand would not hear of it', async (t) => {
  const customs = [
    '01-01',
    'easter 1',
    'orthodox',
    'julian 12-25',
    '1 Shawwal P3D',
    '15 Nisan',
    '1 Farvardin',
    'chinese 01-0-01',
    'bengali-revised 1-1',
    'march equinox',
  ]
  const told = customs.map((rule) => coverageOf({ country: 'XX' }, [rule]))
  const digest = createHash('sha256')
    .update(JSON.stringify([knownCoverage, told]))
    .digest('hex')
  t.strictSame([COVERAGE_REVISION, digest.slice(0, 16)], [1, '490f6a8d84aef774'])
})
