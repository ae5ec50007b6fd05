import { Temporal } from 'temporal-polyfill'
import { DAY, type Time, toMs, toTime } from '../foundation/clock.ts'

/** Business time. What a richer calendar (holidays, make-up workdays, several windows) has to answer is just this. */
export interface Calendar {
  /** Business milliseconds in one full business day. */
  readonly dayMs: number
  /** The moment at which `ms` of business time after `start` are used up; a start outside the windows counts from the next opening. */
  add(start: Time, ms: number): Time
  /** Business milliseconds between two moments; 0 when `to` is not after `from`. */
  between(from: Time, to: Time): number
}

export interface WeeklyHours {
  /** IANA zone. */
  timeZone: string
  /** ISO weekdays, 1 = Monday. */
  weekdays: readonly number[]
  /** Local opening and closing time, `HH:MM`. */
  opens: string
  closes: string
}

/** From opening to closing, in epoch milliseconds. */
type Window = readonly [open: number, close: number]
const NEVER_OPEN: Window = [0, Number.NEGATIVE_INFINITY]

/** Days whose windows are kept, about three years: to work one out costs more than all else that a clock needs. */
const MOST_KNOWN = 1000

/** A calendar that repeats every week. */
export const weeklyCalendar = (hours: WeeklyHours): Calendar => {
  const opens = Temporal.PlainTime.from(hours.opens)
  const closes = Temporal.PlainTime.from(hours.closes)

  const windowOf = (epochDay: number): Window | undefined => {
    const day = Temporal.PlainDate.from('1970-01-01').add({ days: epochDay })
    if (!hours.weekdays.includes(day.dayOfWeek)) return undefined
    const at = (plainTime: Temporal.PlainTime): number =>
      day.toZonedDateTime({ timeZone: hours.timeZone, plainTime }).epochMilliseconds
    return [at(opens), at(closes)]
  }
  const known = new Map<number, Window | undefined>()
  const knownWindowOf = (epochDay: number): Window | undefined => {
    if (!known.has(epochDay)) {
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(epochDay, windowOf(epochDay))
    }
    return known.get(epochDay)
  }

  /** The windows that end after `from`, in order; one that is open at `from` begins there. */
  function* windows(from: number): Generator<Window> {
    // wherever the zone is, its day is not before yesterday's of UTC
    for (let day = Math.floor(from / DAY) - 1; ; day++) {
      const [open, close] = knownWindowOf(day) ?? NEVER_OPEN
      if (close > from) yield [Math.max(open, from), close]
    }
  }

  return {
    dayMs: opens.until(closes).total('milliseconds'),
    add(start, ms) {
      let rest = ms
      for (const [open, close] of windows(toMs(start))) {
        if (rest <= close - open) return toTime(open + rest)
        rest -= close - open
      }
      throw new Error('unreachable: windows never end')
    },
    between(from, to) {
      const end = toMs(to)
      let sum = 0
      for (const [open, close] of windows(toMs(from))) {
        if (open >= end) break
        sum += Math.min(close, end) - open
      }
      return sum
    },
  }
}

/** Monday to Friday, 09:00–18:00 in Shanghai. */
export const defaultCalendar: Calendar = weeklyCalendar({
  timeZone: 'Asia/Shanghai',
  weekdays: [1, 2, 3, 4, 5],
  opens: '09:00',
  closes: '18:00',
})
