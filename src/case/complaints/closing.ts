/** The end of a case, by a person or by silence. */

import type { CloseReason, Outcome } from '../../words/complaints.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { closeRecovered } from '../advances/recovery.ts'
import { askProvisionalBack } from '../advances/reversal.ts'
import { appellants, openWindows } from '../appeals/windows.ts'
import type { Decision } from '../case-file/decision.ts'
import { cancelLivePlans } from '../refund-plans/effects.ts'
import { discloseLiability, moveComplaint } from './effects.ts'
import type { ComplaintRow } from './table.ts'

/** The outcome of a case that has none yet, by its close reason. The other reasons leave it open. */
const outcomeOf: Partial<Record<CloseReason, Outcome>> = {
  settled_elsewhere: 'settled',
  no_response: 'no_response',
  withdrawn: 'withdrawn',
}

/** The close reason of a case whose plan came to nothing: `not_fulfilled` then takes the place of the plan's outcome. */
const UNFULFILLED: CloseReason = 'return_not_shipped'

/** Outcomes that a plan brought about. A side that agreed to the plan has agreed to the outcome. */
const byPlan: readonly (Outcome | null)[] = ['settled', 'upheld', 'not_fulfilled']

/** The side that an outcome favours. An outcome that is not listed favours neither. */
const winnerOf: Partial<Record<Outcome, PartySide>> = {
  upheld: 'complainant',
  not_upheld: 'respondent',
  rejected: 'respondent',
  no_response: 'respondent',
}

/**
 * The sides that may contest a closing by silence. Where a contestable decision stands already, the closing adds nothing to it; otherwise
 * each side may that has not won. Where the plan came to nothing, the complainant may in any case: it has no other chance to say why.
 */
const sidesThatMayContest = ({ decisions, outcome }: ComplaintRow, closeReason: CloseReason): PartySide[] => {
  if (decisions.length > 0) return closeReason === UNFULFILLED ? ['complainant'] : []
  return (['complainant', 'respondent'] as const).filter((side) => outcome === null || side !== winnerOf[outcome])
}

/**
 * Closes the case: live plans are cancelled, undone steps skipped, reserved money released.
 * @param how.contestable whether the closing itself may be appealed: one by a person by all `appellants`, one by silence by those of them
 *   whom `sidesThatMayContest` names
 * @param how.explanation why, in the words of the person who closes it
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
  askProvisionalBack(d)
  closeRecovered(d)
  const heard = d.actor.role === 'system' ? sidesThatMayContest(complaint, closeReason) : undefined
  // what was closed before and only carried out once more was contestable then
  const closedBefore = d.file.plans.some(({ steps }) => steps.some(({ resumed }) => resumed?.from === 'closed'))
  const contested =
    how.contestable && !closedBefore ? appellants(d.file).filter((side) => heard === undefined || heard.includes(side)) : []
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
