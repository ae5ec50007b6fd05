/**
 * The clock over the whole handling of a case, from the first word until it is resolved, rejected or closed. It counts what the platform
 * takes: it stands still while a side owes something, in a suspension and under appeal. All of it is worked out here, after each decision, so
 * that no rule has to remember it.
 */

import type { ComplaintState } from '../../words/complaints.ts'
import { againstPlatform, type CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, pauseClock, resumeClock, startClock } from './clocks.ts'
import { isDuty, isHeard, isOpen } from './due.ts'
import type { DeadlineRow } from './table.ts'

/** What such a case comes back from is begun anew. A plan that failed was never the end: the clock that runs goes on. */
const atRest: readonly ComplaintState[] = ['resolved', 'rejected', 'closed', 'under_appeal']

const isTakenUpAgain = ({ before, file }: Decision): boolean =>
  atRest.includes(before.complaint.status) && file.complaint.status === 'investigating'

/** Whether something else than the platform is waited for. What the platform owes as the respondent is its own to do. */
const waitsForOthers = ({ complaint, deadlines }: CaseFile): boolean => {
  if (complaint.status === 'suspended' || complaint.status === 'under_appeal') return true
  const sides = againstPlatform(complaint) ? ['complainant'] : ['complainant', 'respondent']
  // a side whose words hold its clock waits for an answer of staff
  return deadlines.some((x) => isOpen(x) && isDuty(x) && !isHeard(x) && sides.includes(x.party))
}

/** The clock, where its time was up before the wait that begins now: it is missed first. */
export const overdueBeforeWait = (d: Decision): DeadlineRow | undefined =>
  waitsForOthers(d.file)
    ? d.file.deadlines.find((x) => x.kind === 'completion' && x.status === 'running' && x.due_at <= d.now)
    : undefined

/** Starts, pauses and resumes the clock as the decision leaves the case; where it ends, the case's state has ended it. */
export const settleCompletion = (d: Decision): void => {
  const open = () => d.file.deadlines.find((x) => x.kind === 'completion' && isOpen(x))
  const again = isTakenUpAgain(d)
  const old = again ? open() : undefined
  if (old) endClock(d, old, 'cancelled')
  if (again || d.isFirst) startClock(d, 'completion', { party: 'platform' })
  const clock = open()
  if (!clock) return
  // what is due is missed first: a wait that begins late does not undo that
  if (clock.status === 'running' && clock.due_at <= d.now) return
  if (waitsForOthers(d.file)) pauseClock(d, clock, 'side_owes')
  else resumeClock(d, clock, 'platform_owes')
}
