/**
 * Business time: when it runs, how long it takes. A day's windows are local times. Their moments are worked out once and kept, and the time
 * zone is asked as seldom as possible: that costs more than everything else about a clock.
 */
import { Temporal } from 'temporal-polyfill'
import { DAY, LAST_MS, MINUTE, type Time, toMs, toTime } from '../../foundation/clock.ts'
import { createLru } from '../../foundation/process/lru.ts'
import { type CalendarDocument, type OpenWindow, weekdays } from './schema.ts'
import type { PublishedDays } from './table.ts'

export interface Calendar {
  /** Business milliseconds in one business day. */
  readonly dayMs: number
  /**
   * The moment at which `ms` of business time after `start` are used up. A start outside the windows counts from the next opening; time
   * that is used up at a closing ends at that closing. The result is at most ten years after the start, even if the time is not used up by
   * then: no calendar can keep a decision from being made, or a clock from falling due.
   */
  add(start: Time, ms: number): Time
  /** Business milliseconds between two moments; 0 when `to` is not after `from`. */
  between(from: Time, to: Time): number
  /** Whether business time runs: from an opening on, until just before the closing. */
  isOpen(at: Time): boolean
  /** The first open moment from `at` on: itself when open. Ten years later when there is none until then. */
  nextOpening(at: Time): Time
  /** The last open moment up to `at`: itself when open, else the closing before it. Ten years earlier when there is none since then. */
  lastOpen(at: Time): Time
  /** The local date of a moment, as `2026-11-30`. */
  dateOf(at: Time): string
  /** The local years between two moments whose public holidays are not known, ascending; none for a calendar without public holidays. */
  unpublishedYears(from: Time, to: Time): number[]
}

/** From opening to closing, in minutes after the midnight that begins the day; beyond 1440 it is the next day. */
export type Span = readonly [opens: number, closes: number]

/** From opening to closing, in epoch milliseconds. */
type Window = readonly [open: number, close: number]

export const MINUTES_OF_DAY = 1440
/** How far from its start a search goes. */
const FURTHEST_MS = 3653 * DAY
/** Days whose open time is summed up together, so that a long search passes over whole blocks. */
const BLOCK = 28
/** What is kept of one calendar: windows of days (a year's, in an ordinary week), and the sums of thirty years. */
const MOST_WINDOWS = 1000
const MOST_SUMS = 400

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** A closing that is not after the opening is on the next day. */
export const spanOf = ({ from, to }: OpenWindow): Span => {
  const [opens, closes] = [minutesOf(from), minutesOf(to)]
  return [opens, closes > opens ? closes : closes + MINUTES_OF_DAY]
}

/** How long windows are open in total, in minutes. */
export const openMinutes = (spans: readonly Span[]): number => spans.reduce((sum, [opens, closes]) => sum + closes - opens, 0)

/** Days since 1970-01-01 of a local date. */
const epochDayOf = (date: string): number => Date.parse(date) / DAY

/** 0 is Monday; 1970-01-01 was a Thursday. */
const weekdayOf = (epochDay: number): number => (((epochDay + 3) % 7) + 7) % 7

/**
 * The windows of each day: those of its weekday, unless a list names the date. A calendar's own lists win over the country's. A make-up
 * workday stands for a weekday, so it has the windows of the first day of the week that is open, not those of its own weekday.
 */
const spansByDay = (
  { hours, holidays, workdays }: CalendarDocument,
  resolved: PublishedDays | null,
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
 * Converts local times of a zone, given as a day and minutes after its midnight, to epoch milliseconds. A local time that a change of the
 * clocks skips or repeats is taken as Temporal's `compatible` does. Between two changes the offset is fixed, so the zone is asked once.
 */
const momentsIn = (timeZone: string) => {
  const midnight = Temporal.PlainDateTime.from('1970-01-01T00:00')
  let stretch = { from: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY, offset: 0 }
  return (epochDay: number, minutes: number): number => {
    const likely = epochDay * DAY + minutes * MINUTE - stretch.offset
    // of two moments with the same local time the earlier counts, so a moment before the next change is right
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
export const calendarOf = (document: CalendarDocument, resolved: PublishedDays | null): Calendar => {
  // the names of the days are not kept in memory: nothing below holds on to the document
  const { time_zone, public_holidays, complete_years, business_day_minutes } = document
  const { spansOf, longest } = spansByDay(document, resolved)
  const momentOf = momentsIn(time_zone)
  const closingOf = (epochDay: number): number =>
    Math.max(Number.NEGATIVE_INFINITY, ...spansOf(epochDay).map(([, closes]) => momentOf(epochDay, closes)))

  const windowsOf = (epochDay: number): Window[] => {
    const found: Window[] = []
    // in the hour that is skipped in spring, and on days with windows of their own, a window may reach into the next one
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
  const known = createLru<number, readonly Window[]>(MOST_WINDOWS)
  const knownWindowsOf = (epochDay: number): readonly Window[] => {
    const there = known.get(epochDay)
    if (there !== undefined) return there
    const found = windowsOf(epochDay)
    known.set(epochDay, found, 1 + found.length)
    return found
  }
  const sums = createLru<number, number>(MOST_SUMS)
  /** Open time of the days of a block, in milliseconds. The days themselves are not kept. */
  const sumOf = (firstDay: number): number => {
    const there = sums.get(firstDay)
    if (there !== undefined) return there
    let sum = 0
    for (let day = firstDay; day < firstDay + BLOCK; day++) for (const [open, close] of windowsOf(day)) sum += close - open
    sums.set(firstDay, sum)
    return sum
  }

  /**
   * The moment at which `ms` of open time after `from` are used up, or `stop` if that comes first.
   * @returns that moment, and how much of the time is left there
   */
  const useUp = (from: number, ms: number, stop: number): { at: number; rest: number } => {
    // a local day is at most one day away from UTC's, and the last window of the day before may still be open
    const first = Math.floor(from / DAY) - 2
    const last = Math.floor(stop / DAY) + 1
    let rest = ms
    for (let day = first; day <= last; day++) {
      // a block is passed over only if all of its windows lie between `from` and `stop`
      if (day % BLOCK === 0 && day >= first + 4 && day + BLOCK <= last - 3) {
        const sum = sumOf(day)
        if (sum < rest || sum === 0) {
          rest -= sum
          day += BLOCK - 1
          continue
        }
      }
      for (const [opened, closed] of knownWindowsOf(day)) {
        const open = Math.max(opened, from)
        const close = Math.min(closed, stop)
        if (close <= open) continue
        if (rest <= close - open) return { at: open + rest, rest: 0 }
        rest -= close - open
      }
    }
    return { at: stop, rest }
  }
  const addTo = (start: Time, ms: number): Time => {
    const from = toMs(start)
    return toTime(useUp(from, ms, Math.min(from + FURTHEST_MS, LAST_MS)).at)
  }
  const yearsBetween = yearsIn(momentOf)
  const published = new Set([...(resolved?.years ?? []), ...complete_years])

  return {
    dayMs: (business_day_minutes ?? longest) * MINUTE,
    add: addTo,
    between(from, to) {
      const [begin, end] = [toMs(from), toMs(to)]
      return end <= begin ? 0 : Number.MAX_SAFE_INTEGER - useUp(begin, Number.MAX_SAFE_INTEGER, end).rest
    },
    dateOf: (at) => Temporal.Instant.from(at).toZonedDateTimeISO(time_zone).toPlainDate().toString(),
    isOpen: (at) => addTo(at, 0) === at,
    nextOpening: (at) => addTo(at, 0),
    lastOpen(at) {
      const until = toMs(at)
      const stop = until - FURTHEST_MS
      // a local day is at most one day ahead of UTC's
      for (let day = Math.floor(until / DAY) + 1; day * DAY > stop; day--) {
        const window = knownWindowsOf(day).findLast(([open]) => open <= until)
        if (window !== undefined) return toTime(Math.min(until, window[1]))
      }
      return toTime(stop)
    },
    unpublishedYears: (from, to) =>
      public_holidays === null ? [] : yearsBetween(toMs(from), toMs(to)).filter((year) => !published.has(year)),
  }
}
