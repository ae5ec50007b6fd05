/** Days and times of day in a time zone. */
import { fail } from './text.js'

const formatOf = (zone) => {
  try {
    return new Intl.DateTimeFormat('en-CA', {
      timeZone: zone === 'local' ? undefined : zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch {
    return fail(`${zone} is no time zone of the IANA list, as Asia/Shanghai`)
  }
}

/** What a clock on the wall shows, as if it were UTC. */
const wallOf = (format, time) => {
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
}

export const nameOf = (zone) => formatOf(zone).resolvedOptions().timeZone

/** `2026-11-30 09:05`, by the clocks of the zone. */
export const localTime = (time, zone) =>
  new Date(wallOf(formatOf(zone), new Date(time))).toISOString().slice(0, 16).replace('T', ' ')

/** When the day of a moment ends in a zone, in UTC. */
export const endOfDay = (time, zone) => {
  const format = formatOf(zone)
  const midnight = new Date(wallOf(format, new Date(time))).setUTCHours(24, 0, 0, 0)
  // the offset of the zone changes at most once between a guess and the moment itself
  const guess = midnight - (wallOf(format, new Date(midnight)) - midnight)
  return new Date(guess - (wallOf(format, new Date(guess)) - midnight)).toISOString()
}
