/**
 * Plans that come about by silence: the default where the platform did not decide, and the agreement of a respondent who never answered.
 * Each is tried on a copy of the case first. Where it cannot take effect, the case stays as it was, and a code says why.
 */

import { Problem } from '../../words/problems.ts'
import { Decision } from '../case-file/decision.ts'
import { isOwnFault } from '../complaints/deviations.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { confirmAs, deemAccepted, putOnTable } from './agreeing.ts'
import { draftPlan } from './draft.ts'
import { setPlanStatus } from './lifecycle.ts'
import { tellPlan } from './tell.ts'
import { wishOf } from './wish.ts'

/** Why a plan could not take effect; null where it did. Where a rule refused it, the code of its problem. */
export type Obstacle = string | null

/** Does `deed` on the decision only if it succeeds on a copy. @param deed changes the decision, or returns what is in the way */
export const unlessRefused = (d: Decision, deed: (on: Decision) => Obstacle): Obstacle => {
  const trial = new Decision(d.file, d.actor, d.now, d)
  try {
    return deed(trial) ?? deed(d)
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

/** The obstacle where the case is not in the state in which silence can settle it. */
const placeOf = ({ status }: ComplaintRow): string => (status === 'awaiting_confirmation' ? 'plan_on_table' : 'case_waits')

/** The platform has not decided: proposes what is wanted to both sides, as the platform's plan. */
export const proposeByDefault = (d: Decision): Obstacle => {
  const { complaint } = d.file
  if (complaint.status !== 'investigating') return placeOf(complaint)
  const wish = wishOf(complaint)
  if (typeof wish === 'string') return wish
  if (isOwnFault(complaint)) return 'liability_contradicts'
  return unlessRefused(d, (on) => {
    const plan = draftPlan(on, { ...wish, explanation: 'What was wanted; the platform has not decided in time.' }, null)
    if (plan.needs_approval) return 'approval_needed'
    putOnTable(on, plan)
    return null
  })
}

/**
 * The respondent never answered the complaint: up to the policy's bound it has agreed to what was wanted, above it to a refund of the same
 * amount against the return of the goods. It is carried out at once, and can be appealed like any deemed acceptance.
 */
export const agreeBySilence = (d: Decision): Obstacle => {
  const { complaint } = d.file
  if (complaint.status !== 'negotiating') return placeOf(complaint)
  const wish = wishOf(complaint)
  if (typeof wish === 'string') return wish
  const amount = wish.remedies[0]?.amount
  // the policy's bound is on an amount
  if (amount === undefined) return 'no_amount'
  const bound = d.policy.deem_agreed_up_to[complaint.order_details?.currency ?? wish.currency ?? '']
  const remedies: typeof wish.remedies =
    bound !== undefined && amount <= bound ? wish.remedies : [{ type: 'return_and_refund', amount }]
  return unlessRefused(d, (on) => {
    const plan = draftPlan(
      on,
      { ...wish, remedies, explanation: 'What was wanted; the respondent has not answered in time.' },
      null,
    )
    // the plan is the complainant's own offer
    const { complainant_role: role, complainant_id: id } = complaint
    Object.assign(plan, { author_role: role, author_id: id, author_side: 'complainant', needs_approval: false })
    setPlanStatus(plan, 'proposed')
    plan.proposed_at = on.now
    confirmAs(on, plan, 'complainant', 'accepted', `${role}:${id}`)
    tellPlan(on, plan, 'draft', {
      type: 'plan_proposed',
      reasonCode: 'respondent_silent',
      data: {
        version_number: plan.version_number,
        refund_amount: plan.refund_amount,
        compensation_amount: plan.compensation_amount,
      },
    })
    return deemAccepted(on, plan)
  })
}
