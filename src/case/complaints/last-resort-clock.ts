/** The clock of the last resort: it runs while a case on the highest level waits for a decision. Pure. */

import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { clockOf } from '../../words/deadlines.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, settlePause, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'

/** What is waited for on the highest level: the decision on an appeal, or (null) that of the case; undefined where nothing is. */
const waitedFor = ({ complaint, appeals }: CaseFile): string | null | undefined => {
  const { livesIn } = clockOf.last_resort
  const lives = livesIn !== 'anywhere' && livesIn.includes(complaint.status)
  // what is missing before anybody has taken the case on is waited for by nobody up there
  if (complaint.level < HIGHEST_LEVEL || !lives || complaint.returns_to === 'submitted') return undefined
  if (complaint.status !== 'under_appeal') return null
  return appeals.find((appeal) => appeal.decided_at === null)?.id
}

/** Brings the clock in line with where the case stands now: it starts afresh for each thing that is waited for. */
export const settleLastResort = (d: Decision): void => {
  const { complaint, deadlines } = d.file
  const subject = waitedFor(d.file)
  const open = deadlines.filter((x) => x.kind === 'last_resort' && isOpen(x))
  for (const clock of open) if (clock.subject_id !== subject) endClock(d, clock, 'cancelled')
  if (subject !== undefined && open.some((clock) => clock.subject_id === subject)) return
  complaint.last_resort_at = null
  if (subject !== undefined) settlePause(d, startClock(d, 'last_resort', { party: 'platform', subjectId: subject }))
}
