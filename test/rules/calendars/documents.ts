/** Calendars for tests: written out by hand, or any at all. */
import fc from 'fast-check'
import { faultsOf } from '../../../src/rules/calendars/check.ts'
import { type CalendarDocument, type OpenWindow, type Weekday, weekdays } from '../../../src/rules/calendars/schema.ts'
import type { PublishedDays } from '../../../src/rules/calendars/table.ts'

const closed: CalendarDocument['hours'] = {
  monday: [],
  tuesday: [],
  wednesday: [],
  thursday: [],
  friday: [],
  saturday: [],
  sunday: [],
}

/** `'09:00-12:00 13:00-18:00'`. */
export const windows = (text: string): OpenWindow[] =>
  text.split(' ').map((window) => {
    const [from = '', to = ''] = window.split('-')
    return { from, to }
  })

/** A week in which only these days are open, each as `windows` reads it. */
export const week = (days: Partial<Record<Weekday, string>>): CalendarDocument['hours'] => ({
  ...closed,
  ...Object.fromEntries(Object.entries(days).map(([day, text]) => [day, windows(text)])),
})

/** The same windows from Monday to Friday. */
export const fromMondayToFriday = (text: string): CalendarDocument['hours'] =>
  week(Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, text])))

/** Every day, around the clock or as given. */
export const everyDay = (text = '00:00-24:00'): CalendarDocument['hours'] =>
  week(Object.fromEntries(weekdays.map((day) => [day, text])))

export const document = (change: Partial<CalendarDocument> = {}): CalendarDocument => ({
  time_zone: 'Asia/Shanghai',
  hours: fromMondayToFriday('09:00-18:00'),
  public_holidays: null,
  holidays: [],
  workdays: [],
  complete_years: [],
  business_day_minutes: null,
  ...change,
})

export const zones = [
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]

const MINUTES = 1440

const text = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** Up to three windows within a day. */
const someWindows = fc
  .uniqueArray(
    fc.oneof(
      fc.integer({ min: 0, max: 24 }).map((hour) => hour * 60),
      fc.integer({ min: 0, max: MINUTES }),
    ),
    {
      minLength: 0,
      maxLength: 6,
    },
  )
  .map((minutes) => {
    const sorted = minutes.slice(0, minutes.length - (minutes.length % 2)).sort((a, b) => a - b)
    return Array.from({ length: sorted.length / 2 }, (_, i) => ({
      from: text(sorted[2 * i] ?? 0),
      to: text(sorted[2 * i + 1] ?? 0),
    }))
  })

/** Lets the last window of some days run over midnight, as far as to the next day's first one at most. */
const overMidnight = (days: OpenWindow[][], shares: readonly number[]): OpenWindow[][] =>
  days.map((day, i) => {
    const last = day.at(-1)
    const share = shares[i] ?? 0
    if (last === undefined || share === 0) return day
    const latest = [last.from, days[(i + 1) % 7]?.[0]?.from ?? last.from].sort()[0] ?? '00:00'
    const minutes = Number(latest.slice(0, 2)) * 60 + Number(latest.slice(3))
    return [...day.slice(0, -1), { from: last.from, to: text(Math.floor((minutes * share) / 100)) }]
  })

const hours = fc
  .tuple(
    fc.array(someWindows, { minLength: 7, maxLength: 7 }),
    fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })), { minLength: 7, maxLength: 7 }),
  )
  .map(([days, shares]) => overMidnight(days, shares))
  .filter((days) => days.some((day) => day.length > 0))
  .map((days) => Object.fromEntries(weekdays.map((day, i) => [day, days[i] ?? []])) as CalendarDocument['hours'])

export const dates = fc
  .integer({ min: Date.parse('2019-12-01'), max: Date.parse('2041-01-31') })
  .map((ms) => new Date(ms).toISOString().slice(0, 10))

const someDays = (maxLength: number) =>
  fc.uniqueArray(dates, { maxLength }).map((list) => list.map((date) => ({ date, name: date })))

/** A run of holidays, longer than any week. */
const longHoliday = fc.tuple(dates, fc.integer({ min: 8, max: 20 })).map(([first, length]) =>
  Array.from({ length }, (_, n) => new Date(Date.parse(first) + n * 86_400_000).toISOString().slice(0, 10)).map((date) => ({
    date,
    name: 'long',
  })),
)

export interface AnyCalendar {
  document: CalendarDocument
  resolved: PublishedDays | null
}

/** Any valid calendar. */
export const anyCalendar: fc.Arbitrary<AnyCalendar> = fc
  .record({
    time_zone: fc.constantFrom(...zones),
    hours,
    holidays: fc.oneof(someDays(20), longHoliday),
    workdays: fc
      .tuple(
        someDays(10),
        fc.array(
          fc.option(
            someWindows.filter((list) => list.length > 0),
            { nil: undefined },
          ),
          { minLength: 10, maxLength: 10 },
        ),
      )
      .map(([days, own]) => days.map((day, i) => ({ ...day, ...(own[i] === undefined ? {} : { hours: own[i] }) }))),
    business_day_minutes: fc.option(fc.integer({ min: 1, max: MINUTES })),
    published: fc.option(fc.record({ holidays: longHoliday, workdays: someDays(10) })),
  })
  .map(({ published, ...rest }) => ({
    document: { ...document(rest), public_holidays: published && { country: 'CN' } },
    resolved: published && { years: [2026], ...published },
  }))
  .filter(({ document }) => faultsOf(document).length === 0)
