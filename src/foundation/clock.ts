/**
 * The one clock. Nothing else in the code base asks the machine for the time: a `Clock` is handed in, and tests hand in one they can move.
 *
 * Times are RFC 3339 strings in UTC with exactly three decimals (`2026-11-21T19:16:00.000Z`): the same text on the wire, in rows and
 * in code, comparable with `<`, and free of the microseconds that a JavaScript `Date` would lose.
 */
export type Time = string

/** The text Postgres and rows use for "never"; it sorts after every time. */
export const NEVER: Time = 'infinity'

export interface Clock {
  /** Milliseconds since the epoch, real time. */
  nowMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now() }

export const toTime = (ms: number): Time => new Date(ms).toISOString()

export const toMs = (time: Time): number => Date.parse(time)

/** The last moment that a `Time` can tell: years have four digits. */
export const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

/** Adds milliseconds, up to the last moment that a `Time` can tell. */
export const addMs = (time: Time, ms: number): Time => toTime(Math.min(toMs(time) + ms, LAST_MS))

export const earliest = (times: readonly Time[]): Time | undefined =>
  times.reduce<Time | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)

/**
 * The wire form of a time that is in UTC already; `undefined` for all other texts. A shortcut without parsing: Postgres prints nearly all
 * times in UTC, and a page of a list has a hundred of them.
 */
const inUtc = (text: string): Time | undefined => {
  const end = text.endsWith('+00') ? text.length - 3 : text.endsWith('+00:00') ? text.length - 6 : 0
  if (end < 19 || text[4] !== '-') return undefined
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, Math.min(end, 23)).padEnd(3, '0')}Z`
}

/** The wire form of any time that Postgres prints (`2026-11-21 19:16:00.1+00`, `2026-11-21T19:16:00+00:00`) or a caller sends. */
export const normaliseTime = (text: string): Time => {
  if (text === 'infinity') return NEVER
  return inUtc(text) ?? toTime(Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')))
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
