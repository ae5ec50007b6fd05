/** In which states of the case which clock may run. A clock that the case leaves behind ends by itself, so no rule has to remember it. */
import { type ComplaintState, complaintStateNames, undecidedStates } from '../../words/complaints.ts'
import type { DeadlineKind } from '../../words/deadlines.ts'
import type { DeadlineRow } from './table.ts'

interface ClockLife {
  /** The states of the case in which the clock may be open; `anywhere` outlives the case. */
  livesIn: readonly ComplaintState[] | 'anywhere'
  /** Reaching one of these meets it; any other state it does not live in cancels it. */
  metIn?: readonly ComplaintState[]
  /** A duty that stays owed after it was escalated: the clock starts again, for one of the policy's steps. */
  repeats?: true
  /** A duty that stays owed after it was missed, although nothing more happens on silence. */
  staysOwed?: true
  /** It runs on while the case waits for a side: it began with the wait, or is owed to somebody who spoke. */
  runsOn?: true
  /** It stands still while an appeal is open. */
  waitsForAppeal?: true
  /** It stands still by a rule of its own (`completion.ts`), whatever time it counts in. */
  pausesByItself?: true
}

const stillOpen = Object.keys(complaintStateNames).filter((state) => state !== 'closed') as ComplaintState[]
/** Where nothing has been agreed, decided or begun yet, once a case has been accepted. */
const beforeExecution: readonly ComplaintState[] = undecidedStates.filter((state) => state !== 'submitted')

export const clockLives: Readonly<Record<DeadlineKind, ClockLife>> = {
  first_response: { livesIn: ['submitted'], repeats: true },
  completion: {
    livesIn: [...undecidedStates, 'executing', 'under_appeal'],
    metIn: ['resolved', 'rejected', 'closed'],
    repeats: true,
    pausesByItself: true,
  },
  resolution: {
    // from the first answer on, where that came before acceptance
    livesIn: undecidedStates,
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    repeats: true,
  },
  intervention: {
    livesIn: ['investigating', 'awaiting_information', 'suspended', 'awaiting_confirmation'],
    staysOwed: true,
  },
  information: { livesIn: ['awaiting_information'], runsOn: true },
  respondent_response: { livesIn: ['negotiating', 'awaiting_information', 'awaiting_confirmation'] },
  confirmation: { livesIn: ['awaiting_confirmation'] },
  return_shipment: { livesIn: ['executing', 'under_appeal'], repeats: true, waitsForAppeal: true },
  inspection: { livesIn: ['executing', 'under_appeal'], repeats: true, waitsForAppeal: true },
  refund: { livesIn: ['executing', 'under_appeal'], repeats: true, waitsForAppeal: true },
  step: { livesIn: ['executing', 'under_appeal'], repeats: true, waitsForAppeal: true },
  suspension: { livesIn: ['suspended'], runsOn: true },
  auto_close: { livesIn: ['resolved', 'rejected', 'under_appeal'], waitsForAppeal: true },
  appeal_window: { livesIn: 'anywhere' },
  appeal_decision: { livesIn: ['under_appeal'], repeats: true },
  next_reply: { livesIn: stillOpen, repeats: true, runsOn: true },
  last_resort: {
    livesIn: [...beforeExecution, 'under_appeal'],
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    repeats: true,
  },
  challenge: { livesIn: stillOpen },
  notice: { livesIn: stillOpen },
  held_silence: { livesIn: stillOpen },
}

/** The states in which the case waits for a side: business clocks stand still. */
export const pausingStates: readonly ComplaintState[] = ['awaiting_information', 'suspended']

/** Whether a clock stands still while the case is in this state, rather than end or run on. */
export const standsStillIn = ({ kind, counted_in }: DeadlineRow, state: ComplaintState): boolean => {
  const { livesIn, metIn, runsOn, pausesByItself, waitsForAppeal } = clockLives[kind]
  if (state === 'under_appeal') return waitsForAppeal === true
  if (runsOn || pausesByItself) return false
  const livesOn = (livesIn === 'anywhere' || livesIn.includes(state)) && !metIn?.includes(state)
  return livesOn && counted_in === 'business' && pausingStates.includes(state)
}
