/** What stands in the way of a plan when it is proposed and when it takes effect. Pure. */

import { isStaff } from '../../platform/access/caller.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { type Problem, problem } from '../../words/problems.ts'
import { type FreightPayer, freightPayers } from '../../words/refund-plans.ts'
import { againstPlatform } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { isUnconfirmed } from '../orders/statement.ts'
import { approvalReasons, needsApproval } from './approval.ts'
import { linesContradict } from './lines.ts'
import { movesGoods } from './steps.ts'
import { moneyIn } from './sums.ts'
import type { PlanRow, Remedy } from './table.ts'
import { exceeded, shortageOf } from './takings.ts'

/** Who can be made to pay the freight by the platform. */
export const freightPayersOf = ({ liability }: ComplaintRow): readonly FreightPayer[] => {
  if (liability === null) return freightPayers
  if (liability.shares.every(({ party }) => party === 'buyer')) return ['buyer']
  const buyerBlameless = liability.shares.every(({ party }) => party !== 'buyer')
  return buyerBlameless ? freightPayers.filter((payer) => payer !== 'buyer') : freightPayers
}

/** Who pays the freight, and a repair, where a plan does not say so: whoever is at fault; without a finding the seller. */
const payerByFault = ({ liability }: ComplaintRow): FreightPayer => {
  const [first] = liability?.shares.toSorted((one, other) => other.percent - one.percent) ?? []
  const party = first?.party
  return party === 'buyer' || party === 'platform' ? party : 'merchant'
}

/** A remedy with the payers that it leaves open. */
export const withPayers = (complaint: ComplaintRow, remedy: Remedy): Remedy => ({
  ...remedy,
  ...(remedy.freight_payer === undefined && movesGoods(remedy.type) && { freight_payer: payerByFault(complaint) }),
  ...(remedy.repair_payer === undefined && remedy.type === 'repair' && { repair_payer: payerByFault(complaint) }),
})

/** Freight follows fault. The parties may agree otherwise between themselves; the platform may not. */
export const freightContradicts = (complaint: ComplaintRow, remedies: readonly Remedy[]): Problem | undefined => {
  const open = freightPayersOf(complaint)
  for (const [index, remedy] of remedies.entries())
    for (const field of ['freight_payer', 'repair_payer'] as const) {
      const payer = remedy[field]
      if (payer !== undefined && !open.includes(payer))
        return problem('freight_follows_fault', `/remedies/${index}/${field}: ${payer} is not at fault here.`)
    }
  return undefined
}

/** How a plan takes effect, where its sides do not simply agree to it. */
interface How {
  /** A supervisor who did not write it decides it, which is an approval, and makes it a plan of the platform. */
  imposed?: boolean
  /** A side said nothing, and counts as agreeing. */
  bySilence?: boolean
}

/** Whether the order was stated in another currency since the plan was made. */
const currencyContradicts = ({ order }: Decision['file'], plan: PlanRow): Problem | undefined =>
  order && plan.currency !== null && plan.currency !== order.currency && moneyIn(plan) > 0
    ? problem('currency_mismatch', `The order is in ${order.currency} by now, and the plan in ${plan.currency}.`)
    : undefined

/**
 * Whether this actor cannot give the platform's consent to what another side offers: an agent accepts what an agent may propose. A supervisor did
 * not write it, and so approves it by the consent, unless it fits by what that very person has stated of the order.
 */
const needsHigherConsent = ({ file, policy, actor }: Decision, plan: PlanRow): boolean => {
  if (!againstPlatform(file.complaint) || !isStaff(actor.role) || plan.author_side === 'platform') return false
  const reasons = approvalReasons(file, policy, { ...plan, author_role: actor.role })
  if (actor.role === 'agent') return reasons.length > 0
  const raisedIt = file.order?.raised?.by.some((name) => namesPerson(name, actor.id)) ?? false
  return raisedIt && reasons.includes('order_raised_by_staff')
}

/** What nobody but a party has said of an order, nobody's silence makes true. */
const restsOnAParty = ({ file: { order }, policy }: Decision, plan: PlanRow): boolean =>
  isUnconfirmed(order, policy) && plan.approved_by === null && moneyIn(plan) > 0

/**
 * Why a plan cannot be proposed or take effect now: its freight falls on somebody who is not at fault, its order is known otherwise by now or
 * does not hold it any more, or it needs an approval that it has not got.
 */
export const obstacleTo = (d: Decision, plan: PlanRow, { imposed = false, bySilence = false }: How = {}): Problem | undefined => {
  const { file, policy } = d
  const freight = plan.author_side === 'platform' || imposed ? freightContradicts(file.complaint, plan.remedies) : undefined
  const contradiction = freight ?? currencyContradicts(file, plan) ?? linesContradict(file, plan.remedies)
  if (contradiction) return contradiction
  const shortage = shortageOf(file, plan.remedies)
  if (shortage) return exceeded(shortage, plan.currency)
  if (!imposed && needsApproval({ file, policy, plan }))
    return problem('approval_needed', 'With what is in force for the order by now, a supervisor must approve this plan first.')
  if (!imposed && needsHigherConsent(d, plan))
    return problem('approval_needed', 'For the platform a supervisor must accept this, who has stated nothing that it rests on.')
  if (bySilence && restsOnAParty(d, plan))
    return problem('approval_needed', 'Only a party has spoken about the order, so silence does not settle it.')
  return undefined
}

/**
 * @throws Problem `freight_follows_fault`, `currency_mismatch`, `unknown_order_line`, `line_of_another_merchant`, `order_total_exceeded`,
 *   `approval_needed`
 */
export const checkObstacles = (d: Decision, plan: PlanRow, how?: How): void => {
  const obstacle = obstacleTo(d, plan, how)
  if (obstacle) throw obstacle
}
