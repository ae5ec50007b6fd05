/**
 * The last, warned piece of time that a side always keeps (`least_notice` of the policy). A clock that is shortened is not due before the
 * piece is over, unless it was due earlier anyway. Where a clock is shortened again within its piece, no new piece begins.
 */

import type { Time } from '../../foundation/clock.ts'
import { msOf } from '../../rules/policy/which-rule.ts'
import type { Decision } from '../case-file/decision.ts'
import { type Counting, count, elapsed } from './counting.ts'
import type { DeadlineRow } from './table.ts'

/** Only clocks of a side keep a piece. What the platform owes can become due at once. */
const isOfSide = ({ kind, party }: DeadlineRow): boolean => party !== 'platform' && kind !== 'notice'

/** The piece in milliseconds of the time that a clock counts in; 0 for the platform. */
export const leastNotice = (d: Decision, deadline: DeadlineRow, { counted_in, calendar }: Counting = deadline): number => {
  if (!isOfSide(deadline)) return 0
  const { natural, business } = d.policy.least_notice
  return msOf(counted_in === 'business' ? business : natural, d.calendarNow(calendar ?? d.policy.calendar).time)
}

const later = (a: Time, b: Time): Time => (a > b ? a : b)
const earlier = (a: Time, b: Time): Time => (a < b ? a : b)

/** The earliest moment at which a running clock may be due, if something shortens it now. */
export const earliestDue = (d: Decision, deadline: DeadlineRow): Time => {
  const piece = leastNotice(d, deadline)
  const over = piece === 0 ? d.now : count(d, deadline, d.now, piece)
  const least = earlier(over, deadline.due_at)
  const { kept_until_at: kept } = deadline
  return kept === null ? least : later(least, earlier(kept, deadline.due_at))
}

/** Remembers from when a clock was shortened, and until when it is kept. Where it is due as late again as before, it is not shortened. */
export const noteShortened = (deadline: DeadlineRow, old: Time, keptUntil: Time | null): void => {
  deadline.kept_until_at = keptUntil
  const { due_at: due, shortened_from_at: from } = deadline
  if (due < old) deadline.shortened_from_at = from ?? old
  else if (from !== null && due >= from) deadline.shortened_from_at = null
}

/** Sets when a clock is warned of. While a person holds it, the hold keeps the warning for its release. */
export const warnBeforeMs = (deadline: DeadlineRow, ms: number | null): void => {
  if (deadline.hold) deadline.hold.warn_before_ms = ms
  else deadline.warn_before_ms = ms
}

/** Plans a warning for a running clock that was shortened: at once within the last piece, else at its beginning unless one is planned. */
export const warnOfPiece = (d: Decision, deadline: DeadlineRow): void => {
  if (!isOfSide(deadline)) return
  const left = elapsed(d, deadline, d.now, deadline.due_at)
  const piece = leastNotice(d, deadline)
  if (left <= piece) warnBeforeMs(deadline, left)
  else if ((deadline.hold ?? deadline).warn_before_ms === null) warnBeforeMs(deadline, piece)
}

/**
 * Lets a running clock that was counted anew keep its piece, where it lost time.
 * @param before the clock as it was
 */
export const keepPiece = (d: Decision, before: DeadlineRow, deadline: DeadlineRow): void => {
  const counted = deadline.due_at
  const least = counted < before.due_at ? earliestDue(d, { ...deadline, due_at: before.due_at }) : before.kept_until_at
  const isKept = least !== null && least > counted
  if (isKept) deadline.due_at = least
  // a piece that was kept before is not counted anew
  if (isKept && before.kept_until_at === least && before.due_at === least) {
    const { counted_in, calendar, calendar_version, counts_ms, allowed_ms, provisional } = before
    Object.assign(deadline, { counted_in, calendar, calendar_version, counts_ms, allowed_ms, provisional })
  }
  noteShortened(deadline, before.due_at, isKept ? least : null)
  const begins = isKept && before.kept_until_at === null && before.warn_before_ms !== null
  if (deadline.due_at < before.due_at || begins) warnOfPiece(d, deadline)
  // where the due time is the same, the warning stays as it was
  else if (deadline.due_at === before.due_at && (deadline.shortened_from_at ?? deadline.kept_until_at) !== null)
    deadline.warn_before_ms = before.warn_before_ms
}

/** `keepPiece` for a clock that stands still: its rest is at least the piece, which begins when the clock goes on. */
export const keepRest = (d: Decision, before: DeadlineRow, deadline: DeadlineRow): void => {
  const [rest, counted] = [before.remaining_ms ?? 0, deadline.remaining_ms ?? 0]
  const piece = leastNotice(d, deadline)
  const pieceBefore = leastNotice(d, deadline, before)
  // where the clock counts in another kind of time now, a rest is converted in proportion to the pieces
  const inTimeNow = (ms: number): number =>
    pieceBefore === piece || pieceBefore === 0 ? ms : Math.round((ms * piece) / pieceBefore)
  const least = Math.max(inTimeNow(Math.min(rest, pieceBefore)), inTimeNow(before.kept_ms ?? 0))
  const isKept = least > counted
  deadline.kept_ms = isKept ? least : null
  if (isKept) deadline.remaining_ms = least
  if (isKept && least < inTimeNow(rest)) warnBeforeMs(deadline, least)
  else if (deadline.remaining_ms === rest && (deadline.kept_ms ?? deadline.shortened_from_at) !== null)
    deadline.warn_before_ms = before.warn_before_ms
}
