import { Temporal } from 'temporal-polyfill'
import { DAY } from '../../foundation/clock.ts'

/**
 * Milliseconds of an ISO 8601 duration in weeks, days (of 24 hours), hours, minutes and seconds; `undefined` for anything else:
 * years and months have no fixed length, and less than a millisecond moves no clock.
 */
export const durationMs = (text: string): number | undefined => {
  let duration: Temporal.Duration
  try {
    duration = Temporal.Duration.from(text)
  } catch {
    return undefined
  }
  if (duration.years !== 0 || duration.months !== 0) return undefined
  const days = duration.weeks * 7 + duration.days
  const ms = days * DAY + Math.floor(duration.with({ weeks: 0, days: 0 }).total('milliseconds'))
  return ms >= 1 ? ms : undefined
}

/** `P7D`, `P1DT2H30M`, `PT0S`. */
export const durationText = (ms: number): string =>
  Temporal.Duration.from({ milliseconds: ms }).round({ largestUnit: 'days' }).toString()
