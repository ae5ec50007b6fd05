/** Whether a plan of staff needs a supervisor who did not write it, and why. Pure. */

import { isStaff } from '../../platform/access/caller.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { isAboveApproval } from '../../rules/policy/which-rule.ts'
import type { CaseFile, Subject } from '../case-file/case-file.ts'
import { allInForce, type Book, bookOf, bookOfCase } from '../orders/book.ts'
import { goodsWorth } from '../orders/money.ts'
import { isUnconfirmed, knownAs } from '../orders/statement.ts'
import { sendsGoods } from './steps.ts'
import { type MoneyColumn, moneyIn } from './sums.ts'
import type { PlanRow, Remedy } from './table.ts'
import { goodsOf, sentWorth, shortageOf } from './takings.ts'

/** Why a plan needs approval. */
export const approvalReasonCodes = [
  /** With what is in force for the order it is above the approval amount; money and goods count alike. */
  'above_approval_amount',
  /** One of its remedies is above the amount that the policy names for its type. */
  'above_remedy_amount',
  /** Its compensations are above the rung of the ladder on which its author stands. */
  'compensation_above_rung',
  /** Nobody but a party has spoken about the order. */
  'order_unconfirmed',
  /** It fits only because of what staff have stated of the order. */
  'order_raised_by_staff',
] as const
export type ApprovalReason = (typeof approvalReasonCodes)[number]

/** A plan, as far as approval looks at it. */
export type Weighed = Pick<PlanRow, 'remedies' | MoneyColumn | 'currency' | 'author_role'>

/** Why this plan of staff needs approval now; empty where it needs none. Exact in integers. */
export const approvalReasons = (file: CaseFile, policy: Policy, plan: Weighed): ApprovalReason[] => {
  const book = bookOfCase(file)
  const money = moneyIn(plan)
  const goods = plan.remedies.reduce((sum, one) => sum + sentWorth(file, book, one), 0)
  const { order } = file
  const reasons: ApprovalReason[] = []
  const currency = plan.currency ?? order?.currency ?? null
  if (money + goods > 0 && isAboveApproval(policy, money + goods + allInForce(file), currency))
    reasons.push('above_approval_amount')
  if (plan.remedies.some((remedy) => isAboveOwn(policy, file, book, remedy, currency))) reasons.push('above_remedy_amount')
  if (isAboveRung(file, book, policy, plan)) reasons.push('compensation_above_rung')
  if (money > 0 && isUnconfirmed(order, policy)) reasons.push('order_unconfirmed')
  if (money > 0 && restsOnStaff(file, policy, plan)) reasons.push('order_raised_by_staff')
  return reasons
}

const isAboveOwn = (policy: Policy, file: CaseFile, book: Book | null, remedy: Remedy, currency: string | null): boolean => {
  // statutory damages are imposed, by somebody who did not write them
  if (remedy.type === 'statutory_damages') return false
  const most = policy.remedy_approval_amounts[remedy.type]?.[currency ?? '']
  const value = sendsGoods(remedy.type) ? sentWorth(file, book, remedy) : (remedy.amount ?? 0)
  return most !== undefined && value > most
}

/** The share of the goods up to which somebody grants compensations alone, in percent. */
export const rungOf = (policy: Policy, role: PlanRow['author_role']): number =>
  role === 'supervisor'
    ? policy.compensation_cap_percent
    : Math.min(policy.compensation_cap_percent, policy.agent_compensation_percent)

const isAbove = (amount: number, goods: number, percent: number): boolean =>
  BigInt(amount) * 100n > BigInt(goods) * BigInt(percent)

/** Whether the compensations for the same goods are above the author's share of them, or all that is in force above that of the order. */
const isAboveRung = (file: CaseFile, book: Book | null, policy: Policy, plan: Weighed): boolean => {
  if (plan.compensation_amount === 0) return false
  const rung = rungOf(policy, plan.author_role)
  const byLines = Map.groupBy(
    plan.remedies.filter(({ type }) => type === 'compensation'),
    ({ line_ids = [] }) => line_ids.toSorted().join('\n'),
  )
  const isAboveOnLines = [...byLines.values()].some((remedies) => {
    const sum = remedies.reduce((all, { amount = 0 }) => all + amount, 0)
    return isAbove(sum, goodsOf(file, book, { ...(remedies[0]?.line_ids && { line_ids: remedies[0].line_ids }) }), rung)
  })
  const before = file.order?.compensation_in_force ?? 0
  return isAboveOnLines || isAbove(before + plan.compensation_amount, book ? goodsWorth(book) : 0, rung)
}

/** Whether the plan would not fit by what was known before staff stated the order. */
const restsOnStaff = (file: CaseFile, policy: Policy, { remedies }: Weighed): boolean => {
  const { order } = file
  if (!order?.raised) return false
  const { before } = order.raised
  if (before === null) return true
  const merchant = bookOfCase(file)?.merchant
  return shortageOf(file, remedies, bookOf(knownAs(order, before, policy), before, file.limits, merchant)) !== undefined
}

/** Whether it is the platform's word: its staff wrote it, be it as the answer of a platform that is itself complained about. */
const isOfPlatform = ({ author_side, author_role }: PlanRow): boolean => author_side === 'platform' || isStaff(author_role)

/** Whether the plan of a subject needs approval that it has not got. What it was asked for once, no change of the policy takes away. */
export const needsApproval = ({ file, policy, plan }: Pick<Subject, 'file' | 'policy' | 'plan'>): boolean => {
  if (plan === undefined || plan.approved_by !== null || !isOfPlatform(plan)) return false
  return plan.needs_approval || approvalReasons(file, policy, plan).length > 0
}
