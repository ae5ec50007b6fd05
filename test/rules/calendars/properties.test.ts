/** What holds for any calendar, in any zone, at any moment from 2020 to 2040. */
import fc from 'fast-check'
import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { DAY, MINUTE, type Time, toMs, toTime } from '../../../src/foundation/clock.ts'
import { type Calendar, calendarOf } from '../../../src/rules/calendars/calendar.ts'
import { type CalendarDocument, weekdays } from '../../../src/rules/calendars/schema.ts'
import { type AnyCalendar, anyCalendar, dates } from './documents.ts'

const moments = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2041-01-01') }).map(toTime)

/** Near a change of the clocks in one of the zones: there most goes wrong. */
const changes = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-05T03:00:00Z',
  '2026-09-06T04:00:00Z',
  '2026-03-22T02:00:00Z',
]
const nearChanges = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * DAY, max: 2 * DAY }))
  .map(([change, by]) => toTime(Date.parse(change) + by))
const starts = fc.oneof(moments, nearChanges)

/** Business time up to some weeks, and now and then exactly full minutes. */
const lengths = fc.oneof(
  fc.integer({ min: 0, max: 60 * DAY }),
  fc.integer({ min: 0, max: 20_000 }).map((minutes) => minutes * MINUTE),
)

/** No more than fits into three years: a calendar may be open for a minute a week. */
const fitting = (calendar: Calendar, start: Time, ms: number): number => {
  const most = calendar.between(start, toTime(toMs(start) + 3 * 365 * DAY))
  return most === 0 ? 0 : ms % most
}

const holds = <Values extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof Values]: fc.Arbitrary<Values[K]> },
  property: (...values: Values) => boolean | undefined,
): void => {
  fc.assert(
    fc.property<Values>(...arbitraries, (...values) => property(...values) !== false),
    { numRuns: 400 },
  )
}

const open = ({ document, resolved }: AnyCalendar): Calendar => calendarOf(document, resolved)

await t.test('what is added is what is measured', async (t) => {
  holds([anyCalendar, starts, lengths], (any, start, length) => {
    const calendar = open(any)
    const ms = fitting(calendar, start, length)
    return calendar.between(start, calendar.add(start, ms)) === ms
  })
  t.pass()
})

await t.test('a due time is open time used up: never in a closed stretch, never before its start', async (t) => {
  holds([anyCalendar, starts, lengths], (any, start, length) => {
    const calendar = open(any)
    const ms = 1 + fitting(calendar, start, length)
    const due = calendar.add(start, ms)
    return due > start && calendar.lastOpen(due) === due && calendar.isOpen(toTime(toMs(due) - 1))
  })
  t.pass()
})

await t.test('more time ends later, and a later start never ends earlier', async (t) => {
  holds([anyCalendar, starts, lengths, lengths], (any, start, one, other) => {
    const calendar = open(any)
    const [a, b] = [fitting(calendar, start, one), fitting(calendar, start, other)]
    return a === b || calendar.add(start, a) < calendar.add(start, b) === a < b
  })
  holds([anyCalendar, starts, lengths, fc.integer({ min: 0, max: 30 * DAY })], (any, start, length, later) => {
    const calendar = open(any)
    const ms = fitting(calendar, start, length)
    return calendar.add(start, ms) <= calendar.add(toTime(toMs(start) + later), ms)
  })
  t.pass()
})

await t.test('time can be used up one part after the other', async (t) => {
  holds([anyCalendar, starts, lengths, lengths], (any, start, one, other) => {
    const calendar = open(any)
    const [a, b] = [fitting(calendar, start, one), 1 + fitting(calendar, start, other)]
    return calendar.add(calendar.add(start, a), b) === calendar.add(start, a + b)
  })
  t.pass()
})

await t.test('a stretch is the sum of its parts, never negative, never longer than it lasts', async (t) => {
  holds([anyCalendar, starts, fc.integer({ min: 0, max: 40 * DAY }), fc.integer({ min: 0, max: 40 * DAY })], (any, a, x, y) => {
    const { between } = open(any)
    const [b, c] = [toTime(toMs(a) + x), toTime(toMs(a) + x + y)]
    const parts = [between(a, b), between(b, c)] as const
    return between(a, c) === parts[0] + parts[1] && parts.every((ms) => ms >= 0) && parts[0] <= x && parts[1] <= y
  })
  holds([anyCalendar, starts, fc.integer({ min: 0, max: 40 * DAY })], (any, at, back) => {
    return open(any).between(at, toTime(toMs(at) - back)) === 0
  })
  t.pass()
})

await t.test('years are the sum of their weeks', async (t) => {
  const years = fc.integer({ min: 0, max: 6 * 365 * DAY })
  fc.assert(
    fc.property(anyCalendar, starts, years, (any, from, length) => {
      const calendar = open(any)
      const to = toTime(toMs(from) + length)
      let sum = 0
      for (let at = toMs(from); at < toMs(to); at += 7 * DAY)
        sum += calendar.between(toTime(at), toTime(Math.min(at + 7 * DAY, toMs(to))))
      if (calendar.between(from, to) !== sum) return false
      const used = calendar.add(from, sum)
      // from the last closing on nothing was used up
      return sum === 0 || (used <= to && calendar.between(used, to) === 0)
    }),
    { numRuns: 150 },
  )
  t.pass()
})

await t.test('between an opening and the closing before it nothing is open', async (t) => {
  holds([anyCalendar, starts], (any, at) => {
    const { isOpen, nextOpening, lastOpen, between } = open(any)
    const [last, next] = [lastOpen(at), nextOpening(at)]
    if (isOpen(at)) return last === at && next === at
    const closing = toMs(last)
    return last <= at && at < next && between(last, next) === 0 && isOpen(next) && isOpen(toTime(closing - 1)) && !isOpen(last)
  })
  t.pass()
})

await t.test('a holiday added later moves only what spans it', async (t) => {
  const nearby = fc.integer({ min: -5, max: 40 })
  let moved = 0
  let stayed = 0
  holds([anyCalendar, starts, lengths, nearby], (any, start, length, days) => {
    const { document } = any
    const calendar = open(any)
    const ms = fitting(calendar, start, length)
    const local = Temporal.Instant.from(start).toZonedDateTimeISO(document.time_zone)
    const day = local.toPlainDate().add({ days })
    const date = day.toString()
    if ([...document.holidays, ...document.workdays].some((known) => known.date === date)) return undefined
    const later = calendarOf({ ...document, holidays: [...document.holidays, { date, name: 'new' }] }, any.resolved)

    const due = calendar.add(start, ms)
    const dueThen = later.add(start, ms)
    const midnight = (n: number): Time => toTime(day.add({ days: n }).toZonedDateTime(document.time_zone).epochMilliseconds)
    // a window that opens on that day may run through the next one
    const spans = due > midnight(0) && start < midnight(2)
    const used = calendar.between(start, due) - later.between(start, due)
    if (dueThen === due) stayed++
    else moved++
    if (!spans) return dueThen === due && used === 0
    // it moves just when it used time of that day; what fell due at a start outside of the windows is the opening
    return ms === 0 ? dueThen >= due : dueThen > due === used > 0
  })
  t.ok(moved > 20, `${moved} moved`)
  t.ok(stayed > 20, `${stayed} stayed`)
})

/** Whether a local clock says it is open; its zone does not change its clocks nearby. */
const isOpenByClock = ({ document, resolved }: AnyCalendar, at: Time): boolean => {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(document.time_zone)
  const isIn = (list: readonly { date: string }[] | undefined, date: string) => list?.some((day) => day.date === date) ?? false
  const windowsOn = (day: Temporal.PlainDate) => {
    const date = day.toString()
    const usual = weekdays.map((name) => document.hours[name]).find((list) => list.length > 0)
    const own: CalendarDocument['workdays'][number] | undefined = document.workdays.find((workday) => workday.date === date)
    if (own !== undefined) return own.hours ?? usual ?? []
    if (isIn(document.holidays, date)) return []
    if (isIn(resolved?.workdays, date)) return usual ?? []
    if (isIn(resolved?.holidays, date)) return []
    return document.hours[weekdays[day.dayOfWeek - 1] ?? 'monday']
  }
  const today = local.toPlainDate()
  const clock = local.toPlainTime().toString().slice(0, 5)
  const overMidnight = ({ from, to }: { from: string; to: string }) => to <= from
  return (
    windowsOn(today).some((window) => window.from <= clock && (overMidnight(window) || clock < window.to)) ||
    windowsOn(today.subtract({ days: 1 })).some((window) => overMidnight(window) && clock < window.to)
  )
}

await t.test('where no clocks change, it is open when the clock on the wall says so', async (t) => {
  let [opened, closed] = [0, 0]
  holds([anyCalendar, moments], (any, at) => {
    const offsets = [-2, 2].map((days) => {
      const near = Temporal.Instant.fromEpochMilliseconds(toMs(at) + days * DAY)
      return near.toZonedDateTimeISO(any.document.time_zone).offset
    })
    if (offsets[0] !== offsets[1]) return undefined
    const expected = isOpenByClock(any, at)
    if (expected) opened++
    else closed++
    return open(any).isOpen(at) === expected
  })
  t.ok(opened > 50, `${opened} open`)
  t.ok(closed > 50, `${closed} closed`)
})

await t.test('a calendar that has seen many years answers as a new one does', async (t) => {
  fc.assert(
    fc.property(anyCalendar, fc.array(fc.tuple(starts, dates), { minLength: 2, maxLength: 6 }), (any, asked) => {
      const calendar = open(any)
      return asked.every(([start, date]) => {
        const [from, to] = [start, toTime(Date.parse(date))].sort() as [Time, Time]
        return calendar.between(from, to) === open(any).between(from, to)
      })
    }),
    { numRuns: 25 },
  )
  t.pass()
})
