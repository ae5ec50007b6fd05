/** The end of a case, whoever brings it about. */

import type { CloseReason, Outcome } from '../../words/complaints.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { appellants, openWindows } from '../appeals/windows.ts'
import type { Decision } from '../case-file/decision.ts'
import { cancelLivePlans } from '../refund-plans/effects.ts'
import { discloseLiability, moveComplaint } from './effects.ts'
import type { ComplaintRow } from './table.ts'

/** What a code says about the outcome of a case that has none yet; the others leave it open. */
const outcomeOf: Partial<Record<CloseReason, Outcome>> = {
  settled_elsewhere: 'settled',
  no_response: 'no_response',
  withdrawn: 'withdrawn',
}

/** What was agreed or decided before has come to nothing: this outcome takes the place of the plan's. */
const UNFULFILLED: CloseReason = 'return_not_shipped'

/** Outcomes that a plan brought about: who agreed to that plan has agreed to the outcome. */
const byPlan: readonly (Outcome | null)[] = ['settled', 'upheld', 'not_fulfilled']

/** In whose favour an outcome is; what is missing is in nobody's. */
const winnerOf: Partial<Record<Outcome, PartySide>> = {
  upheld: 'complainant',
  not_upheld: 'respondent',
  rejected: 'respondent',
  no_response: 'respondent',
}

/**
 * Who may contest a closing that nobody decided. It adds nothing to a decision that could be contested already, and who won has nothing to
 * contest. Where what was decided comes to nothing, it goes against the complainant, who gets no other chance to say why.
 */
const mayContestSilence = ({ decisions, outcome }: ComplaintRow, closeReason: CloseReason): PartySide[] => {
  if (decisions.length > 0) return closeReason === UNFULFILLED ? ['complainant'] : []
  return (['complainant', 'respondent'] as const).filter((side) => outcome === null || side !== winnerOf[outcome])
}

/**
 * Closes the case: live plans are cancelled, undone steps skipped, reserved money released.
 * @param how.contestable whether the closing itself may be appealed: a person's by both, one by silence as `mayContestSilence` says
 * @param how.explanation why, in the words of whoever closes it
 */
export const closeComplaint = (
  d: Decision,
  closeReason: CloseReason,
  how: { contestable: boolean; explanation?: string },
): void => {
  const { complaint } = d.file
  const from = complaint.status
  const restsOnPlan = from === 'resolved' || from === 'executing'
  cancelLivePlans(d, `case_closed_${closeReason}`)
  complaint.outcome = closeReason === UNFULFILLED ? 'not_fulfilled' : (complaint.outcome ?? outcomeOf[closeReason] ?? null)
  complaint.close_reason = closeReason
  complaint.closed_at = d.now
  complaint.returns_to = null
  if (closeReason !== 'withdrawn') discloseLiability(d)
  moveComplaint(d, 'closed')
  const heard = d.actor.role === 'system' ? mayContestSilence(complaint, closeReason) : undefined
  const contested = how.contestable ? appellants(d.file).filter((side) => heard === undefined || heard.includes(side)) : []
  if (contested.length > 0)
    openWindows(d, 'closed', restsOnPlan && byPlan.includes(complaint.outcome) ? complaint.current_plan_id : null, contested)
  const { explanation } = how
  if (closeReason === 'withdrawn')
    d.tell({
      type: 'complaint_withdrawn',
      from,
      to: 'closed',
      reasonCode: closeReason,
      data: explanation === undefined ? {} : { explanation },
    })
  else d.tell({ type: 'complaint_closed', from, to: 'closed', reasonCode: closeReason })
}
