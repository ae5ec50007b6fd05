/** A clock of an advance or of a debt begins: while an appeal is open it waits for its end, like those that ran before. Pure. */
import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { pauseClock, startClock } from '../deadlines/clocks.ts'
import { standsStillIn } from '../deadlines/lives.ts'

export const startWaiting = (d: Decision, kind: CountedKind, party: Side, subjectId: string): void => {
  const clock = startClock(d, kind, { party, subjectId })
  if (d.file.complaint.status === 'under_appeal' && standsStillIn(clock, 'under_appeal')) pauseClock(d, clock, 'appeal_filed')
}
