import { Temporal } from 'temporal-polyfill'
import { type Time, toMs, toTime } from '../foundation/clock.ts'

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

/** A calendar that repeats every week. */
export const weeklyCalendar = (hours: WeeklyHours): Calendar => {
  const opens = Temporal.PlainTime.from(hours.opens)
  const closes = Temporal.PlainTime.from(hours.closes)

  /** The windows that end after `from`, in order, as [open, close] in epoch milliseconds. */
  function* windows(from: number): Generator<[number, number]> {
    let day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(hours.timeZone).toPlainDate()
    for (;;) {
      if (hours.weekdays.includes(day.dayOfWeek)) {
        const at = (plainTime: Temporal.PlainTime): number =>
          day.toZonedDateTime({ timeZone: hours.timeZone, plainTime }).epochMilliseconds
        const close = at(closes)
        if (close > from) yield [Math.max(at(opens), from), close]
      }
      day = day.add({ days: 1 })
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
