/**
 * The clocks of a case: which exist, in which states of the case they live, and what a start, a pause or an end does to one.
 * A clock that the case leaves behind ends by itself, so no rule has to remember it. What happens on silence is `sweeps/silence.ts`.
 */
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintState } from '../complaints/words.ts'
import { addMs, type Time, toMs } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import type { Duration } from '../policy/policy.ts'
import { isOpen, isStillOwed } from './due.ts'
import type { DeadlineRow } from './table.ts'
import type { ClockChange, DeadlineKind, OnSilence, Side } from './words.ts'

interface ClockRule {
  /** The states of the case in which the clock may be open; `anywhere` outlives the case. */
  livesIn: readonly ComplaintState[] | 'anywhere'
  /** Reaching one of these meets it; any other state it does not live in cancels it. */
  metIn?: readonly ComplaintState[]
  onSilence: OnSilence
  /** A duty that stays owed after it was missed: the clock starts again, one repeat interval long. */
  repeats?: true
  /** A duty that stays owed after it was missed, although nothing more happens on silence. */
  staysOwed?: true
}

const beforeExecution: readonly ComplaintState[] = [
  'negotiating',
  'investigating',
  'awaiting_information',
  'suspended',
  'awaiting_confirmation',
]

export const clockRules: Readonly<Record<DeadlineKind, ClockRule>> = {
  first_response: { livesIn: ['submitted'], onSilence: 'escalate', repeats: true },
  resolution: {
    livesIn: beforeExecution,
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    onSilence: 'escalate',
    repeats: true,
  },
  intervention: {
    livesIn: ['investigating', 'awaiting_information', 'suspended', 'awaiting_confirmation'],
    onSilence: 'escalate',
    staysOwed: true,
  },
  information: { livesIn: ['awaiting_information'], onSilence: 'close_no_response' },
  respondent_response: { livesIn: ['negotiating', 'awaiting_information', 'awaiting_confirmation'], onSilence: 'escalate' },
  confirmation: { livesIn: ['awaiting_confirmation'], onSilence: 'expire_and_escalate' },
  return_shipment: { livesIn: ['executing', 'under_appeal'], onSilence: 'close_return_not_shipped' },
  inspection: { livesIn: ['executing', 'under_appeal'], onSilence: 'deem_passed' },
  refund: { livesIn: ['executing', 'under_appeal'], onSilence: 'escalate', repeats: true },
  step: { livesIn: ['executing', 'under_appeal'], onSilence: 'escalate', repeats: true },
  suspension: { livesIn: ['suspended'], onSilence: 'resume' },
  auto_close: { livesIn: ['resolved', 'rejected', 'under_appeal'], onSilence: 'close' },
  appeal_window: { livesIn: 'anywhere', onSilence: 'window_shuts' },
  appeal_decision: { livesIn: ['under_appeal'], onSilence: 'escalate', repeats: true },
}

/** The states in which the case waits for a side: business clocks stand still. */
export const pausingStates: readonly ComplaintState[] = ['awaiting_information', 'suspended']

export interface NewClock {
  party: Side
  subjectId?: string | null
  duration?: Duration
  /** A moment instead of a duration. */
  dueAt?: Time
  onSilence?: OnSilence
  owedSince?: Time | null
}

const note = (d: Decision, deadline: DeadlineRow, change: ClockChange['change'], old: Time | null, next: Time | null): void => {
  d.clockChanges.push({ kind: deadline.kind, party: deadline.party, change, old_due_at: old, new_due_at: next })
}

const inMs = (d: Decision, duration: Duration): number =>
  duration.counted_in === 'business' ? duration.days * d.calendar.dayMs : duration.ms

const dueAfter = (d: Decision, countedIn: 'natural' | 'business', ms: number): Time =>
  countedIn === 'business' ? d.calendar.add(d.now, ms) : addMs(d.now, ms)

/** The default duration of a clock under the decision's policy. */
const durationOf = (d: Decision, kind: DeadlineKind): Duration =>
  kind === 'first_response' ? d.policy.durations.first_response[d.file.complaint.channel] : d.policy.durations[kind]

/** How long before its due time a clock warns. A right has nobody to warn, and a duty that is overdue already no more. */
const warnBefore = (d: Decision, kind: DeadlineKind, ms: number, clock: NewClock): number | null => {
  if (kind === 'appeal_window' || clock.owedSince) return null
  if (kind === 'auto_close') return Math.min(ms, d.policy.warnings.before_auto_close_ms)
  return Math.floor((ms * (100 - d.policy.warnings.at_percent)) / 100)
}

/** When a sweep looks at a clock next that has this much time left. */
const wakesAt = (d: Decision, deadline: Pick<DeadlineRow, 'counted_in' | 'due_at' | 'warn_before_ms'>, restMs: number): Time =>
  deadline.warn_before_ms === null
    ? deadline.due_at
    : dueAfter(d, deadline.counted_in, Math.max(0, restMs - deadline.warn_before_ms))

/** Starts a clock now. */
export const startClock = (d: Decision, kind: DeadlineKind, clock: NewClock): DeadlineRow => {
  const duration = clock.duration ?? durationOf(d, kind)
  const countedIn = clock.dueAt === undefined ? duration.counted_in : 'natural'
  const ms = clock.dueAt === undefined ? inMs(d, duration) : toMs(clock.dueAt) - toMs(d.now)
  const dueAt = clock.dueAt ?? dueAfter(d, countedIn, ms)
  const waking = { counted_in: countedIn, due_at: dueAt, warn_before_ms: warnBefore(d, kind, ms, clock) }
  const row: DeadlineRow = {
    ...waking,
    platform_id: d.file.complaint.platform_id,
    id: newId(),
    complaint_id: d.file.complaint.id,
    kind,
    party: clock.party,
    subject_id: clock.subjectId ?? null,
    on_silence: clock.onSilence ?? clockRules[kind].onSilence,
    status: 'running',
    started_at: d.now,
    remaining_ms: null,
    wakes_at: wakesAt(d, waking, ms),
    owed_since: clock.owedSince ?? null,
    ended_at: null,
  }
  d.file.deadlines.push(row)
  note(d, row, 'started', null, row.due_at)
  return row
}

/** Ends one clock. */
export const endClock = (d: Decision, deadline: DeadlineRow, as: 'met' | 'missed' | 'cancelled'): void => {
  deadline.status = as
  deadline.remaining_ms = null
  deadline.ended_at = d.now
  // a repeated clock hands what is owed on to the next one
  deadline.owed_since = as === 'missed' && clockRules[deadline.kind].staysOwed ? deadline.due_at : null
  note(d, deadline, as, deadline.due_at, null)
}

/** Ends every open clock that fits; `subjectId` narrows to one plan, step, appeal or decision. */
export const endClocks = (
  d: Decision,
  as: 'met' | 'cancelled',
  fits: { kinds: readonly DeadlineKind[]; subjectId?: string; party?: Side },
): void => {
  for (const deadline of d.file.deadlines) {
    if (!fits.kinds.includes(deadline.kind)) continue
    if (fits.subjectId !== undefined && deadline.subject_id !== fits.subjectId) continue
    if (fits.party !== undefined && deadline.party !== fits.party) continue
    if (isOpen(deadline)) endClock(d, deadline, as)
    else if (isStillOwed(deadline)) deadline.owed_since = null
  }
}

/** Stops a running clock and keeps exactly its unused rest. */
export const pauseClock = (d: Decision, deadline: DeadlineRow): void => {
  if (deadline.status !== 'running') return
  const rest =
    deadline.counted_in === 'business' ? d.calendar.between(d.now, deadline.due_at) : toMs(deadline.due_at) - toMs(d.now)
  deadline.status = 'paused'
  deadline.remaining_ms = Math.max(0, rest)
  note(d, deadline, 'paused', deadline.due_at, null)
}

/** Lets a paused clock run on with its unused rest. */
export const resumeClock = (d: Decision, deadline: DeadlineRow): void => {
  if (deadline.status !== 'paused' || deadline.remaining_ms === null) return
  const old = deadline.due_at
  deadline.due_at = dueAfter(d, deadline.counted_in, deadline.remaining_ms)
  deadline.wakes_at = wakesAt(d, deadline, deadline.remaining_ms)
  deadline.status = 'running'
  deadline.remaining_ms = null
  note(d, deadline, 'resumed', old, deadline.due_at)
}

/** Says once that a clock is running out, to whoever has to act. It raises no version: nothing about the case has changed. */
export const warn = (d: Decision, deadline: DeadlineRow): void => {
  deadline.warn_before_ms = null
  deadline.wakes_at = deadline.due_at
  d.tell({
    type: 'deadline_due_soon',
    resource: 'deadline',
    resourceId: deadline.id,
    reason: deadline.on_silence,
    visibility: deadline.party === 'platform' ? 'staff' : deadline.party,
    data: { kind: deadline.kind, party: deadline.party, due_at: deadline.due_at },
  })
}

/** Brings every clock in line with the state the case has just moved to. */
export const settleClocks = (d: Decision, from: ComplaintState, to: ComplaintState): void => {
  for (const deadline of d.file.deadlines) {
    const rule = clockRules[deadline.kind]
    const livesOn = rule.livesIn === 'anywhere' || rule.livesIn.includes(to)
    if (!livesOn && isStillOwed(deadline)) deadline.owed_since = null
    if (!isOpen(deadline)) continue
    if (rule.metIn?.includes(to)) endClock(d, deadline, 'met')
    else if (!livesOn) endClock(d, deadline, 'cancelled')
    else if (deadline.counted_in === 'business' && pausingStates.includes(to)) pauseClock(d, deadline)
    else if (deadline.counted_in === 'business' && pausingStates.includes(from)) resumeClock(d, deadline)
  }
}
