import type { FollowedRule } from '../../rules/policy/which-rule.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import { isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, startAgainFrom } from './clocks.ts'
import { allowanceOf, type Counting, count, countFrom, countingOf, elapsed, lineOf, ruleOf, wordOf } from './counting.ts'
import { isOpen, isStillOwed } from './due.ts'
import { keepPiece, keepRest } from './least-notice.ts'
import type { DeadlineRow } from './table.ts'
import { wakesAt, warnBefore } from './warnings.ts'

/** Whether a recomputation changed something about a clock that people see. */
export const hasMoved = (before: DeadlineRow, after: DeadlineRow): boolean =>
  (['due_at', 'remaining_ms', 'allowed_ms', 'on_silence', 'provisional', 'calendar'] as const).some(
    (field) => before[field] !== after[field],
  )

/** A clock's time by the present rules. */
interface Recounted {
  rule: FollowedRule
  counting: Counting
  /** All of it, as the rule says. */
  allowed: number
  /** What was used up before the present stretch, in the time it counts in now. */
  used: number
  left: number
}

/** @param step whose time is counted; 0 for the duty itself */
const recounted = (d: Decision, deadline: DeadlineRow, step: number): Recounted => {
  const { kind } = deadline
  if (!isCounted(kind)) throw new Error('what no policy counts follows no rule')
  const rule = ruleOf(d, { ...deadline, kind })
  const { counting, ms: allowed } = countingOf(d, rule, allowanceOf(d.policy, rule, step))
  const stretch = deadline.remaining_ms ?? (deadline.counted_since === null ? deadline.allowed_ms : deadline.counts_ms)
  const usedThen = deadline.allowed_ms - stretch
  const sameTime = counting.calendar === deadline.calendar && counting.counted_in === deadline.counted_in
  // hours of one calendar are not hours of another, so the same share counts as used up
  const used = sameTime || deadline.allowed_ms === 0 ? usedThen : Math.round((usedThen * allowed) / deadline.allowed_ms)
  return { rule, counting, allowed, used, left: Math.max(0, allowed - used) }
}

/**
 * Counts an open clock anew by the present policy and calendars, as if they had held since its present stretch began. Time that is used up
 * stays used up. Nobody becomes late by it: a clock that would have been due already becomes due now, and a side keeps its last piece of
 * time. A second run changes nothing.
 * @returns whether anything about it changed
 */
export const recomputeClock = (d: Decision, deadline: DeadlineRow, why: ClockReason): boolean => {
  if (!isOpen(deadline) || deadline.pinned || !isCounted(deadline.kind)) return false
  const before = { ...deadline, hold: deadline.hold && { ...deadline.hold } }
  const { rule, counting, allowed, used, left } = recounted(d, deadline, deadline.step)
  const from = deadline.counted_since ?? deadline.started_at
  // at least the time that is used up, so that a later recomputation does not give it back
  deadline.allowed_ms = Math.max(allowed, used)
  deadline.rule = lineOf(d, rule, deadline.step)
  deadline.on_silence = wordOf(d, deadline, rule)
  if (deadline.warn_before_ms !== null) deadline.warn_before_ms = warnBefore(d, rule, allowed, deadline.step)
  if (deadline.status === 'paused') {
    Object.assign(deadline, { ...counting, remaining_ms: left })
    keepRest(d, before, deadline)
    deadline.allowed_ms = Math.max(allowed, used + (deadline.remaining_ms ?? 0))
    // a duty that was late before the pause is no longer owed once it has time again
    if (deadline.step === 0 && (deadline.remaining_ms ?? 0) > 0) deadline.owed_since = null
  } else {
    countFrom(d, deadline, counting, from, left)
    // a clock that is due by both counts waits for a sweep and stays as it was
    if (deadline.due_at <= d.now && before.due_at <= d.now) {
      Object.assign(deadline, before)
      return false
    }
    keepPiece(d, before, deadline)
    deadline.wakes_at = wakesAt(d, deadline)
  }
  // a change of only the policy's version or of the warning is not told
  if (!hasMoved(before, deadline)) return false
  const paused = deadline.status === 'paused'
  d.noteClock(deadline, 'recomputed', before.due_at, paused ? null : deadline.due_at, why)
  return true
}

const isOfSameDuty = (a: DeadlineRow, b: DeadlineRow): boolean =>
  a.kind === b.kind && a.party === b.party && a.subject_id === b.subject_id

/** The clock on which an owed duty was missed for the first time. */
const firstMissed = (d: Decision, owed: DeadlineRow): DeadlineRow | undefined =>
  owed.status === 'missed'
    ? owed
    : d.file.deadlines.find((x) => isOfSameDuty(x, owed) && x.status === 'missed' && x.step === 0 && x.due_at === owed.owed_since)

/**
 * Ends the debt of a missed duty that would not be late by the present rules: its clock runs on to its new due time. The miss stays
 * recorded, and the case stays on the level to which the miss brought it.
 * @returns the clock that runs on; `undefined` where nothing is owed, where a person named the moment, or where the duty is late anyway
 */
export const forgiveMiss = (d: Decision, owed: DeadlineRow): DeadlineRow | undefined => {
  if (!isCounted(owed.kind) || owed.owed_since === null) return undefined
  if (!isStillOwed(owed) && !(isOpen(owed) && owed.step > 0)) return undefined
  const first = firstMissed(d, owed)
  if (first === undefined || first.pinned) return undefined
  const { rule, counting, allowed, used, left } = recounted(d, first, 0)
  const from = first.counted_since ?? first.started_at
  const due = count(d, counting, from, left)
  if (due <= d.now) return undefined
  const stretch = {
    step: 0,
    owed_since: null,
    escalation: null,
    rule: lineOf(d, rule, 0),
    allowed_ms: Math.max(allowed, used),
    on_silence: wordOf(d, { kind: owed.kind, step: 0, cancellation: owed.cancellation }, rule),
    cancellation: owed.cancellation,
    heard: owed.heard,
    warn_before_ms: warnBefore(d, rule, allowed, 0),
    pinned: false,
    ...counting,
    counted_since: from,
    counts_ms: left,
    due_at: due,
  } as const
  for (const notice of d.file.deadlines) {
    const about = d.file.deadlines.find((x) => x.id === notice.subject_id)
    if (notice.kind === 'notice' && isOpen(notice) && about && isOfSameDuty(about, owed))
      endClock(d, notice, 'cancelled', 'no_longer_late')
  }
  if (!isOpen(owed)) {
    owed.owed_since = null
    return startAgainFrom(d, owed, stretch, 'no_longer_late')
  }
  const old = owed.due_at
  const { hold } = owed
  Object.assign(owed, stretch, { kept_until_at: null, kept_ms: null, shortened_from_at: null })
  if (hold) {
    owed.hold = { ...hold, warn_before_ms: stretch.warn_before_ms }
    owed.warn_before_ms = null
  }
  countFrom(d, owed, counting, from, left)
  if (owed.status === 'paused') owed.remaining_ms = Math.max(0, elapsed(d, counting, d.now, due))
  owed.wakes_at = wakesAt(d, owed)
  d.noteClock(owed, 'recomputed', old, owed.status === 'paused' ? null : due, 'no_longer_late')
  return owed
}
