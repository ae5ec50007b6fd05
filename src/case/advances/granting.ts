/** A decision after a won appeal grants what the fund paid before: it is recovered by that decision, from whom that decision finds liable. Pure. */
import { newId } from '../../foundation/ids.ts'
import type { Decision } from '../case-file/decision.ts'
import type { PlanRow, Step } from '../refund-plans/table.ts'
import { postFor } from './journal.ts'
import { advanceLifecycle, setAdvanceStatus } from './lifecycle.ts'
import { askRecovery, isRecovered } from './recovery.ts'
import { merchantPartOf } from './shares.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** The advance that what was paid before becomes: already paid, for the step that it counts for now. */
const again = (d: Decision, before: AdvanceRow, plan: PlanRow, step: Step, amount: number): AdvanceRow => ({
  ...before,
  id: newId(),
  version: 1,
  status: advanceLifecycle.initial,
  plan_id: plan.id,
  step_id: step.id,
  amount,
  paid_amount: amount,
  bounced_amount: 0,
  frozen_amount: 0,
  // without a finding the merchant bears what its own settlement grants
  shares: d.file.complaint.liability?.shares ?? [{ party: 'merchant', percent: 100 }],
  merchant_part: 0,
  recovered_amount: 0,
  owed_amount: 0,
  provisional_amount: 0,
  overpaid_amount: 0,
  late_amount: 0,
  taken: [],
  end_reason_code: null,
  ended_at: null,
  created_at: d.now,
  updated_at: d.now,
})

/** What of a new step was paid by the fund before is granted. The caller has said what the step has of it (`granted_from`). */
export const grantAgain = (d: Decision, plan: PlanRow, step: Step): void => {
  const found = (step.granted_from ?? []).flatMap(({ step_id, amount: granted }) => {
    let left = granted
    return d.file.advances
      .filter((one) => one.step_id === step_id && one.provisional_amount > 0)
      .map((before) => {
        const amount = Math.min(left, before.provisional_amount)
        left -= amount
        before.provisional_amount -= amount
        return { before, amount }
      })
  })
  const [first] = found
  if (first === undefined) return
  const amount = found.reduce((sum, one) => sum + one.amount, 0)
  // a step has one advance at a time, also where several have paid what it grants
  const advance = again(d, first.before, plan, step, amount)
  d.file.advances.push(advance)
  advance.merchant_part = merchantPartOf(advance.shares, amount)
  postFor(d, advance, [{ kind: 'borne', amount: amount - advance.merchant_part }])
  setAdvanceStatus(advance, isRecovered(advance) ? 'recovered' : 'paid')
  tellAdvance(d, advance, null, {
    type: 'advance_regranted',
    data: { amount, currency: advance.currency, step_id: step.id },
  })
  askRecovery(d, advance)
}
