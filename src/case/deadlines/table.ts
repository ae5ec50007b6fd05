import type { Time } from '../../foundation/clock.ts'
import type { Duration } from '../../rules/policy/clock-rule-schema.ts'
import type {
  DeadlineKind,
  DeadlineStatus,
  OnSilence,
  PartySide,
  PromisedKind,
  promiseResults,
  Side,
} from '../../words/deadlines.ts'

/** The consequence of a miss that was an escalation, a reminder or a call. */
export interface Escalation {
  action: 'escalate' | 'remind' | 'call_supervisors'
  /** The level of the case afterwards. */
  level: number
  tells: string[]
  /** Null while the service hours are waited for. */
  told_at: Time | null
}

/** The version and the lines of the policy by which a clock is counted. */
export interface ClockLine {
  policy_version: number
  /** Pointers into the policy's document; the line that fits first comes first. */
  lines: readonly string[]
  allow: Duration
}

/** A person holds back what the service would do on silence. */
export interface Hold {
  by: string
  explanation: string
  until: Time
  held_at: Time
  /** The warning that a release brings back; null where none was to come. */
  warn_before_ms: number | null
}

/** Words of a side: on its own clock those that hold its silence, on a `next_reply` those that wait for an answer. */
export interface Heard {
  side: PartySide
  resource: 'message' | 'evidence'
  resource_id: string
  at: Time
  /** When the hold ends by itself; null where nothing is held. */
  until: Time | null
  /** Null while it is held. */
  ended_at: Time | null
  ended_by: 'answered' | 'no_answer_needed' | 'unanswered' | null
}

/** A supervisor cancelled for good what silence would have led to: the supervisors are called in instead. */
export interface Cancellation {
  /** The clock on which it was cancelled. The clocks that go on with the duty carry the cancellation, too. */
  deadline_id: string
  action: OnSilence
  by: string
  explanation: string
  cancelled_at: Time
}

/** A clock. `due_at` is `counts_ms` after `counted_since`, in natural time or in the open time of the calendar. */
export interface DeadlineRow {
  platform_id: string
  id: string
  complaint_id: string
  kind: DeadlineKind
  party: Side
  subject_id: string | null
  counted_in: 'natural' | 'business'
  /** The calendar it was counted in; null for natural time. */
  calendar: string | null
  calendar_version: number | null
  /** Null for a moment that a person named, for `notice` and `held_silence`, and where an earlier version of the service started it. */
  rule: ClockLine | null
  /** All the time it had from its start. */
  allowed_ms: number
  /** Where the present stretch begins; null where an earlier version of the service started the clock. */
  counted_since: Time | null
  counts_ms: number
  /** Counted through a year whose public holidays had not been published. */
  provisional: boolean
  /** A person named its moment, so no recomputation moves it. */
  pinned: boolean
  /** Its due time before it was shortened for the first time. */
  shortened_from_at: Time | null
  /** It is not due before this moment, whatever shortened it. */
  kept_until_at: Time | null
  /** While it is paused: the least rest it keeps. */
  kept_ms: number | null
  on_silence: OnSilence
  status: DeadlineStatus
  started_at: Time
  due_at: Time
  remaining_ms: number | null
  /** Null when there is no warning to come. */
  warn_before_ms: number | null
  wakes_at: Time
  owed_since: Time | null
  /** How often the duty had been missed before this clock fell due last. */
  step: number
  /** What its latest miss led to. */
  escalation: Escalation | null
  hold: Hold | null
  /** Null where no words were heard on it. */
  heard: Heard | null
  cancellation: Cancellation | null
  /** Why the consequence of its silence could not take effect, as a code. */
  obstacle: string | null
  /** At its end: the time that was left; negative when it was late. */
  margin_ms: number | null
  ended_at: Time | null
}

/** Whether a promise of a case was kept. */
export interface Promised {
  result: (typeof promiseResults)[number]
  /** The time that was left when it was done, in milliseconds of the clock's own time; negative when it was late. */
  margin_ms: number | null
}

export type Sla = Partial<Record<PromisedKind, Promised>>

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    deadlines: DeadlineRow
  }
}
