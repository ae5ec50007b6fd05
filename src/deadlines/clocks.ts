/**
 * The clocks of a case: which exist, in which states of the case they live, and what a start, a pause or an end does to one.
 * A clock that the case leaves behind ends by itself, so no rule has to remember it. What happens on silence is `sweeps/silence.ts`.
 */
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintState } from '../complaints/lifecycle.ts'
import { addMs, NEVER, type Time, toMs } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import type { Duration } from '../policy/policy.ts'
import type { DeadlineRow } from './table.ts'

/** Where somebody stands in a case. */
export const sides = ['complainant', 'respondent', 'platform'] as const
export type Side = (typeof sides)[number]
/** The two who argue. */
export type PartySide = 'complainant' | 'respondent'
export const otherSide = (side: PartySide): PartySide => (side === 'complainant' ? 'respondent' : 'complainant')

export const deadlineStatuses = ['running', 'paused', 'met', 'missed', 'cancelled'] as const
export type DeadlineStatus = (typeof deadlineStatuses)[number]

/** What the service does when nobody acts in time. */
export const silences = [
  'escalate',
  'close_no_response',
  'deem_accepted',
  'expire_and_escalate',
  'close_return_not_shipped',
  'deem_passed',
  'resume',
  'close',
  'window_shuts',
] as const
export type OnSilence = (typeof silences)[number]

export const deadlineKinds = [
  'first_response',
  'resolution',
  'intervention',
  'information',
  'respondent_response',
  'confirmation',
  'return_shipment',
  'inspection',
  'refund',
  'step',
  'suspension',
  'auto_close',
  'appeal_window',
  'appeal_decision',
] as const
export type DeadlineKind = (typeof deadlineKinds)[number]

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

/** What became of a clock in a decision; kept with the decision's event. */
export interface ClockChange {
  kind: DeadlineKind
  party: Side
  change: 'started' | 'met' | 'missed' | 'cancelled' | 'paused' | 'resumed'
  old_due_at: Time | null
  new_due_at: Time | null
}

export const isOpen = (deadline: DeadlineRow): boolean => deadline.status === 'running' || deadline.status === 'paused'

/** Missed, acted on, and still not done. */
const isStillOwed = (deadline: DeadlineRow): boolean => deadline.status === 'missed' && deadline.owed_since !== null

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
  const row: DeadlineRow = {
    platform_id: d.file.complaint.platform_id,
    id: newId(),
    complaint_id: d.file.complaint.id,
    kind,
    party: clock.party,
    subject_id: clock.subjectId ?? null,
    counted_in: countedIn,
    on_silence: clock.onSilence ?? clockRules[kind].onSilence,
    status: 'running',
    started_at: d.now,
    due_at: clock.dueAt ?? dueAfter(d, countedIn, ms),
    remaining_ms: null,
    warn_before_ms: warnBefore(d, kind, ms, clock),
    wakes_at: d.now,
    owed_since: clock.owedSince ?? null,
    ended_at: null,
  }
  row.wakes_at = wakesAt(d, row, ms)
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

/** The earliest due time of a running duty; an appeal window is a right, not a duty. */
export const nextDueAt = (deadlines: readonly DeadlineRow[]): Time =>
  deadlines.reduce((due, x) => (x.status === 'running' && x.kind !== 'appeal_window' && x.due_at < due ? x.due_at : due), NEVER)

/** Since when a duty has been past its due time and still owed, as far as a sweep has seen it. */
export const owedSince = (deadlines: readonly DeadlineRow[]): Time | null =>
  deadlines.reduce<Time | null>(
    (since, x) =>
      (isOpen(x) || isStillOwed(x)) && x.owed_since !== null && (since === null || x.owed_since < since) ? x.owed_since : since,
    null,
  )
