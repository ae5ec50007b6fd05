/**
 * Business time: when it runs, how long it takes. A day's windows are local times; the moments they come to are worked out once and kept,
 * and the zone is asked as seldom as can be, since that costs more than all else that a clock needs.
 */
import { Temporal } from 'temporal-polyfill'
import { DAY, MINUTE, type Time, toMs, toTime } from '../foundation/clock.ts'
import { type CalendarDocument, type OpenWindow, weekdays } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

export interface Calendar {
  /** Business milliseconds in one business day. */
  readonly dayMs: number
  /**
   * The moment at which `ms` of business time after `start` are used up. A start outside the windows counts from the next opening; what
   * falls on a window's end is that end.
   */
  add(start: Time, ms: number): Time
  /** Business milliseconds between two moments; 0 when `to` is not after `from`. */
  between(from: Time, to: Time): number
  /** Whether business time runs: from an opening on, until just before the closing. */
  isOpen(at: Time): boolean
  /** The first open moment from `at` on: itself when open. */
  nextOpening(at: Time): Time
  /** The last open moment up to `at`: itself when open, else the closing before it. */
  lastOpen(at: Time): Time
  /** Local years that the stretch touches and whose public holidays are not known, ascending; none for a calendar without public holidays. */
  unpublishedYears(from: Time, to: Time): number[]
}

/** From opening to closing, in minutes after the midnight that begins the day; beyond 1440 it is the next day. */
export type Span = readonly [opens: number, closes: number]

/** From opening to closing, in epoch milliseconds. */
type Window = readonly [open: number, close: number]

export const MINUTES_OF_DAY = 1440
/** Days that are kept, about three years. */
const MOST_KNOWN = 1000

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** A closing that is not after the opening is on the next day. */
export const spanOf = ({ from, to }: OpenWindow): Span => {
  const [opens, closes] = [minutesOf(from), minutesOf(to)]
  return [opens, closes > opens ? closes : closes + MINUTES_OF_DAY]
}

/** How long windows are open together, in minutes. */
export const openMinutes = (spans: readonly Span[]): number => spans.reduce((sum, [opens, closes]) => sum + closes - opens, 0)

/** Days since 1970-01-01 of a local date. */
const epochDayOf = (date: string): number => Date.parse(date) / DAY

/** 0 is Monday; 1970-01-01 was a Thursday. */
const weekdayOf = (epochDay: number): number => (((epochDay + 3) % 7) + 7) % 7

/** What a day has: the windows of its weekday, unless something is said about that very day. A calendar's own lists win over the country's. */
const spansByDay = (
  { hours, holidays, workdays }: CalendarDocument,
  resolved: ResolvedHolidays | null,
): { spansOf: (epochDay: number) => readonly Span[]; longest: number } => {
  const week = weekdays.map((day) => hours[day].map(spanOf))
  const firstOpen = week.find((spans) => spans.length > 0)
  if (firstOpen === undefined) throw new Error('a calendar without any open hours')
  const special = new Map<number, readonly Span[]>()
  for (const { date } of resolved?.holidays ?? []) special.set(epochDayOf(date), [])
  for (const { date } of resolved?.workdays ?? []) special.set(epochDayOf(date), firstOpen)
  for (const { date } of holidays) special.set(epochDayOf(date), [])
  for (const { date, hours: own } of workdays) special.set(epochDayOf(date), own?.map(spanOf) ?? firstOpen)
  return {
    spansOf: (epochDay) => special.get(epochDay) ?? week[weekdayOf(epochDay)] ?? [],
    longest: Math.max(...week.map(openMinutes)),
  }
}

/**
 * Local times of a zone, as minutes after the midnight that begins a day, in epoch milliseconds; one that its clocks leave out or show twice
 * as Temporal's `compatible` has it. Between two changes of the clocks both are a fixed time apart.
 */
const momentsIn = (timeZone: string) => {
  const midnight = Temporal.PlainDateTime.from('1970-01-01T00:00')
  let stretch = { from: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY, offset: 0 }
  return (epochDay: number, minutes: number): number => {
    const likely = epochDay * DAY + minutes * MINUTE - stretch.offset
    // of two moments with the same local time the earlier counts, so one before the next change is the one
    if (likely >= stretch.from && likely < stretch.until) return likely
    const zoned = midnight.add({ days: epochDay, minutes }).toZonedDateTime(timeZone)
    const at = zoned.epochMilliseconds
    if (at < stretch.from || at >= stretch.until) {
      const until = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY
      stretch = { from: at, until, offset: zoned.offsetNanoseconds / 1e6 }
    }
    return at
  }
}

/** The local years that a stretch of time touches, ascending. */
const yearsIn = (momentOf: (epochDay: number, minutes: number) => number) => {
  const begins = new Map<number, number>()
  const beginOf = (year: number): number => {
    const begin = begins.get(year) ?? momentOf(Date.UTC(year, 0, 1) / DAY, 0)
    begins.set(year, begin)
    return begin
  }
  const yearAt = (ms: number): number => {
    const year = new Date(ms).getUTCFullYear()
    if (ms < beginOf(year)) return year - 1
    return ms < beginOf(year + 1) ? year : year + 1
  }
  return (from: number, to: number): number[] => {
    const first = yearAt(from)
    // what ends with the year does not touch the next one
    const last = yearAt(Math.max(from, to - 1))
    return Array.from({ length: last - first + 1 }, (_, n) => first + n)
  }
}

/**
 * The calendar of a document that has been found valid, with the public holidays that were stored with it.
 * Times that two windows share, as where clocks are set forward, count once.
 */
export const calendarOf = (document: CalendarDocument, resolved: ResolvedHolidays | null): Calendar => {
  const { spansOf, longest } = spansByDay(document, resolved)
  const momentOf = momentsIn(document.time_zone)
  const closingOf = (epochDay: number): number =>
    Math.max(Number.NEGATIVE_INFINITY, ...spansOf(epochDay).map(([, closes]) => momentOf(epochDay, closes)))

  const windowsOf = (epochDay: number): Window[] => {
    const found: Window[] = []
    // in the hour that is left out in spring, and on special days, a window may reach into the one after it
    let taken = closingOf(epochDay - 1)
    for (const [opens, closes] of spansOf(epochDay)) {
      const open = Math.max(taken, momentOf(epochDay, opens))
      const close = momentOf(epochDay, closes)
      if (close <= open) continue
      found.push([open, close])
      taken = close
    }
    return found
  }
  const known = new Map<number, readonly Window[]>()
  const knownWindowsOf = (epochDay: number): readonly Window[] => {
    const there = known.get(epochDay)
    if (there !== undefined) return there
    if (known.size >= MOST_KNOWN) known.clear()
    const found = windowsOf(epochDay)
    known.set(epochDay, found)
    return found
  }

  /** The windows that end after `from`, in order. */
  function* windows(from: number): Generator<Window> {
    // wherever the zone is, its day is not before yesterday's of UTC, and yesterday's last window may still be open
    for (let day = Math.floor(from / DAY) - 2; ; day++) {
      for (const window of knownWindowsOf(day)) if (window[1] > from) yield window
    }
  }
  const firstOpenMs = (at: number): number => {
    for (const [open] of windows(at)) return Math.max(open, at)
    throw new Error('unreachable: windows never end')
  }
  const yearsBetween = yearsIn(momentOf)
  const published = new Set([...(resolved?.years ?? []), ...document.complete_years])

  return {
    dayMs: (document.business_day_minutes ?? longest) * MINUTE,
    add(start, ms) {
      const from = toMs(start)
      let rest = ms
      for (const [opened, close] of windows(from)) {
        const open = Math.max(opened, from)
        if (rest <= close - open) return toTime(open + rest)
        rest -= close - open
      }
      throw new Error('unreachable: windows never end')
    },
    between(from, to) {
      const [begin, end] = [toMs(from), toMs(to)]
      let sum = 0
      for (const [open, close] of windows(begin)) {
        if (open >= end) break
        sum += Math.min(close, end) - Math.max(open, begin)
      }
      return Math.max(0, sum)
    },
    isOpen: (at) => firstOpenMs(toMs(at)) === toMs(at),
    nextOpening: (at) => toTime(firstOpenMs(toMs(at))),
    lastOpen(at) {
      const until = toMs(at)
      // wherever the zone is, its day is not after tomorrow's of UTC
      for (let day = Math.floor(until / DAY) + 1; ; day--) {
        const window = knownWindowsOf(day).findLast(([open]) => open <= until)
        if (window !== undefined) return toTime(Math.min(until, window[1]))
      }
    },
    unpublishedYears: (from, to) =>
      document.public_holidays === null ? [] : yearsBetween(toMs(from), toMs(to)).filter((year) => !published.has(year)),
  }
}
