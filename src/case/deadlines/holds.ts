/** What a person may do to a clock by name: hold back what follows silence, release it, make it due earlier, cancel it for good. */

import type { Time } from '../../foundation/clock.ts'
import type { Decision } from '../case-file/decision.ts'
import { elapsed } from './counting.ts'
import { earliestDue, noteShortened, warnOfPiece } from './least-notice.ts'
import type { Cancellation, DeadlineRow, Hold } from './table.ts'
import { wakesAt } from './warnings.ts'

/** Holds back what follows silence until `hold.until`. The duty stays due, but nobody is warned of it meanwhile. */
export const holdClock = (d: Decision, deadline: DeadlineRow, hold: Omit<Hold, 'warn_before_ms'>): void => {
  deadline.hold = { ...hold, warn_before_ms: deadline.hold?.warn_before_ms ?? deadline.warn_before_ms }
  deadline.warn_before_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  d.noteClock(deadline, 'held', deadline.due_at, deadline.due_at)
}

/** Ends a hold. A warning that was still to come when the hold began is planned again. */
export const releaseClock = (d: Decision, deadline: DeadlineRow): void => {
  deadline.warn_before_ms = deadline.due_at > d.now ? (deadline.hold?.warn_before_ms ?? null) : null
  deadline.hold = null
  deadline.wakes_at = wakesAt(d, deadline)
  d.noteClock(deadline, 'released', deadline.due_at, deadline.due_at)
}

/** Makes a running clock due earlier, at a moment that a person named; its margin counts from there. A side is warned of its last piece. */
export const bringForward = (d: Decision, deadline: DeadlineRow, at: Time): void => {
  const old = deadline.due_at
  const earliest = earliestDue(d, deadline)
  if (deadline.counted_since !== null) {
    const stretch = Math.max(0, elapsed(d, deadline, deadline.counted_since, at))
    deadline.allowed_ms = Math.max(0, deadline.allowed_ms - deadline.counts_ms + stretch)
    deadline.counts_ms = stretch
  }
  deadline.due_at = at
  deadline.pinned = true
  deadline.provisional = false
  // a clock that is due at once needs no warning
  if (at <= d.now) deadline.warn_before_ms = null
  noteShortened(deadline, old, earliest > d.now ? earliest : null)
  if (at > d.now) warnOfPiece(d, deadline)
  deadline.wakes_at = wakesAt(d, deadline)
  d.noteClock(deadline, 'brought_forward', old, at)
}

/** Cancels for good what would follow silence: the supervisors are called in instead. The duty stays due, and a hold on it ends. */
export const cancelSilence = (d: Decision, deadline: DeadlineRow, cancellation: Cancellation): void => {
  deadline.warn_before_ms ??= deadline.due_at > d.now ? (deadline.hold?.warn_before_ms ?? null) : null
  deadline.hold = null
  deadline.cancellation = cancellation
  deadline.on_silence = 'escalate'
  if (deadline.status === 'running') deadline.wakes_at = wakesAt(d, deadline)
  d.noteClock(deadline, 'action_cancelled', deadline.due_at, deadline.due_at)
}
