/**
 * The clocks of a case: what a start, a pause or an end does to one. The policy says how long they run and what follows silence
 * (`counting.ts`), `words/deadlines.ts` in which states they live. `silence/silence.ts` carries out what follows silence.
 */

import { type Time, toMs } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import type { ComplaintState } from '../../words/complaints.ts'
import { type CountedKind, clockOf, type DeadlineKind, isCounted, type Side } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import {
  allowanceOf,
  type Counting,
  count,
  countFrom,
  countingOf,
  elapsed,
  inNaturalTime,
  isProvisional,
  lineOf,
  ruleOf,
  timeLeft,
  wordOf,
} from './counting.ts'
import { isDuty, isHeard, isOpen, isStillOwed } from './due.ts'
import { pausingStates } from './lives.ts'
import { pausedBecause, reasonOf, resumedBecause } from './reasons.ts'
import { notePromise, noteResult } from './results.ts'
import type { Cancellation, DeadlineRow, Heard } from './table.ts'
import { wakesAt, warnBefore } from './warnings.ts'

export interface NewClock {
  party: Side
  subjectId?: string | null
  /** A moment that a person named, instead of a duration of the policy. */
  dueAt?: Time
  /** The clock starts without any time left. It counts in this time, so it stands still in the same states as other clocks that do. */
  noTimeIn?: Counting
  /** It began before now: what came in then is entered only now. */
  since?: Time
  /** The duty was missed before and stays owed. */
  again?: { step: number; owedSince: Time; cancellation: Cancellation | null }
  /** On a `next_reply` the words that it is about; on any other clock the words that have held its duty already. */
  heard?: Heard | null
}

/** Starts a clock now. */
export const startClock = (
  d: Decision,
  kind: CountedKind,
  { party, subjectId = null, dueAt, noTimeIn, since = d.now, again, heard = null }: NewClock,
): DeadlineRow => {
  const step = again?.step ?? 0
  const cancellation = again?.cancellation ?? null
  const rule = ruleOf(d, { kind, party, subject_id: subjectId })
  const counted = countingOf(d, rule, allowanceOf(d.policy, rule, step))
  const isByRule = dueAt === undefined && noTimeIn === undefined
  const counting = isByRule ? counted.counting : (noTimeIn ?? inNaturalTime)
  const ms = isByRule ? counted.ms : toMs(dueAt ?? d.now) - toMs(d.now)
  return run(d, {
    ...newClock(d, kind, party, subjectId, count(d, counting, since, ms)),
    ...counting,
    counted_since: since,
    started_at: since,
    rule: isByRule ? lineOf(d, rule, step) : null,
    allowed_ms: ms,
    counts_ms: ms,
    pinned: !isByRule,
    // a moment that a person named, or that is past already, gets the last word of the rule: nobody is reminded first
    on_silence: wordOf(d, { kind, step: isByRule ? step : rule.on_silence.length, cancellation }, rule),
    cancellation,
    warn_before_ms: warnBefore(d, rule, ms, step),
    owed_since: again?.owedSince ?? null,
    step,
    heard,
  })
}

/** Starts the clock of a notice, which tells a miss once the service hours begin. */
export const startNotice = (d: Decision, about: DeadlineRow, at: Time): DeadlineRow => {
  const ms = toMs(at) - toMs(d.now)
  return run(d, { ...newClock(d, 'notice', 'platform', about.id, at), allowed_ms: ms, counts_ms: ms, pinned: true })
}

/** Starts the clock that ends a hold at `until`. Up to then words of a side hold its clock `held`. */
export const startHoldEnd = (d: Decision, held: DeadlineRow, until: Time): DeadlineRow => {
  const ms = toMs(until) - toMs(d.now)
  const row = newClock(d, 'held_silence', 'platform', held.id, until)
  return run(d, { ...row, allowed_ms: ms, counts_ms: ms, pinned: true, on_silence: 'end_hold' })
}

const newClock = (d: Decision, kind: DeadlineKind, party: Side, subjectId: string | null, dueAt: Time): DeadlineRow => ({
  ...inNaturalTime,
  platform_id: d.file.complaint.platform_id,
  id: newId(),
  complaint_id: d.file.complaint.id,
  kind,
  party,
  subject_id: subjectId,
  rule: null,
  allowed_ms: 0,
  counted_since: d.now,
  counts_ms: 0,
  provisional: false,
  pinned: false,
  shortened_from_at: null,
  kept_until_at: null,
  kept_ms: null,
  on_silence: 'tell',
  status: 'running',
  started_at: d.now,
  due_at: dueAt,
  remaining_ms: null,
  warn_before_ms: null,
  wakes_at: dueAt,
  owed_since: null,
  step: 0,
  escalation: null,
  hold: null,
  heard: null,
  cancellation: null,
  obstacle: null,
  margin_ms: null,
  ended_at: null,
})

const run = (d: Decision, row: DeadlineRow, why?: ClockReason): DeadlineRow => {
  row.provisional = isProvisional(d, row, row.counted_since ?? d.now, row.due_at)
  row.wakes_at = wakesAt(d, row)
  d.file.deadlines.push(row)
  d.noteClock(row, 'started', null, row.due_at, why)
  notePromise(d, row)
  return row
}

/** Lets the same clock go on for the next step of the policy: its duty was missed once more, stays owed, and nothing else changes. */
export const goOnOwing = (d: Decision, deadline: DeadlineRow): void => {
  const { kind } = deadline
  if (!isCounted(kind)) return
  deadline.owed_since ??= deadline.due_at
  deadline.step += 1
  const rule = ruleOf(d, { ...deadline, kind })
  const { counting, ms } = countingOf(d, rule, allowanceOf(d.policy, rule, deadline.step))
  countFrom(d, deadline, counting, d.now, ms)
  Object.assign(deadline, { rule: lineOf(d, rule, deadline.step), allowed_ms: ms, on_silence: wordOf(d, deadline, rule) })
  Object.assign(deadline, { pinned: false, shortened_from_at: null, kept_until_at: null, hold: null, warn_before_ms: null })
  deadline.wakes_at = wakesAt(d, deadline)
}

/** Starts a clock that counts from an earlier moment, for a duty that was missed but is not late by the present rules. */
export const startAgainFrom = (
  d: Decision,
  missed: DeadlineRow,
  stretch: Partial<DeadlineRow>,
  why: ClockReason,
): DeadlineRow => {
  const { kind, party, subject_id, due_at } = missed
  return run(d, { ...newClock(d, kind, party, subject_id, due_at), ...stretch }, why)
}

/**
 * Ends a clock and notes its margin. Where its duty was missed before, the margin is counted from when that first fell due.
 * @param at when that was, where it is entered only now
 */
export const endClock = (
  d: Decision,
  deadline: DeadlineRow,
  as: 'met' | 'missed' | 'cancelled',
  why?: ClockReason,
  at: Time = d.now,
): void => {
  deadline.margin_ms = as === 'cancelled' ? null : timeLeft(d, deadline, at)
  deadline.status = as
  deadline.remaining_ms = null
  deadline.hold = null
  deadline.ended_at = at
  // a clock that repeats leaves the debt to the clock that follows it
  deadline.owed_since = as === 'missed' && clockOf[deadline.kind].staysOwed ? deadline.due_at : null
  d.noteClock(deadline, as, deadline.due_at, null, why ?? reasonOf(deadline.kind, as))
  noteResult(d, deadline, as)
  wakeOther(d, deadline)
  // a clock that would end a hold on this one is not needed any more
  if (deadline.heard?.until) endClocks(d, 'cancelled', { kinds: ['held_silence'], subjectId: deadline.id })
}

/** A `confirmation` may sleep until the other side's is due (`sleepUntilOtherSide`). When one changes, the other's `wakes_at` is set anew. */
export const wakeOther = (d: Decision, { kind, subject_id }: DeadlineRow): void => {
  if (kind !== 'confirmation') return
  for (const other of d.file.deadlines) {
    if (other.kind === kind && other.subject_id === subject_id && other.status === 'running') other.wakes_at = wakesAt(d, other)
  }
}

/** Ends every open clock that fits, and the debt of every missed one. `subjectId` narrows to one plan, step, appeal or decision. */
export const endClocks = (
  d: Decision,
  as: 'met' | 'cancelled',
  fits: { kinds: readonly DeadlineKind[]; subjectId?: string; party?: Side },
  why?: ClockReason,
): void => {
  for (const deadline of d.file.deadlines) {
    if (!fits.kinds.includes(deadline.kind)) continue
    if (fits.subjectId !== undefined && deadline.subject_id !== fits.subjectId) continue
    if (fits.party !== undefined && deadline.party !== fits.party) continue
    if (isOpen(deadline)) endClock(d, deadline, as, why)
    else if (isStillOwed(deadline)) settleDebt(d, deadline)
  }
}

/** Ends the debt of a duty that was missed and stayed owed: it is done, or nobody owes it any more. */
const settleDebt = (d: Decision, deadline: DeadlineRow): void => {
  deadline.margin_ms = elapsed(d, deadline, d.now, deadline.due_at)
  deadline.owed_since = null
}

/** The unused rest of a running clock. */
const restOf = (d: Decision, deadline: DeadlineRow): number => Math.max(0, elapsed(d, deadline, d.now, deadline.due_at))

/** Stops a running clock and keeps exactly its unused rest. */
export const pauseClock = (
  d: Decision,
  deadline: DeadlineRow,
  why: ClockReason = pausedBecause(d.file.complaint.status),
): void => {
  if (deadline.status !== 'running') return
  // a clock can be late and still run while a supervisor holds it: the duty stays late over the pause
  if (deadline.due_at < d.now && isDuty(deadline)) deadline.owed_since ??= deadline.due_at
  deadline.remaining_ms = restOf(d, deadline)
  const { kept_until_at: kept, counted_since: since } = deadline
  if (kept !== null) {
    // time that is kept beyond what the policy allows counts as allowed from now on
    if (since !== null) deadline.allowed_ms += elapsed(d, deadline, since, d.now) + deadline.remaining_ms - deadline.counts_ms
    deadline.kept_ms = Math.max(0, Math.min(deadline.remaining_ms, elapsed(d, deadline, d.now, kept))) || null
    deadline.kept_until_at = null
  }
  deadline.status = 'paused'
  d.noteClock(deadline, 'paused', deadline.due_at, null, why)
}

/** Fits a clock to a case that waits for a side: in business time it stands still, else it runs; not with `runsOn` or `pausesByItself`. */
export const settlePause = (d: Decision, deadline: DeadlineRow): void => {
  const { kind, counted_in } = deadline
  if (clockOf[kind].pausesByItself) return
  if (!pausingStates.includes(d.file.complaint.status) || clockOf[kind].runsOn) return
  if (counted_in === 'business') pauseClock(d, deadline)
  else resumeClock(d, deadline, 'counted_otherwise')
}

/** The same way of counting, with the present version of its calendar. */
const renewed = (d: Decision, counting: Counting): Counting => {
  if (counting.counted_in === 'natural') return inNaturalTime
  const { name, version } = d.calendarNow(counting.calendar ?? d.policy.calendar)
  return { counted_in: 'business', calendar: name, calendar_version: version }
}

/** Lets a paused clock run on with its unused rest, in its calendar as it is now. */
export const resumeClock = (d: Decision, deadline: DeadlineRow, why: ClockReason = 'appeal_ended'): void => {
  // a clock that words hold goes on when they are answered, whatever state the case moves to
  if (deadline.status !== 'paused' || deadline.remaining_ms === null || isHeard(deadline)) return
  const old = deadline.due_at
  countFrom(d, deadline, renewed(d, deadline), d.now, deadline.remaining_ms)
  deadline.status = 'running'
  deadline.remaining_ms = null
  if (deadline.kept_ms !== null) deadline.kept_until_at = count(d, deadline, d.now, deadline.kept_ms)
  deadline.kept_ms = null
  deadline.shortened_from_at = null
  deadline.wakes_at = wakesAt(d, deadline)
  d.noteClock(deadline, 'resumed', old, deadline.due_at, why)
}

/** Brings every clock in line with the state the case has just moved to. */
export const settleClocks = (d: Decision, from: ComplaintState, to: ComplaintState): void => {
  for (const deadline of d.file.deadlines) {
    const life = clockOf[deadline.kind]
    const livesOn = life.livesIn.includes(to)
    if (!livesOn && isStillOwed(deadline)) settleDebt(d, deadline)
    if (!isOpen(deadline)) continue
    if (life.metIn?.includes(to)) endClock(d, deadline, 'met')
    else if (!livesOn) endClock(d, deadline, 'cancelled', to === 'closed' ? 'case_closed' : 'case_left_state')
    else if (life.runsOn || life.pausesByItself) continue
    else if (deadline.counted_in === 'business' && pausingStates.includes(to)) pauseClock(d, deadline)
    else if (deadline.counted_in === 'business' && pausingStates.includes(from)) resumeClock(d, deadline, resumedBecause(from))
  }
}
