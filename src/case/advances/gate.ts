/**
 * The gate: what is looked at before the fund pays, as codes. Only honest buyers who are not at fault alone are paid first. Pure: what must be
 * known beyond the case comes in as facts.
 */

import type { Policy } from '../../rules/policy/schema.ts'
import { type AdvanceCheck, type AdvanceMode, isOpenAdvance } from '../../words/advances.ts'
import type { EvidenceType } from '../../words/evidence.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { isOverBound } from '../orders/in-force.ts'
import { paidOf } from '../refund-plans/attempts.ts'
import { stepIn } from '../refund-plans/steps.ts'
import type { PlanRow, Step } from '../refund-plans/table.ts'
import { mostOf } from './shares.ts'
import type { AdvanceBoundRow } from './table.ts'

/** What the gate must know beyond the case. */
export interface GateFacts {
  /** What the fund has in the currency of the case. */
  fund: number
  /** How much is in force of each bound. */
  inForce: Readonly<Record<AdvanceBoundRow['kind'], number>>
  /** How many complaints of the buyer were refused as malicious within the time of the policy. */
  malicious: number
  /** What the buyer owes the fund, in any currency. */
  owed: number
  /** What the buyer has still to prove: the types of which any one is enough. */
  unproved: readonly (readonly EvidenceType[])[]
}

/** What is asked for. */
interface Asked {
  step_id?: string | undefined
  amount?: number | undefined
  mode?: AdvanceMode | undefined
}

/** How one check came out. */
export interface CheckResult {
  check: AdvanceCheck
  passed: boolean
  /** Whether a supervisor may set it aside. */
  can_be_set_aside: boolean
  /** The number of the policy, and what it is held against; null where the check is no number. */
  limit: number | null
  value: number | null
}

/** The refund that an advance would pay: the one that is named, else the only one that is still owed. */
export const refundOf = ({ plans }: Pick<CaseFile, 'plans'>, stepId?: string): { plan: PlanRow; step: Step } | undefined => {
  const plan = plans.find(({ status }) => status === 'executing')
  if (plan === undefined) return undefined
  const owed = plan.steps.filter((step) => step.kind === 'refund' && (stepId === undefined ? isOwedOn(step) : step.id === stepId))
  const [step, another] = owed
  return step === undefined || another !== undefined ? undefined : { plan, step }
}

/** What a refund still owes. */
const owedOn = (step: Step): number => Math.max(0, (step.amount ?? 0) - paidOf(step))

const isOwedOn = (step: Step): boolean => step.stopped === undefined && step.unclaimed_at === undefined && owedOn(step) > 0

/** Whether goods come back before a refund is due, as it stands now. */
export const waitsForGoods = (plan: PlanRow, step: Step): boolean =>
  stepIn(plan, step.remedy, 'return_shipment') !== undefined && step.due_at === null

/** After the return where goods come back, else at once. */
const modeFor = (plan: PlanRow, step: Step): AdvanceMode => (waitsForGoods(plan, step) ? 'after_return' : 'at_once')

/** Whether money is put aside for a step, or was paid for it and is to come back. */
const isAdvanced = ({ advances }: Pick<CaseFile, 'advances'>, step: Step | undefined): boolean =>
  advances.some((one) => one.step_id === step?.id && (isOpenAdvance(one) || one.frozen_amount > 0))

export const isBuyerAgainstMerchant = ({ complaint }: Pick<CaseFile, 'complaint'>): boolean =>
  complaint.complainant_role === 'buyer' && complaint.respondent_role === 'merchant'

const isHeldBack = (file: CaseFile, step: Step): boolean => isOverBound(file, 'refund', step.allocation ?? [])

/** Whether an advance can be asked for at all, as far as the case itself tells: the rest is the gate's. */
export const canAdvance = (file: CaseFile): boolean => {
  const { liability } = file.complaint
  if (!isBuyerAgainstMerchant(file) || liability === null) return false
  return file.plans.some(
    ({ status, steps }) =>
      status === 'executing' &&
      steps.some(
        (step) =>
          step.kind === 'refund' &&
          isOwedOn(step) &&
          mostOf(liability.shares, owedOn(step)) > 0 &&
          !isHeldBack(file, step) &&
          !isAdvanced(file, step),
      ),
  )
}

/** No supervisor sets these aside: without them there is nothing to advance, or nobody to have it back from. */
const absolute: ReadonlySet<AdvanceCheck> = new Set([
  'buyer_against_merchant',
  'refund_owed',
  'no_advance_yet',
  'liability_fixed',
  'buyer_not_liable',
])

interface GateOpening {
  found: { plan: PlanRow; step: Step } | undefined
  /** The most that can be advanced for it. */
  most: number
  /** How much is asked for: `most` where nothing else was said. */
  amount: number
  mode: AdvanceMode
  checks: CheckResult[]
}

/** How a case stands at the gate. */
export const gateOf = (file: CaseFile, policy: Policy, asked: Asked, facts: GateFacts): GateOpening => {
  const { complaint } = file
  const { advances: numbers } = policy
  const found = refundOf(file, asked.step_id)
  const owed = found ? owedOn(found.step) : 0
  const { liability } = complaint
  const most = liability ? mostOf(liability.shares, owed) : 0
  const amount = asked.amount ?? most
  const mode = asked.mode ?? (found ? modeFor(found.plan, found.step) : 'at_once')
  const currency = found?.plan.currency ?? ''
  const checks: CheckResult[] = []
  const check = (name: AdvanceCheck, passed: boolean, limit: number | null = null, value: number | null = null) =>
    checks.push({ check: name, passed, can_be_set_aside: !absolute.has(name) && numbers.supervisor_overrides, limit, value })
  const bounded = (name: AdvanceBoundRow['kind'], limit: number, more: number) => {
    const value = facts.inForce[name] + more
    check(name, value <= limit, limit, value)
  }
  check('buyer_against_merchant', isBuyerAgainstMerchant(file))
  check(
    'refund_owed',
    found !== undefined && isOwedOn(found.step) && !isHeldBack(file, found.step) && amount <= owed,
    owed,
    amount,
  )
  check('no_advance_yet', !isAdvanced(file, found?.step))
  check('liability_fixed', liability !== null)
  check('buyer_not_liable', most > 0 && amount <= most, most, amount)
  check('evidence_complete', facts.unproved.length === 0, 0, facts.unproved.length)
  check('no_abuse', facts.malicious === 0, 0, facts.malicious)
  check('nothing_owed', facts.owed === 0, 0, facts.owed)
  check('amount', amount <= (numbers.amount_each[currency] ?? 0), numbers.amount_each[currency] ?? 0, amount)
  bounded('open_of_buyer', numbers.open_per_buyer, 1)
  bounded('buyer_and_day', numbers.per_buyer_and_day[currency] ?? 0, amount)
  bounded('open_of_merchant', numbers.open_per_merchant[currency] ?? 0, amount)
  bounded('platform_and_day', numbers.per_day[currency] ?? 0, amount)
  check('goods_back_first', found === undefined || mode === 'after_return' || !waitsForGoods(found.plan, found.step))
  return { found, most, amount, mode, checks }
}

/** Whether an advance of this amount waits for a supervisor who did not ask for it. */
export const needsApproval = ({ advances: { approval_above } }: Policy, amount: number, currency: string): boolean =>
  amount > (approval_above[currency] ?? -1)
