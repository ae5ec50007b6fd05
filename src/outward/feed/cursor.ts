/**
 * Cursors of the feed. One belongs to a platform and to nothing else: another key of the platform, and other filters, go on with it.
 */
import { readKey, writeKey } from '../../foundation/http/pagination.ts'

/** A place in the feed: behind the event of this key, or before all events of a position (`placeBefore`). */
export interface Place {
  position: number
  subjectType: string
  subjectId: string
  sequence: number
}

/** Before every event that stands at this position or beyond. */
export const placeBefore = (position: number): Place => ({ position, subjectType: '', subjectId: '', sequence: 0 })

export const beginning = placeBefore(0)

const boundTo = (platformId: string): string => JSON.stringify(['feed', platformId])

export const cursorOf = (platformId: string, { position, subjectType, subjectId, sequence }: Place): string =>
  writeKey([position, subjectType, subjectId, sequence], boundTo(platformId))

/** @throws Problem `invalid_cursor` (400) for one of another platform, or changed on its way */
export const placeOf = (platformId: string, cursor: string): Place => {
  const key = readKey(cursor, boundTo(platformId), ['integer', 'text', 'text', 'integer'], 'after')
  const [position, subjectType, subjectId, sequence] = key as [number, string, string, number]
  return { position, subjectType, subjectId, sequence }
}
