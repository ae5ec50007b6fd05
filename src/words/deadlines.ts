/** The closed lists of the clocks: wire values, in the order they are documented. */

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
  'deem_agreed',
  'call_last_resort',
  'end_undecided',
  'replace',
] as const
export type ChosenSilence = (typeof chosenSilences)[number]

/**
 * What the service does when nobody acts in time. `tell` tells of a miss, `end_hold` ends what words have held for too long; whether it
 * proposes what is wanted, `platform_silence` of the policy says.
 */
export const silences = [...chosenSilences, 'propose_wanted', 'tell', 'end_hold'] as const
export type OnSilence = (typeof silences)[number]

/** What ends something for a party without a word of its own: what a platform's switch stops. */
export const closesOrDeems: readonly OnSilence[] = [
  'close',
  'close_no_response',
  'close_return_not_shipped',
  'deem_accepted',
  'deem_agreed',
  'deem_passed',
  'end_undecided',
]

/** What only calls somebody in: nothing is decided by it. */
export const callsIn: readonly OnSilence[] = ['escalate', 'remind', 'tell']

/** Kinds that the policy counts. */
export const countedKinds = [
  'first_response',
  'completion',
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
  'next_reply',
  'last_resort',
  'challenge',
] as const
export type CountedKind = (typeof countedKinds)[number]

/** No duties: a `notice` waits for the service hours to tell of a miss, a `held_silence` for the end of what a side's words hold. */
export const ownKinds = ['notice', 'held_silence'] as const
export const deadlineKinds = [...countedKinds, ...ownKinds] as const
export type DeadlineKind = (typeof deadlineKinds)[number]

export const isCounted = (kind: DeadlineKind): kind is CountedKind => !(ownKinds as readonly string[]).includes(kind)

/** Whose silence the words of that side can hold: what it owes itself. A chat is no answer to a complaint, and a window is a right. */
export const hearableKinds = [
  'information',
  'confirmation',
  'return_shipment',
  'inspection',
  'step',
  'auto_close',
] as const satisfies readonly CountedKind[]

/** What a case has given its word for. */
export const promisedKinds = ['first_response', 'resolution'] as const
export type PromisedKind = (typeof promisedKinds)[number]

export const promiseResults = ['pending', 'met', 'missed'] as const
