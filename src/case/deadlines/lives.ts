/** When a clock stands still. The table of `words/deadlines.ts` says in which states of the case it may be open at all. */
import type { ComplaintState } from '../../words/complaints.ts'
import { clockOf } from '../../words/deadlines.ts'
import type { DeadlineRow } from './table.ts'

/** The states in which the case waits for a side: business clocks stand still. */
export const pausingStates: readonly ComplaintState[] = ['awaiting_information', 'suspended']

/** Whether a clock stands still while the case is in this state, rather than end or run on. */
export const standsStillIn = ({ kind, counted_in }: DeadlineRow, state: ComplaintState): boolean => {
  const { livesIn, metIn, runsOn, pausesByItself, waitsForAppeal } = clockOf[kind]
  if (state === 'under_appeal') return waitsForAppeal === true
  if (runsOn || pausesByItself) return false
  const livesOn = livesIn.includes(state) && !metIn?.includes(state)
  return livesOn && counted_in === 'business' && pausingStates.includes(state)
}
