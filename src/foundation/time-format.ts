import { type Time, toMs, toTime } from './clock.ts'

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * RFC 3339 as this service takes it: a real date and time of day with `Z` or an offset, in the years 1 to 9999 once moved to UTC.
 * No 24:00, no leap second, no 30 February: nothing that a `Date` refuses or silently moves.
 */
export const isDateTime = (text: string): boolean => {
  const wall = RFC_3339.exec(text)?.[1]
  if (wall === undefined) return false
  const wallMs = Date.parse(`${wall}Z`)
  const isReal = !Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(wall)
  const ms = Date.parse(text)
  return isReal && ms >= EARLIEST && ms <= LATEST
}

/** Whether a text is a time in exactly the form that rows and answers have. */
export const isTime = (text: string): text is Time => isDateTime(text) && toTime(toMs(text)) === text
