/** What happens to the complaint itself, as the building blocks of every decision that touches it. The only code that sets its status. */

import { type ComplaintState, HIGHEST_LEVEL } from '../../words/complaints.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, settleClocks, startClock } from '../deadlines/clocks.ts'
import { settleChallenges } from './challenges.ts'
import { settleLastResort } from './last-resort-clock.ts'
import { setComplaintStatus } from './lifecycle.ts'

/** Moves the case and brings its clocks in line. */
export const moveComplaint = (d: Decision, to: ComplaintState): void => {
  const { complaint } = d.file
  const from = complaint.status
  if (from === to) return
  setComplaintStatus(complaint, to)
  settleClocks(d, from, to)
  settleLastResort(d)
  settleChallenges(d)
}

/** Leaves for information or confirmation and remembers where to return; going from one wait to the next keeps the first memory. */
export const leaveFor = (d: Decision, to: 'awaiting_information' | 'awaiting_confirmation'): void => {
  const { complaint } = d.file
  if (complaint.status === 'submitted' || complaint.status === 'negotiating' || complaint.status === 'investigating') {
    complaint.returns_to = complaint.status
  }
  moveComplaint(d, to)
}

/** Goes back to where the case was before it asked for information or for confirmation. */
export const goBack = (d: Decision): void => {
  const { complaint } = d.file
  const to = complaint.returns_to ?? 'investigating'
  complaint.returns_to = null
  moveComplaint(d, to)
}

/** A suspended case goes on, by somebody's word or because the suspension's time is up. */
export const resumeComplaint = (d: Decision): void => {
  endClocks(d, 'met', { kinds: ['suspension'] })
  d.file.complaint.suspension = null
  moveComplaint(d, 'investigating')
  d.tell({ type: 'complaint_resumed', from: 'suspended', to: 'investigating' })
}

/** Begins the work of getting the case resolved: once accepted, and afresh whenever it is taken up again. */
export const startResolution = (d: Decision): void => {
  // it may already run since the first answer of staff
  endClocks(d, 'cancelled', { kinds: ['resolution'] })
  startClock(d, 'resolution', { party: 'platform' })
}

/**
 * One level up, and out of a negotiation into an investigation. At the highest level there is nowhere to climb: a case under
 * negotiation is still stepped into, and for any other nothing changes and nothing is told.
 */
export const escalateComplaint = (d: Decision, reasonCode: string, more: { obstacle?: string } = {}): void => {
  const { complaint } = d.file
  const from = complaint.status
  const fromLevel = complaint.level
  if (fromLevel >= HIGHEST_LEVEL && from !== 'negotiating') return
  complaint.level = Math.min(HIGHEST_LEVEL, fromLevel + 1)
  if (from === 'negotiating') {
    moveComplaint(d, 'investigating')
    startClock(d, 'intervention', { party: 'platform' })
  }
  settleLastResort(d)
  tellEscalated(d, reasonCode, { from, fromLevel }, more)
}

const tellEscalated = (
  d: Decision,
  reasonCode: string,
  { from, fromLevel }: { from: ComplaintState; fromLevel: number },
  more: { obstacle?: string } = {},
): void => {
  const { status, level } = d.file.complaint
  d.tell({
    type: 'complaint_escalated',
    from,
    to: status,
    reasonCode,
    data: { from_level: fromLevel, to_level: level, ...more },
  })
}

/** Raises a case to the highest level at once, past the levels between. */
export const climbToTheTop = (d: Decision, reasonCode: string): void => {
  const { complaint } = d.file
  const { status: from, level: fromLevel } = complaint
  if (fromLevel >= HIGHEST_LEVEL) return
  complaint.level = HIGHEST_LEVEL
  settleLastResort(d)
  tellEscalated(d, reasonCode, { from, fromLevel })
}

/** From now on the parties may read who was found liable. */
export const discloseLiability = (d: Decision): void => {
  d.file.complaint.liability_disclosed = d.file.complaint.liability !== null
}
