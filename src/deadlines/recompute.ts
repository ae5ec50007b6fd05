import type { Decision } from '../case-file/decision.ts'
import { allowanceOf, countFrom, countingOf, ruleOf, wordOf } from './counting.ts'
import { isOpen } from './due.ts'
import type { DeadlineRow } from './table.ts'
import { wakesAt, warnBefore } from './warnings.ts'
import { isCounted } from './words.ts'

/** Whether a clock changes in what people see of it. */
export const hasMoved = (before: DeadlineRow, after: DeadlineRow): boolean =>
  (['due_at', 'remaining_ms', 'allowed_ms', 'on_silence', 'provisional', 'calendar'] as const).some(
    (field) => before[field] !== after[field],
  )

/**
 * Counts an open clock anew by the present policy and calendars, as if they had held since its present stretch began: time that is used up
 * stays used up. Nobody becomes late by it: what would have been due already is due now. Doing it again changes nothing.
 * @returns whether anything about it changed
 */
export const recomputeClock = (d: Decision, deadline: DeadlineRow, why: string): boolean => {
  const { kind } = deadline
  if (!isOpen(deadline) || deadline.pinned || !isCounted(kind)) return false
  const rule = ruleOf(d, { ...deadline, kind })
  const { counting, ms: allowed } = countingOf(d, rule, allowanceOf(d.policy, rule, deadline.step))
  const before = { ...deadline }
  const from = deadline.counted_since ?? deadline.started_at
  const stretch = deadline.remaining_ms ?? (deadline.counted_since === null ? deadline.allowed_ms : deadline.counts_ms)
  const used = deadline.allowed_ms - stretch
  const sameTime = counting.calendar === deadline.calendar && counting.counted_in === deadline.counted_in
  // hours of one calendar are none of another: there the same share is used up
  const usedNow = sameTime || deadline.allowed_ms === 0 ? used : Math.round((used * allowed) / deadline.allowed_ms)
  const left = Math.max(0, allowed - usedNow)
  // never less than is used up, which must not come back with a later recomputation
  deadline.allowed_ms = Math.max(allowed, usedNow)
  deadline.on_silence = wordOf(d, deadline, rule)
  if (deadline.warn_before_ms !== null) deadline.warn_before_ms = warnBefore(d, rule, allowed, deadline.step)
  if (deadline.status === 'paused') {
    Object.assign(deadline, { ...counting, remaining_ms: left })
  } else {
    countFrom(d, deadline, counting, from, left)
    if (deadline.due_at <= d.now) {
      // what is due and waits for a sweep stays as it is
      if (before.due_at <= d.now) {
        Object.assign(deadline, before)
        return false
      }
      deadline.due_at = d.now
    }
    deadline.wakes_at = wakesAt(d, deadline)
  }
  // the version and the warning follow silently
  if (!hasMoved(before, deadline)) return false
  const paused = deadline.status === 'paused'
  d.noteClock(deadline, 'recomputed', before.due_at, paused ? null : deadline.due_at, why)
  return true
}
