/** The reason codes of clock changes: which code fits where. */

import type { Time } from '../../foundation/clock.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import type { ComplaintState } from '../../words/complaints.ts'
import { clockOf, type DeadlineKind, type Side } from '../../words/deadlines.ts'

/** How a clock can change. */
export const clockChangeWords = [
  'started',
  'met',
  'missed',
  'cancelled',
  'paused',
  'resumed',
  'recomputed',
  'held',
  'released',
  'brought_forward',
  'action_cancelled',
] as const

/** A change of a clock in a decision, kept in the data of one of its events. */
export interface ClockChange {
  deadline_id: string
  kind: DeadlineKind
  party: Side
  /** How often the duty had been missed before. */
  step: number
  change: (typeof clockChangeWords)[number]
  why: ClockReason
  old_due_at: Time | null
  new_due_at: Time | null
  /** At its end: the time that was left, in milliseconds of the time it counts in; negative when it was late. */
  margin_ms: number | null
}

/** Why a clock is paused in a state of the case, and why it resumes when the case leaves that state. */
const byState: Partial<Readonly<Record<ComplaintState, { paused: ClockReason; resumed: ClockReason }>>> = {
  awaiting_information: { paused: 'information_requested', resumed: 'information_provided' },
  suspended: { paused: 'case_suspended', resumed: 'case_resumed' },
}

/** The reason of a clock change, where the caller gives no other. */
export const reasonOf = (kind: DeadlineKind, change: ClockChange['change'], again = false): ClockReason => {
  const { reasons } = clockOf[kind]
  if (change === 'started') return again ? 'still_owed' : reasons.started
  if (change === 'met') return reasons.met
  if (change === 'cancelled') return reasons.cancelled ?? 'case_left_state'
  return changeReasons[change]
}

const changeReasons: Readonly<Record<Exclude<ClockChange['change'], 'started' | 'met' | 'cancelled'>, ClockReason>> = {
  missed: 'time_up',
  paused: 'appeal_filed',
  resumed: 'appeal_ended',
  recomputed: 'policy_changed',
  held: 'held_by_supervisor',
  released: 'released_by_supervisor',
  brought_forward: 'brought_forward_by_supervisor',
  action_cancelled: 'cancelled_by_supervisor',
}

/** Why a clock is paused in this state of the case: the case waits for a side, else for an appeal. */
export const pausedBecause = (state: ComplaintState): ClockReason => byState[state]?.paused ?? 'appeal_filed'

/** Why a clock that was paused in this state resumes. */
export const resumedBecause = (state: ComplaintState): ClockReason => byState[state]?.resumed ?? 'appeal_ended'
