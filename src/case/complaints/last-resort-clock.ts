/** The clock of the last resort: it runs while a case on the highest level waits for a decision. Pure. */

import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { clockOf } from '../../words/deadlines.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, settlePause, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'

/** The decision that a case on the highest level waits for: on an appeal (its id) or on the case (null); undefined where on nothing. */
const waitedFor = ({ complaint, appeals }: CaseFile): string | null | undefined => {
  const { livesIn } = clockOf.last_resort
  const lives = livesIn.includes(complaint.status)
  // before a case is accepted, the highest level has nothing to decide in it
  if (complaint.level < HIGHEST_LEVEL || !lives || complaint.returns_to === 'submitted') return undefined
  if (complaint.status !== 'under_appeal') return null
  return appeals.find((appeal) => appeal.decided_at === null)?.id
}

/** Brings the clock in line with the case: it starts afresh for each decision that the case waits for. */
export const settleLastResort = (d: Decision): void => {
  const { complaint, deadlines } = d.file
  const subject = waitedFor(d.file)
  const open = deadlines.filter((x) => x.kind === 'last_resort' && isOpen(x))
  for (const clock of open) if (clock.subject_id !== subject) endClock(d, clock, 'cancelled')
  if (subject !== undefined && open.some((clock) => clock.subject_id === subject)) return
  complaint.last_resort_at = null
  if (subject !== undefined) settlePause(d, startClock(d, 'last_resort', { party: 'platform', subjectId: subject }))
}
