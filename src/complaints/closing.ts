/** The end of a case, whoever brings it about. */
import { openWindows } from '../appeals/windows.ts'
import type { Decision } from '../case-file/decision.ts'
import { cancelLivePlans } from '../refund-plans/effects.ts'
import { discloseLiability, moveComplaint } from './effects.ts'
import type { CloseReason, Outcome } from './words.ts'

/** What a code says about the outcome of a case that has none yet; the others leave it open. */
const outcomeOf: Partial<Record<CloseReason, Outcome>> = {
  settled_elsewhere: 'settled',
  no_response: 'no_response',
  withdrawn: 'withdrawn',
}

/** Outcomes that a plan brought about: who agreed to that plan has agreed to the outcome. */
const byPlan: readonly (Outcome | null)[] = ['settled', 'upheld']

/**
 * Closes the case: live plans are cancelled, undone steps skipped, reserved money released.
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
  complaint.outcome ??= outcomeOf[closeReason] ?? null
  complaint.close_reason = closeReason
  complaint.closed_at = d.now
  complaint.returns_to = null
  if (closeReason !== 'withdrawn') discloseLiability(d)
  moveComplaint(d, 'closed')
  if (how.contestable)
    openWindows(d, 'closed', restsOnPlan && byPlan.includes(complaint.outcome) ? complaint.current_plan_id : null)
  d.tell({
    type: closeReason === 'withdrawn' ? 'complaint_withdrawn' : 'complaint_closed',
    from,
    to: 'closed',
    reasonCode: closeReason,
    data: how.explanation === undefined ? {} : { explanation: how.explanation },
  })
}
