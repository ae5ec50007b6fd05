/** How a plan is drafted: what it may hold, in which currency, within which bounds, and whether a supervisor must approve it. Pure. */

import { newId } from '../../foundation/ids.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { isAboveApproval } from '../../rules/policy/which-rule.ts'
import { type FieldError, invalidField, problem } from '../../words/problems.ts'
import { type FreightPayer, freightPayers } from '../../words/refund-plans.ts'
import { sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { fits, itemValue } from '../orders/money.ts'
import { planLifecycle } from './lifecycle.ts'
import type { NewPlan } from './schema.ts'
import { moneyRemedies, refundRemedies } from './steps.ts'
import type { Confirmation, PlanRow, Remedy } from './table.ts'

const pending = (): Confirmation => ({ status: 'pending', by: null, at: null })

/** The confirmations of a plan that no side has answered yet. */
export const nobodyConfirmed = (): PlanRow['confirmations'] => ({ complainant: pending(), respondent: pending() })

const sum = (remedies: readonly Remedy[], fits: (remedy: Remedy) => boolean): number =>
  remedies.filter(fits).reduce((total, remedy) => total + (remedy.amount ?? 0), 0)

/** Shape faults that a schema cannot say well: which remedies carry an amount. */
const checkAmounts = (remedies: readonly Remedy[]): void => {
  const errors = remedies.flatMap((remedy, index): FieldError[] => {
    const pointer = `/remedies/${index}/amount`
    const money = moneyRemedies.includes(remedy.type)
    if (money && remedy.amount === undefined)
      return [{ pointer, code: 'required', detail: `${remedy.type} needs an amount in minor units` }]
    if (!money && remedy.amount !== undefined) return [{ pointer, code: 'not_allowed', detail: `${remedy.type} moves no money` }]
    return []
  })
  if (errors.length > 0) throw problem('validation_failed', 'The remedies do not fit their types.', { errors })
}

/** The currency the plan's money is in: the order's, or the one named where there is no order; null for a plan without money. */
const currencyOf = (complaint: ComplaintRow, remedies: readonly Remedy[], named: string | undefined): string | null => {
  const ordered = complaint.order_details?.currency
  if (ordered === undefined && remedies.some((remedy) => refundRemedies.includes(remedy.type))) {
    throw problem('order_needed', 'The complaint names no order, so there is nothing to refund; a compensation is possible.')
  }
  if (ordered !== undefined && named !== undefined && named !== ordered) {
    throw problem('currency_mismatch', `/currency: the order is in ${ordered}.`)
  }
  const currency = ordered ?? named ?? null
  if (currency === null && remedies.some((remedy) => moneyRemedies.includes(remedy.type))) {
    throw invalidField('/currency', 'required', 'without an order, name the currency of the amounts')
  }
  return currency
}

const checkLines = (complaint: ComplaintRow, remedies: readonly Remedy[]): void => {
  const known = complaint.order_details?.lines.map((line) => line.line_id) ?? []
  for (const [index, remedy] of remedies.entries()) {
    const unknown = remedy.line_ids?.findIndex((id) => !known.includes(id)) ?? -1
    if (unknown !== -1) {
      throw problem(
        'unknown_order_line',
        `/remedies/${index}/line_ids/${unknown}: the order has no line ${remedy.line_ids?.[unknown]}.`,
        {
          errors: [{ pointer: `/remedies/${index}/line_ids/${unknown}`, code: 'unknown', detail: 'no such line in the order' }],
        },
      )
    }
  }
}

/** Who can be made to pay the freight by the platform. */
export const freightPayersOf = ({ liability }: ComplaintRow): readonly FreightPayer[] => {
  if (liability === null) return freightPayers
  if (liability.shares.every(({ party }) => party === 'buyer')) return ['buyer']
  const buyerBlameless = liability.shares.every(({ party }) => party !== 'buyer')
  return buyerBlameless ? freightPayers.filter((payer) => payer !== 'buyer') : freightPayers
}

/** Freight follows fault. The parties may agree otherwise between themselves; the platform may not. */
const checkFreight = (complaint: ComplaintRow, remedies: readonly Remedy[]): void => {
  const open = freightPayersOf(complaint)
  for (const [index, remedy] of remedies.entries()) {
    const payer = remedy.freight_payer
    if (payer !== undefined && !open.includes(payer)) {
      throw problem('freight_follows_fault', `/remedies/${index}/freight_payer: ${payer} is not at fault here.`)
    }
  }
}

/** Staff plans above the approval amount, or with compensations above the cap, need a supervisor. Exact in integers. */
const needsApproval = (
  complaint: ComplaintRow,
  plan: Pick<PlanRow, 'remedies' | 'refund_amount' | 'compensation_amount' | 'currency'>,
  policy: Policy,
) => {
  if (isAboveApproval(policy, plan.refund_amount + plan.compensation_amount, plan.currency)) return true
  if (plan.compensation_amount === 0) return false
  const named = plan.remedies.flatMap((remedy) => remedy.line_ids ?? [])
  const value = complaint.order_details ? itemValue(complaint.order_details, named.length > 0 ? named : undefined) : 0n
  return BigInt(plan.compensation_amount) * 100n > value * BigInt(policy.compensation_cap_percent)
}

/** Adds a new plan to the case. Refuses one that no approval could allow; marks one that is merely large for approval. */
export const draftPlan = (d: Decision, body: NewPlan, supersedes: string | null): PlanRow => {
  const { complaint, order, plans } = d.file
  const remedies = body.remedies as Remedy[]
  checkAmounts(remedies)
  const currency = currencyOf(complaint, remedies, body.currency)
  checkLines(complaint, remedies)
  const side = sideOf(complaint, d.actor)
  if (side === 'platform') checkFreight(complaint, remedies)
  const refund = sum(remedies, (remedy) => refundRemedies.includes(remedy.type))
  const compensation = sum(remedies, (remedy) => remedy.type === 'compensation')
  // a plan that the order could not pay even with nothing else in force is refused
  const empty = order && { ...order, refund_in_force: 0, compensation_in_force: 0 }
  const plan: PlanRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    version_number: plans.length + 1,
    supersedes,
    status: planLifecycle.initial,
    author_role: d.actor.role,
    author_id: d.actor.id,
    author_side: side,
    currency,
    remedies,
    refund_amount: refund,
    compensation_amount: compensation,
    refund_in_force: 0,
    compensation_in_force: 0,
    explanation: body.explanation,
    needs_approval: false,
    approved_by: null,
    approval_separation_waived: false,
    imposition: null,
    confirmations: nobodyConfirmed(),
    steps: [],
    end_reason_code: null,
    end_explanation: null,
    proposed_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  if (!Number.isSafeInteger(refund + compensation)) throw invalidField('/remedies', 'maximum', 'the amounts add up beyond 2^53-1')
  if (empty && !fits(empty, { refund, compensation })) throw totalExceeded(plan)
  plan.needs_approval = side === 'platform' && needsApproval(complaint, plan, d.policy)
  plans.push(plan)
  if (side === 'platform') d.tookPart()
  return plan
}

export const totalExceeded = (plan: PlanRow) =>
  problem(
    'order_total_exceeded',
    `The plan moves ${plan.refund_amount} as refund and ${plan.compensation_amount} as compensation (${plan.currency}, minor units); with what is already in force for this order that is more than it holds.`,
  )
