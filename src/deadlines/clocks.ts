/**
 * The clocks of a case: which exist, in which states of the case they live, and what a start, a pause or an end does to one. How long they
 * run, and what follows silence, says the policy. A clock that the case leaves behind ends by itself, so no rule has to remember it.
 */
import type { Calendar } from '../calendars/calendar.ts'
import type { Decision } from '../case-file/decision.ts'
import { type ComplaintState, complaintStateNames } from '../complaints/words.ts'
import { addMs, MINUTE, type Time, toMs } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import { clockRuleFor, isBusiness, msOf } from '../policy/policy.ts'
import type { ClockRule, Duration, Policy } from '../policy/schema.ts'
import { isOpen, isStillOwed } from './due.ts'
import { notePromise, noteResult } from './results.ts'
import type { DeadlineRow, Hold } from './table.ts'
import type { ClockChange, CountedKind, DeadlineKind, Side } from './words.ts'

interface ClockLife {
  /** The states of the case in which the clock may be open; `anywhere` outlives the case. */
  livesIn: readonly ComplaintState[] | 'anywhere'
  /** Reaching one of these meets it; any other state it does not live in cancels it. */
  metIn?: readonly ComplaintState[]
  /** A duty that stays owed after it was escalated: the clock starts again, for one of the policy's steps. */
  repeats?: true
  /** A duty that stays owed after it was missed, although nothing more happens on silence. */
  staysOwed?: true
}

const stillOpen = Object.keys(complaintStateNames).filter((state) => state !== 'closed') as ComplaintState[]
const beforeExecution: readonly ComplaintState[] = [
  'negotiating',
  'investigating',
  'awaiting_information',
  'suspended',
  'awaiting_confirmation',
]

export const clockLives: Readonly<Record<DeadlineKind, ClockLife>> = {
  first_response: { livesIn: ['submitted'], repeats: true },
  resolution: {
    livesIn: beforeExecution,
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    repeats: true,
  },
  intervention: {
    livesIn: ['investigating', 'awaiting_information', 'suspended', 'awaiting_confirmation'],
    staysOwed: true,
  },
  information: { livesIn: ['awaiting_information'] },
  respondent_response: { livesIn: ['negotiating', 'awaiting_information', 'awaiting_confirmation'] },
  confirmation: { livesIn: ['awaiting_confirmation'] },
  return_shipment: { livesIn: ['executing', 'under_appeal'], repeats: true },
  inspection: { livesIn: ['executing', 'under_appeal'], repeats: true },
  refund: { livesIn: ['executing', 'under_appeal'], repeats: true },
  step: { livesIn: ['executing', 'under_appeal'], repeats: true },
  suspension: { livesIn: ['suspended'] },
  auto_close: { livesIn: ['resolved', 'rejected', 'under_appeal'] },
  appeal_window: { livesIn: 'anywhere' },
  appeal_decision: { livesIn: ['under_appeal'], repeats: true },
  notice: { livesIn: stillOpen },
}

/** The states in which the case waits for a side: business clocks stand still. */
export const pausingStates: readonly ComplaintState[] = ['awaiting_information', 'suspended']

export interface NewClock {
  party: Side
  subjectId?: string | null
  /** A moment that a person named, instead of a duration of the policy. */
  dueAt?: Time
  /** The duty was missed before and stays owed. */
  again?: { step: number; owedSince: Time }
}

/** What time a clock counts in. */
type Counting = Pick<DeadlineRow, 'counted_in' | 'calendar' | 'calendar_version'>
const inNaturalTime: Counting = { counted_in: 'natural', calendar: null, calendar_version: null }

const note = (
  d: Decision,
  deadline: DeadlineRow,
  change: ClockChange['change'],
  old: Time | null,
  next: Time | null,
  why = '',
): void => {
  const { kind, party, margin_ms } = deadline
  d.clockChanges.push({ kind, party, change, why, old_due_at: old, new_due_at: next, margin_ms })
}

/** The policy's rule for a clock of this case. */
const ruleOf = (
  d: Decision,
  { kind, party, subject_id }: Pick<DeadlineRow, 'party' | 'subject_id'> & { kind: CountedKind },
): ClockRule => {
  const planOf = d.file.plans.find((plan) => plan.id === subject_id)?.author_side
  return clockRuleFor(d.policy, kind, { complaint: d.file.complaint, party, planOf })
}

/** How long a clock may run: the rule's own time, or a step's while the duty stays owed; the last step repeats. */
const allowanceOf = (policy: Policy, rule: ClockRule, step: number): Duration => {
  const steps = rule.while_overdue ?? policy.while_overdue
  return step === 0 ? rule.allow : (steps[step - 1] ?? (steps.at(-1) as Duration))
}

/** What follows silence: the rule's first word at the first miss, and so on; the last one stays. */
const silenceOf = ({ on_silence }: ClockRule, step: number) =>
  on_silence[Math.min(step, on_silence.length - 1)] as DeadlineRow['on_silence']

/** Whether the policy has a further word for a duty that is missed again. */
export const hasNextSilence = (d: Decision, { kind, step, ...of }: DeadlineRow): boolean =>
  kind !== 'notice' && step + 1 < ruleOf(d, { ...of, kind }).on_silence.length

const countingOf = (d: Decision, rule: ClockRule, allowance: Duration): { counting: Counting; ms: number } => {
  const { name, version, time } = d.calendarNow(rule.calendar ?? d.policy.calendar)
  return {
    counting: isBusiness(allowance) ? { counted_in: 'business', calendar: name, calendar_version: version } : inNaturalTime,
    ms: msOf(allowance, time),
  }
}

/** The calendar a business clock counts in. */
const calendarOf = (d: Decision, { calendar, calendar_version }: Counting): Calendar =>
  calendar === null || calendar_version === null
    ? d.calendarNow(d.policy.calendar).time
    : d.calendarAt(calendar, calendar_version)

const count = (d: Decision, counting: Counting, from: Time, ms: number): Time =>
  counting.counted_in === 'business' ? calendarOf(d, counting).add(from, ms) : addMs(from, ms)

const isProvisional = (d: Decision, counting: Counting, from: Time, to: Time): boolean =>
  counting.counted_in === 'business' && calendarOf(d, counting).unpublishedYears(from, to).length > 0

/** The time between two moments as a clock counts it; negative when the second is the earlier. */
const elapsed = (d: Decision, counting: Counting, from: Time, to: Time): number => {
  if (counting.counted_in === 'natural') return toMs(to) - toMs(from)
  const calendar = calendarOf(d, counting)
  return from <= to ? calendar.between(from, to) : -calendar.between(to, from)
}

/** How long before its due time a clock of this length warns; null for never. A duty that is overdue already needs no warning. */
const warnBefore = (d: Decision, rule: ClockRule, ms: number, step: number): number | null => {
  const warning = rule.warn === undefined ? d.policy.warn : rule.warn
  if (warning === null || step > 0) return null
  if ('at_percent' in warning) return Math.floor((ms * (100 - warning.at_percent)) / 100)
  return Math.min(ms, msOf(warning.before, d.calendarNow(rule.calendar ?? d.policy.calendar).time))
}

/** The calendar that something to be told waits for; null where it is told at any hour. */
const serviceHours = (d: Decision, what: 'warnings' | 'notices'): Calendar | null => {
  const hours = d.policy.service_hours
  return hours?.holds_back.includes(what) ? d.calendarNow(hours.calendar).time : null
}

/** The moment of a warning: within the service hours where they are waited for, rather earlier than not at all. */
const warnsAt = (d: Decision, { warn_before_ms, counted_since, counts_ms, due_at, ...counting }: DeadlineRow): Time => {
  const at = counted_since === null ? due_at : count(d, counting, counted_since, Math.max(0, counts_ms - (warn_before_ms ?? 0)))
  const hours = serviceHours(d, 'warnings')
  if (hours === null || hours.isOpen(at)) return at
  const next = hours.nextOpening(at)
  if (next < due_at) return next
  // a minute, so that a sweep comes by before they end
  const last = addMs(hours.lastOpen(at), -MINUTE)
  return last > d.now ? last : due_at
}

/** When a sweep looks at a clock next. */
export const wakesAt = (d: Decision, deadline: DeadlineRow): Time => {
  if (deadline.warn_before_ms !== null) return warnsAt(d, deadline)
  return deadline.hold && deadline.hold.until > deadline.due_at ? deadline.hold.until : deadline.due_at
}

/** Starts a clock now. */
export const startClock = (d: Decision, kind: CountedKind, { party, subjectId = null, dueAt, again }: NewClock): DeadlineRow => {
  const step = again?.step ?? 0
  const rule = ruleOf(d, { kind, party, subject_id: subjectId })
  const counted = countingOf(d, rule, allowanceOf(d.policy, rule, step))
  const counting = dueAt === undefined ? counted.counting : inNaturalTime
  const ms = dueAt === undefined ? counted.ms : toMs(dueAt) - toMs(d.now)
  return run(d, {
    ...newClock(d, kind, party, subjectId, count(d, counting, d.now, ms)),
    ...counting,
    allowed_ms: ms,
    counts_ms: ms,
    pinned: dueAt !== undefined,
    on_silence: silenceOf(rule, step),
    warn_before_ms: warnBefore(d, rule, ms, step),
    owed_since: again?.owedSince ?? null,
    step,
  })
}

/** Waits for the service hours to tell of a miss. */
export const startNotice = (d: Decision, about: DeadlineRow, at: Time): DeadlineRow => {
  const ms = toMs(at) - toMs(d.now)
  return run(d, { ...newClock(d, 'notice', 'platform', about.id, at), allowed_ms: ms, counts_ms: ms, pinned: true })
}

const newClock = (d: Decision, kind: DeadlineKind, party: Side, subjectId: string | null, dueAt: Time): DeadlineRow => ({
  ...inNaturalTime,
  platform_id: d.file.complaint.platform_id,
  id: newId(),
  complaint_id: d.file.complaint.id,
  kind,
  party,
  subject_id: subjectId,
  allowed_ms: 0,
  counted_since: d.now,
  counts_ms: 0,
  provisional: false,
  pinned: false,
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
  margin_ms: null,
  ended_at: null,
})

const run = (d: Decision, row: DeadlineRow): DeadlineRow => {
  row.provisional = isProvisional(d, row, d.now, row.due_at)
  row.wakes_at = wakesAt(d, row)
  d.file.deadlines.push(row)
  note(d, row, 'started', null, row.due_at)
  notePromise(d, row)
  return row
}

/** Ends one clock, and notes by how much it was met or missed: since the duty first fell due, where that was missed before. */
export const endClock = (d: Decision, deadline: DeadlineRow, as: 'met' | 'missed' | 'cancelled'): void => {
  deadline.margin_ms = as === 'cancelled' ? null : timeLeft(d, deadline)
  deadline.status = as
  deadline.remaining_ms = null
  deadline.hold = null
  deadline.ended_at = d.now
  // a repeated clock hands what is owed on to the next one
  deadline.owed_since = as === 'missed' && clockLives[deadline.kind].staysOwed ? deadline.due_at : null
  note(d, deadline, as, deadline.due_at, null)
  noteResult(d, deadline, as)
}

/** The time an open clock has left, in milliseconds of the time it counts in; negative since the duty fell due. */
export const timeLeft = (d: Decision, deadline: DeadlineRow): number =>
  deadline.remaining_ms ?? elapsed(d, deadline, d.now, deadline.owed_since ?? deadline.due_at)

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
    else if (isStillOwed(deadline)) settleDebt(d, deadline)
  }
}

/** A duty that was missed and stayed owed is done, or nobody's any more. */
const settleDebt = (d: Decision, deadline: DeadlineRow): void => {
  deadline.margin_ms = elapsed(d, deadline, d.now, deadline.due_at)
  deadline.owed_since = null
}

/** The unused rest of a running clock. */
const restOf = (d: Decision, deadline: DeadlineRow): number => Math.max(0, elapsed(d, deadline, d.now, deadline.due_at))

/** Stops a running clock and keeps exactly its unused rest. */
export const pauseClock = (d: Decision, deadline: DeadlineRow): void => {
  if (deadline.status !== 'running') return
  deadline.remaining_ms = restOf(d, deadline)
  deadline.status = 'paused'
  note(d, deadline, 'paused', deadline.due_at, null)
}

/** While the case waits for a side business clocks stand still and others run; what begins with the wait runs while it lasts. */
export const settlePause = (d: Decision, deadline: DeadlineRow): void => {
  const { kind, counted_in } = deadline
  if (!pausingStates.includes(d.file.complaint.status) || kind === 'information' || kind === 'suspension') return
  if (counted_in === 'business') pauseClock(d, deadline)
  else resumeClock(d, deadline)
}

/** Counts a clock's present stretch from a moment on; says nothing of it. */
const countFrom = (d: Decision, deadline: DeadlineRow, counting: Counting, from: Time, ms: number): void => {
  Object.assign(deadline, { ...counting, counted_since: from, counts_ms: ms })
  deadline.due_at = count(d, counting, from, ms)
  deadline.provisional = isProvisional(d, counting, from, deadline.due_at)
}

/** The same calendar as it is now. */
const renewed = (d: Decision, counting: Counting): Counting => {
  if (counting.counted_in === 'natural') return inNaturalTime
  const { name, version } = d.calendarNow(counting.calendar ?? d.policy.calendar)
  return { counted_in: 'business', calendar: name, calendar_version: version }
}

/** Lets a paused clock run on with its unused rest, in its calendar as it is now. */
export const resumeClock = (d: Decision, deadline: DeadlineRow): void => {
  if (deadline.status !== 'paused' || deadline.remaining_ms === null) return
  const old = deadline.due_at
  countFrom(d, deadline, renewed(d, deadline), d.now, deadline.remaining_ms)
  deadline.status = 'running'
  deadline.remaining_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  note(d, deadline, 'resumed', old, deadline.due_at)
}

/**
 * Counts an open clock anew by the present policy and calendars, as if they had held since its present stretch began: time that is used up
 * stays used up. Nobody becomes late by it: what would have been due already is due now. Doing it again changes nothing.
 * @returns whether anything about it changed
 */
export const recomputeClock = (d: Decision, deadline: DeadlineRow, why: string): boolean => {
  const { kind } = deadline
  if (!isOpen(deadline) || deadline.pinned || kind === 'notice') return false
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
  deadline.allowed_ms = allowed
  deadline.on_silence = silenceOf(rule, deadline.step)
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
  const shown = ['due_at', 'remaining_ms', 'allowed_ms', 'on_silence', 'provisional', 'calendar'] as const
  if (shown.every((field) => deadline[field] === before[field])) {
    Object.assign(deadline, before)
    return false
  }
  const paused = deadline.status === 'paused'
  note(d, deadline, 'recomputed', before.due_at, paused ? null : deadline.due_at, why)
  return true
}

/**
 * Says once that a clock is running out, to whoever has to act; outside of the service hours it waits for them, or is left out where they
 * begin too late. It raises no version: nothing about the case has changed.
 */
export const warn = (d: Decision, deadline: DeadlineRow): void => {
  const hours = serviceHours(d, 'warnings')
  if (hours && !hours.isOpen(d.now)) {
    const next = hours.nextOpening(d.now)
    if (next < deadline.due_at) {
      deadline.wakes_at = next
      return
    }
  }
  deadline.warn_before_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  if (hours && !hours.isOpen(d.now)) return
  d.tell({
    type: 'deadline_due_soon',
    resource: 'deadline',
    resourceId: deadline.id,
    reason: deadline.on_silence,
    visibility: deadline.party === 'platform' ? 'staff' : deadline.party,
    data: { kind: deadline.kind, party: deadline.party, due_at: deadline.due_at },
  })
}

/** Holds back what follows silence until then; the duty stays due, and what is held back is not warned of. */
export const holdClock = (d: Decision, deadline: DeadlineRow, hold: Omit<Hold, 'warn_before_ms'>): void => {
  deadline.hold = { ...hold, warn_before_ms: deadline.hold?.warn_before_ms ?? deadline.warn_before_ms }
  deadline.warn_before_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  note(d, deadline, 'held', deadline.due_at, deadline.due_at)
}

/** Lets it happen again; a warning that was still to come is so again. */
export const releaseClock = (d: Decision, deadline: DeadlineRow): void => {
  deadline.warn_before_ms = deadline.due_at > d.now ? (deadline.hold?.warn_before_ms ?? null) : null
  deadline.hold = null
  deadline.wakes_at = wakesAt(d, deadline)
  note(d, deadline, 'released', deadline.due_at, deadline.due_at)
}

/** Makes a running clock due earlier, at a moment that a person named. Its margin is measured against that. */
export const bringForward = (d: Decision, deadline: DeadlineRow, at: Time): void => {
  const old = deadline.due_at
  if (deadline.counted_since !== null) {
    const stretch = Math.max(0, elapsed(d, deadline, deadline.counted_since, at))
    deadline.allowed_ms = Math.max(0, deadline.allowed_ms - deadline.counts_ms + stretch)
    deadline.counts_ms = stretch
  }
  deadline.due_at = at
  deadline.pinned = true
  deadline.provisional = false
  // what happens at once is warned of no more
  if (at <= d.now) deadline.warn_before_ms = null
  deadline.wakes_at = wakesAt(d, deadline)
  note(d, deadline, 'brought_forward', old, at)
}

/** When a miss is told: now, or when the service hours begin. */
export const noticeTime = (d: Decision): Time => serviceHours(d, 'notices')?.nextOpening(d.now) ?? d.now

/** Brings every clock in line with the state the case has just moved to. */
export const settleClocks = (d: Decision, from: ComplaintState, to: ComplaintState): void => {
  for (const deadline of d.file.deadlines) {
    const life = clockLives[deadline.kind]
    const livesOn = life.livesIn === 'anywhere' || life.livesIn.includes(to)
    if (!livesOn && isStillOwed(deadline)) settleDebt(d, deadline)
    if (!isOpen(deadline)) continue
    if (life.metIn?.includes(to)) endClock(d, deadline, 'met')
    else if (!livesOn) endClock(d, deadline, 'cancelled')
    else if (deadline.counted_in === 'business' && pausingStates.includes(to)) pauseClock(d, deadline)
    else if (deadline.counted_in === 'business' && pausingStates.includes(from)) resumeClock(d, deadline)
  }
}
