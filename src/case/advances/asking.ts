/** An advance that passed the gate is asked for, by staff or because it is owed by now, and its money is put aside. Pure. */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import type { AdvanceCheck } from '../../words/advances.ts'
import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { retryStep, stepOf } from '../refund-plans/execution.ts'
import { askBack } from '../refund-plans/payments.ts'
import { putAside } from './freezing.ts'
import { type GateFacts, gateOf, needsApproval } from './gate.ts'
import { advanceLifecycle } from './lifecycle.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

type Gate = ReturnType<typeof gateOf>

/** What the gate has let pass, and which checks were set aside for it. */
export type Passed = Gate & { found: NonNullable<Gate['found']>; overrides: AdvanceCheck[] }

/**
 * Puts the money aside; where the turn of the refund has come, the fund pays it at once. What the payment system was asked for otherwise it is
 * asked to leave first, so that nobody is paid twice: its answer lets the fund pay, or ends the advance.
 */
export const putAsideAndPay = (d: Decision, advance: AdvanceRow, fund: number): void => {
  putAside(d, advance, fund)
  const found = stepOf(d, advance.step_id)
  if (advance.status !== 'frozen' || found === undefined || found.step.due_at === null) return
  const { plan, step } = found
  if (step.status === 'pending' || step.status === 'under_way') askBack(d, plan, step)
  else retryStep(d, plan, step)
}

/** What passed the gate is put aside, or waits for approval. */
export const beginAdvance = (
  d: Decision,
  { found, amount, mode, overrides }: Passed,
  explanation: string,
  facts: GateFacts,
): AdvanceRow => {
  const { complaint } = d.file
  const { plan, step } = found
  const currency = plan.currency as string
  const waits = needsApproval(d.policy, amount, currency)
  const advance: AdvanceRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    status: advanceLifecycle.initial,
    plan_id: plan.id,
    step_id: step.id,
    mode,
    currency,
    amount,
    buyer_id: complaint.complainant_id,
    merchant_id: complaint.respondent_id ?? '',
    asked_by: actorName(d.actor),
    explanation,
    approved_by: null,
    overrides,
    refused_because: null,
    end_reason_code: null,
    merchant_part: 0,
    frozen_amount: 0,
    paid_amount: 0,
    bounced_amount: 0,
    recovered_amount: 0,
    owed_amount: 0,
    provisional_amount: 0,
    overpaid_amount: 0,
    late_amount: 0,
    shares: complaint.liability?.shares ?? [],
    taken: [],
    frozen_at: null,
    paid_at: null,
    ended_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  d.file.advances.push(advance)
  tellAdvance(d, advance, null, {
    type: 'advance_asked',
    data: {
      ...{ amount, currency, step_id: step.id, mode, overrides },
      needs_approval: waits,
      explanation,
    },
  })
  if (waits) startClock(d, 'advance_approval', { party: 'platform', subjectId: advance.id })
  else putAsideAndPay(d, advance, facts.fund)
  d.tookPart()
  return advance
}

/** What `advance_asked` says where nobody asked. */
const BY_THE_CLOCK = 'An advance is owed by now, and nobody has asked for it.'

/**
 * Asks for the advance that is owed by now, where the gate lets it pass.
 * @returns why there is none all the same; undefined where it is asked for
 */
export const askByTheClock = (d: Decision, facts: GateFacts): { because: string; checks: AdvanceCheck[] } | undefined => {
  const gate = gateOf(d.file, d.policy, {}, facts)
  const checks = gate.checks.flatMap(({ check, passed }) => (passed ? [] : [check]))
  if (gate.found === undefined || checks.length > 0) return { because: 'advance_not_open', checks }
  const { status } = beginAdvance(d, { ...gate, found: gate.found, overrides: [] }, BY_THE_CLOCK, facts)
  return status === 'refused' ? { because: 'fund_short', checks: [] } : undefined
}
