/** The rules of the actions on advances. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import { type AdvanceCheck, advanceCheckNames } from '../../words/advances.ts'
import { invalidField, problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { checkExplained } from '../complaints/reporters.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { retryStep, stepOf } from '../refund-plans/execution.ts'
import { askBack } from '../refund-plans/payments.ts'
import { endUnpaid, putAside } from './freezing.ts'
import { type CheckResult, type GateFacts, gateOf, needsApproval } from './gate.ts'
import { advanceLifecycle, setAdvanceStatus } from './lifecycle.ts'
import { askBuyer } from './paying.ts'
import { closeRecovered, recover } from './recovery.ts'
import type { AdvanceBodies, NewAdvance } from './schema.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

const inWords = ({ check, limit, value }: CheckResult): string =>
  `${advanceCheckNames[check].en.toLowerCase()}${limit === null ? '' : ` (${value}, at most ${limit})`}`

/** The refusal of the gate, with everything that is in the way. */
const refuse = (failed: readonly CheckResult[], more: string): never => {
  throw problem(
    'advance_not_open',
    `The fund does not pay this refund first. Not so: ${failed.map(inWords).join('; ')}. ${more}`,
    {
      errors: failed.map((one) => ({ pointer: '', code: one.check, detail: inWords(one) })),
    },
  )
}

/** @throws Problem `advance_not_open` with every check that fails and is not set aside */
const passGate = (d: Decision, body: NewAdvance, facts: GateFacts) => {
  const setAside: readonly AdvanceCheck[] = body.set_aside ?? []
  if (setAside.length > 0 && d.actor.role !== 'supervisor') throw problem('forbidden', 'Only a supervisor sets a check aside.')
  const gate = gateOf(d.file, d.policy, body, facts)
  const failed = gate.checks.filter(({ passed }) => !passed)
  const inTheWay = failed.filter((one) => !(setAside.includes(one.check) && one.can_be_set_aside))
  const more = inTheWay.some(({ can_be_set_aside }) => can_be_set_aside) ? 'A supervisor may set some of it aside.' : ''
  if (gate.found === undefined || inTheWay.length > 0) return refuse(inTheWay, more)
  const failing = new Set(failed.map(({ check }) => check))
  const unneeded = setAside.findIndex((check) => !failing.has(check))
  if (unneeded !== -1) throw invalidField(`/set_aside/${unneeded}`, 'not_needed', 'this check passes: leave it out')
  return { ...gate, found: gate.found, overrides: [...setAside] }
}

/**
 * Puts the money aside; where the turn of the refund has come, the fund pays it at once. What the payment system was asked for otherwise it is
 * asked to leave first, so that nobody is paid twice: its answer lets the fund pay, or ends the advance.
 */
const putAsideAndPay = (d: Decision, advance: AdvanceRow, fund: number): void => {
  putAside(d, advance, fund)
  const found = stepOf(d, advance.step_id)
  if (advance.status !== 'frozen' || found === undefined || found.step.due_at === null) return
  const { plan, step } = found
  if (step.status === 'pending' || step.status === 'under_way') askBack(d, plan, step)
  else retryStep(d, plan, step)
}

/** @param facts what is known beyond the case, just read */
export const decideNewAdvance = (d: Decision, body: NewAdvance, facts: GateFacts): AdvanceRow => {
  const { found, amount, mode, overrides } = passGate(d, body, facts)
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
    explanation: body.explanation,
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
    shares: complaint.liability?.shares ?? [],
    taken_by: null,
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
      explanation: body.explanation,
    },
  })
  if (waits) startClock(d, 'advance_approval', { party: 'platform', subjectId: advance.id })
  else putAsideAndPay(d, advance, facts.fund)
  d.tookPart()
  return advance
}

/** One rule for each action on an advance; the lifecycle table has already said that this actor may take it now. */
export const decideAdvance: {
  [Action in keyof AdvanceBodies]: (
    d: Decision,
    advance: AdvanceRow,
    body: AdvanceBodies[Action],
    facts: GateFacts | undefined,
  ) => void
} = {
  approve: (d, advance, _body, facts) => {
    endClocks(d, 'met', { kinds: ['advance_approval'], subjectId: advance.id })
    advance.approved_by = actorName(d.actor)
    putAsideAndPay(d, advance, facts?.fund ?? 0)
    d.tookPart()
  },
  send_back: (d, advance, { explanation }) => endUnpaid(d, advance, 'cancelled', 'sent_back', explanation),
  cancel: (d, advance, { explanation }) => endUnpaid(d, advance, 'cancelled', 'cancelled', explanation),
  not_returned: (d, advance, { explanation }) => askBuyer(d, advance, explanation),
  wait_on: (d, advance, { explanation }) => {
    setAdvanceStatus(advance, 'frozen')
    endClocks(d, 'met', { kinds: ['buyer_answer'], subjectId: advance.id })
    tellAdvance(d, advance, 'asking_buyer', {
      type: 'advance_continued',
      data: { amount: advance.frozen_amount, currency: advance.currency, explanation },
    })
  },
  return: (d, advance, { explanation }) => endUnpaid(d, advance, 'returned_to_fund', 'not_returned', explanation),
  recover: (d, advance, body) => {
    checkExplained(d, body)
    recover(d, advance, body.amount, body.explanation)
    closeRecovered(d)
  },
}
