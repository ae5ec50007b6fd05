/** A clock that begins in a case under appeal: it waits for the end of the appeal, like those that ran before. Pure. */
import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { pauseClock, startClock } from './clocks.ts'
import { standsStillIn } from './lives.ts'
import type { DeadlineRow } from './table.ts'

export const startWaiting = (d: Decision, kind: CountedKind, party: Side, subjectId: string): DeadlineRow => {
  const clock = startClock(d, kind, { party, subjectId })
  if (d.file.complaint.status === 'under_appeal' && standsStillIn(clock, 'under_appeal')) pauseClock(d, clock, 'appeal_filed')
  return clock
}
