/** Counts the open clocks of a case anew, by other rules than those they started under. Pure. */
import type { Decision } from '../../case/case-file/decision.ts'
import { settlePause } from '../../case/deadlines/clocks.ts'
import { forgiveMiss, recomputeClock } from '../../case/deadlines/recompute.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import type { Applies } from './table.ts'

interface Recounting {
  applies: Applies
  /** The job it is part of. */
  id?: string
  /** The explanation of the admin who asked for it. */
  explanation?: string | null
}

const because: Readonly<Record<Applies, ClockReason>> = {
  policy_and_calendars: 'policy_changed',
  calendars: 'calendars_changed',
}

/**
 * Counts the clocks anew under the rules of the decision `d`. A second run changes nothing and tells nothing. A new policy version of the
 * case is told even if no clock moves. Moments that a person named stay.
 * @returns how many clocks changed
 */
export const recount = (d: Decision, { applies, id, explanation = null }: Recounting): number => {
  const { complaint } = d.file
  const from = complaint.policy_version
  let moved = 0
  for (const deadline of [...d.file.deadlines]) {
    const forgiven = forgiveMiss(d, deadline)
    if (!forgiven && !recomputeClock(d, deadline, because[applies])) continue
    settlePause(d, forgiven ?? deadline)
    moved += 1
  }
  complaint.policy_version = d.policyVersion
  if (moved === 0 && from === d.policyVersion) return 0
  d.tell({
    type: 'clocks_recomputed',
    reasonCode: applies,
    // a policy that moves no clock is no news for the parties
    ...(moved === 0 && { visibility: 'staff' }),
    data: { from_version: from, to_version: d.policyVersion, explanation, ...(id !== undefined && { recomputation_id: id }) },
  })
  return moved
}
