/**
 * How deliveries give way to requests: pure. Nobody waits for a delivery as somebody waits for an answer, and both need the same processors and the
 * same database. So while an instance is at several requests, its deliveries begin in short slices of time, all of its endpoints in the same ones,
 * and rest between; one that is late has more of them, so that a day full of requests holds nothing up for long.
 */
import { SECOND } from '../../foundation/clock.ts'

/** From so many requests at once on. One or two at a time leave enough for both. */
const BUSY_FROM = 4
const SLICE_MS = 20
/** Of so many slices one is for deliveries; and where they are late. */
const SLICES = 4
const SLICES_WHEN_LATE = 2
export const LATE_MS = 5 * SECOND

export interface Moment {
  /** Requests that the instance is at. */
  requests: number
  /** How long the event that goes next has been waiting. */
  lateMs: number
  /** Of any clock that goes steadily. */
  atMs: number
}

export const isBusy = ({ requests }: Pick<Moment, 'requests'>): boolean => requests >= BUSY_FROM

/** For how long from now on nothing is begun; 0 where it may be. */
export const restOf = ({ requests, lateMs, atMs }: Moment): number => {
  if (!isBusy({ requests })) return 0
  const turn = SLICE_MS * (lateMs < LATE_MS ? SLICES : SLICES_WHEN_LATE)
  const within = atMs % turn
  return within < SLICE_MS ? 0 : turn - within
}
