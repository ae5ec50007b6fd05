/** The closed lists of the clocks: wire values, in the order they are documented. */
import type { Time } from '../foundation/clock.ts'

/** Where somebody stands in a case. */
export const sides = ['complainant', 'respondent', 'platform'] as const
export type Side = (typeof sides)[number]
/** The two who argue. */
export type PartySide = 'complainant' | 'respondent'

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

/** What became of a clock in a decision; kept with the decision's event. */
export interface ClockChange {
  kind: DeadlineKind
  party: Side
  change: 'started' | 'met' | 'missed' | 'cancelled' | 'paused' | 'resumed'
  old_due_at: Time | null
  new_due_at: Time | null
}
