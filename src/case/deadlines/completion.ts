/**
 * The clock over the whole handling of a case, from filing until it is resolved, rejected or closed. It counts the time that the platform
 * takes: it stands still while a side owes something, in a suspension and under appeal. This file works it out after each decision, so that
 * no rule has to remember it.
 */

import type { ComplaintState } from '../../words/complaints.ts'
import { againstPlatform, type CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, pauseClock, resumeClock, startClock } from './clocks.ts'
import { isDuty, isHeard, isOpen } from './due.ts'
import type { DeadlineRow } from './table.ts'

/** A case that is investigated again after one of these states gets a new clock. After a failed plan the same clock goes on. */
const atRest: readonly ComplaintState[] = ['resolved', 'rejected', 'closed', 'under_appeal']

/** States from which a plan that was executed may be executed again. */
const executed: readonly ComplaintState[] = ['resolved', 'closed']

const isTakenUpAgain = ({ before, file }: Decision): boolean =>
  (atRest.includes(before.complaint.status) && file.complaint.status === 'investigating') ||
  (executed.includes(before.complaint.status) && file.complaint.status === 'executing')

/** Whether the case waits for somebody else than the platform. As the respondent the platform owes its answer itself. */
const waitsForOthers = ({ complaint, deadlines }: CaseFile): boolean => {
  if (complaint.status === 'suspended' || complaint.status === 'under_appeal') return true
  const sides = againstPlatform(complaint) ? ['complainant'] : ['complainant', 'respondent']
  // a side whose words hold its clock waits for staff, not staff for it
  return deadlines.some((x) => isOpen(x) && isDuty(x) && !isHeard(x) && sides.includes(x.party))
}

/** The `completion` clock, where its time was up before the wait that begins now. It must be missed first. */
export const overdueBeforeWait = (d: Decision): DeadlineRow | undefined =>
  waitsForOthers(d.file)
    ? d.file.deadlines.find((x) => x.kind === 'completion' && x.status === 'running' && x.due_at <= d.now)
    : undefined

/** Starts, pauses or resumes the clock as the decision leaves the case. `settleClocks` has ended it where the new state does so. */
export const settleCompletion = (d: Decision): void => {
  const open = () => d.file.deadlines.find((x) => x.kind === 'completion' && isOpen(x))
  const again = isTakenUpAgain(d)
  const old = again ? open() : undefined
  if (old) endClock(d, old, 'cancelled')
  if (again || d.isFirst)
    startClock(d, 'completion', { party: 'platform', since: d.isFirst ? (d.file.complaint.received_at ?? d.now) : d.now })
  const clock = open()
  if (!clock) return
  // a clock that is due is to be missed: a wait that begins later does not pause it
  if (clock.status === 'running' && clock.due_at <= d.now) return
  if (waitsForOthers(d.file)) pauseClock(d, clock, 'side_owes')
  else resumeClock(d, clock, 'platform_owes')
}
