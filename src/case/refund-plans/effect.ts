/** What stands in the way of a plan when it is proposed and when it takes effect. Pure. */

import { type Problem, problem } from '../../words/problems.ts'
import { type FreightPayer, freightPayers } from '../../words/refund-plans.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { needsApproval } from './approval.ts'
import type { PlanRow, Remedy } from './table.ts'
import { exceeded, shortageOf } from './takings.ts'

/** Who can be made to pay the freight by the platform. */
export const freightPayersOf = ({ liability }: ComplaintRow): readonly FreightPayer[] => {
  if (liability === null) return freightPayers
  if (liability.shares.every(({ party }) => party === 'buyer')) return ['buyer']
  const buyerBlameless = liability.shares.every(({ party }) => party !== 'buyer')
  return buyerBlameless ? freightPayers.filter((payer) => payer !== 'buyer') : freightPayers
}

/** Freight follows fault. The parties may agree otherwise between themselves; the platform may not. */
export const freightContradicts = (complaint: ComplaintRow, remedies: readonly Remedy[]): Problem | undefined => {
  const open = freightPayersOf(complaint)
  for (const [index, { freight_payer: payer }] of remedies.entries()) {
    if (payer !== undefined && !open.includes(payer))
      return problem('freight_follows_fault', `/remedies/${index}/freight_payer: ${payer} is not at fault here.`)
  }
  return undefined
}

/**
 * Why a plan cannot be proposed or take effect now: its freight falls on somebody who is not at fault, its order does not hold it any
 * more, or it needs an approval that it has not got.
 * @param imposed a supervisor who did not write it decides it, which is an approval, and makes it a plan of the platform
 */
export const obstacleTo = (
  d: Decision,
  plan: PlanRow,
  { imposed }: { imposed: boolean } = { imposed: false },
): Problem | undefined => {
  const { file, policy } = d
  const freight = plan.author_side === 'platform' || imposed ? freightContradicts(file.complaint, plan.remedies) : undefined
  if (freight) return freight
  const shortage = shortageOf(file, plan.remedies)
  if (shortage) return exceeded(shortage, plan.currency)
  if (!imposed && needsApproval({ file, policy, plan }))
    return problem('approval_needed', 'With what is in force for the order by now, a supervisor must approve this plan first.')
  return undefined
}

/** @throws Problem `freight_follows_fault`, `approval_needed`, `order_total_exceeded` */
export const checkObstacles = (d: Decision, plan: PlanRow, as?: { imposed: boolean }): void => {
  const obstacle = obstacleTo(d, plan, as)
  if (obstacle) throw obstacle
}
