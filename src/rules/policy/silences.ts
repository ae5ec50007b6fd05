/**
 * What silence can lead to for each kind of clock: the last word ends the wait, or calls somebody in again and again while the duty stays
 * owed; those before it lead on to the next. Here, since it follows from what the rules of silence can do, and no policy can change that.
 */
import type { ChosenSilence, CountedKind } from '../../words/deadlines.ts'

export interface Ladder {
  last: readonly ChosenSilence[]
  before: readonly ChosenSilence[]
}

const escalates: Ladder = { last: ['escalate'], before: ['remind', 'escalate'] }

export const ladders: Readonly<Record<CountedKind, Ladder>> = {
  first_response: escalates,
  completion: escalates,
  resolution: escalates,
  intervention: escalates,
  information: { last: ['close_no_response'], before: ['remind'] },
  // the platform steps in, or what was wanted is taken for agreed; the respondent's turn is over
  respondent_response: { last: ['escalate', 'deem_agreed'], before: ['remind'] },
  confirmation: { last: ['expire_and_escalate', 'deem_accepted'], before: ['remind', 'escalate'] },
  return_shipment: { last: ['close_return_not_shipped', 'escalate'], before: ['remind', 'escalate'] },
  inspection: { last: ['deem_passed', 'escalate'], before: ['remind', 'escalate'] },
  refund: escalates,
  step: escalates,
  suspension: { last: ['resume'], before: ['remind'] },
  auto_close: { last: ['close'], before: ['remind'] },
  // a right that runs out reminds nobody and calls nobody in
  appeal_window: { last: ['window_shuts'], before: [] },
  appeal_decision: escalates,
  next_reply: escalates,
  // whoever is called may still stay silent: an appeal must not wait for ever
  last_resort: { last: ['end_undecided'], before: ['call_last_resort'] },
  challenge: { last: ['replace'], before: ['remind'] },
}
