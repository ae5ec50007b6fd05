import { v7 } from 'uuid'
import { systemClock } from './clock.ts'

const BYTES = 16

/** Random bytes for many ids: asking the system for those of one takes ten times as long as to make the id. */
const pool = new Uint8Array(256 * BYTES)
let taken = pool.length

const randomBytes = (): Uint8Array => {
  if (taken === pool.length) {
    crypto.getRandomValues(pool)
    taken = 0
  }
  taken += BYTES
  return pool.subarray(taken - BYTES, taken)
}

/** The newest id's millisecond, and its number within it: a random 31-bit number at first, so that it tells nothing. */
let msecs = 0
let seq = 0

/**
 * A UUIDv7: unguessable enough to name a resource, ordered enough to keep index pages together. Each is above all that this process has
 * made before. Never the only sort key across processes.
 */
export const newId = (): string => {
  const random = randomBytes()
  const now = systemClock.nowMs()
  if (now > msecs) {
    msecs = now
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1
  } else if (seq === 0xffff_ffff) {
    msecs += 1
    seq = 0
  } else seq += 1
  return v7({ random, msecs, seq })
}

/** Below every id that was made at this time or later, and above those made before. */
export const firstIdAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/** Sorts before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** The real time at which an id was made, in milliseconds. */
export const msOfId = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a path segment can be an id at all; one that cannot is "not found", not "invalid". */
export const isId = (text: string): boolean => UUID.test(text)
