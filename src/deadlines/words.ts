/** The closed lists of the clocks: wire values, in the order they are documented. */
import type { Time } from '../foundation/clock.ts'

/** Where somebody stands in a case. */
export const sides = ['complainant', 'respondent', 'platform'] as const
export type Side = (typeof sides)[number]
/** The two who argue. */
export type PartySide = 'complainant' | 'respondent'

export const deadlineStatuses = ['running', 'paused', 'met', 'missed', 'cancelled'] as const
export type DeadlineStatus = (typeof deadlineStatuses)[number]

/** What a policy can choose to happen when nobody acts in time. */
export const chosenSilences = [
  'escalate',
  'remind',
  'close_no_response',
  'deem_accepted',
  'expire_and_escalate',
  'close_return_not_shipped',
  'deem_passed',
  'resume',
  'close',
  'window_shuts',
  'call_last_resort',
  'end_undecided',
  'replace',
] as const
export type ChosenSilence = (typeof chosenSilences)[number]

/** What the service does when nobody acts in time. */
export const silences = [...chosenSilences, 'tell'] as const
export type OnSilence = (typeof silences)[number]

/** What ends something for a party without a word of its own: what a platform's switch stops. */
export const closesOrDeems: readonly OnSilence[] = [
  'close',
  'close_no_response',
  'close_return_not_shipped',
  'deem_accepted',
  'deem_passed',
  'end_undecided',
]

/** Kinds that the policy counts. */
export const countedKinds = [
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
  'last_resort',
  'challenge',
] as const
export type CountedKind = (typeof countedKinds)[number]

/** A `notice` is no duty: it waits for the service hours to tell of a miss. */
export const deadlineKinds = [...countedKinds, 'notice'] as const
export type DeadlineKind = (typeof deadlineKinds)[number]

/** What became of a clock in a decision; kept with the decision's event. */
export interface ClockChange {
  kind: DeadlineKind
  party: Side
  /** How often the duty had been missed before this clock started. */
  step: number
  change:
    | 'started'
    | 'met'
    | 'missed'
    | 'cancelled'
    | 'paused'
    | 'resumed'
    | 'recomputed'
    | 'held'
    | 'released'
    | 'brought_forward'
  /** What brought it about: the event's type, unless the clock has a reason of its own. */
  why: string
  old_due_at: Time | null
  new_due_at: Time | null
  /** At its end: the time that was left, in milliseconds of the time it counts in; negative when it was late. */
  margin_ms: number | null
}
