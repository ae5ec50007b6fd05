/**
 * What a report on a step that moves no money leads to, by its kind: a row where it is more than that the step is done, or cannot be. Pure.
 */

import { invalidField } from '../../words/problems.ts'
import type { StepKind } from '../../words/refund-plans.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ReturnTo } from '../return-instructions/table.ts'
import { leaveOut } from './effects.ts'
import {
  completeStep,
  decidesForPlatform,
  endIfSettled,
  failStep,
  referArrival,
  type StepReport,
  skipExchange,
} from './execution.ts'
import { applyFindings, contest, findingFalls, findingStands, followFindings, notSentBack, sentBack } from './findings.ts'
import { claimFreight, grantedOf, reimburse } from './reimbursement.ts'
import { nameAddress, returnNeverCame } from './returns.ts'
import type { StepBodies } from './step-schema.ts'
import { movesMoney, neededToComplete } from './steps.ts'
import type { PlanRow, Step } from './table.ts'

type Done = StepBodies['complete_step']

/** Checks that the report of a step holds what its kind needs, and no more. @throws Problem `validation_failed` */
export const checkStepData = ({ kind }: Step, body: Done): void => {
  const needed = neededToComplete[kind]
  if (needed && body[needed.field] === undefined && !(kind === 'inspection' && body.received))
    throw invalidField(`/${needed.field}`, 'required', needed.says)
  if (body.freight_paid !== undefined && kind !== 'return_shipment')
    throw invalidField('/freight_paid', 'not_allowed', `a step of the kind ${kind} sends nothing back`)
  if (body.return_to !== undefined && kind !== 'return_address')
    throw invalidField('/return_to', 'not_allowed', `a step of the kind ${kind} names no address`)
}

/** What may be said with a report. */
export type Reported = StepReport & { note?: string; amount?: number; return_to?: object; freight_paid?: object }
/** What is kept of it with the step, and told. */
export const withoutNote = (report: Reported): StepReport => {
  const { note: _, amount: _amount, attempt_id: _attempt, return_to: _address, freight_paid: _freight, ...data } = report
  return data
}

/** Only money has attempts and amounts, but for a claim of which a part can be granted. @throws Problem `validation_failed` */
export const checkOfPayment = ({ kind }: Step, body: { attempt_id?: string; amount?: number }): void => {
  if (movesMoney(kind)) return
  for (const field of ['attempt_id', 'amount'] as const)
    if (body[field] !== undefined && !(field === 'amount' && kind === 'freight_claim'))
      throw invalidField(`/${field}`, 'not_allowed', `a step of the kind ${kind} moves no money`)
}

/** What came back passes, does not, or is told piece by piece. */
const inspect = (d: Decision, plan: PlanRow, step: Step, body: Done): void => {
  const report = withoutNote(body)
  const { received, passed = true } = body
  switch (received ? applyFindings(d, plan, step, received) : passed ? 'all' : 'unfit') {
    case 'all':
      completeStep(d, plan, step, { ...report, passed: true })
      break
    case 'less':
      completeStep(d, plan, step, { ...report, passed: false })
      followFindings(d, plan, step)
      break
    case 'unfit':
      failStep(d, plan, step, 'inspection_not_passed', report)
  }
}

/** The buyer contests, with words; then staff decide. */
const judgeContest = (d: Decision, plan: PlanRow, step: Step, body: Done): void => {
  const { explanation, passed } = body
  if (step.data.contested !== true) {
    if (explanation === undefined) throw invalidField('/explanation', 'required', 'say what the inspection got wrong')
    contest(d, plan, step, explanation)
    return
  }
  if (passed === undefined) throw invalidField('/passed', 'required', 'say whether the rest is to be refunded')
  const report = explanation === undefined ? {} : { explanation }
  if (passed) findingFalls(d, plan, step, report)
  else findingStands(d, plan, step, report)
}

/** @param facts what must be known beyond the case */
type Row<Body, Facts extends unknown[] = []> = (d: Decision, plan: PlanRow, step: Step, body: Body, ...facts: Facts) => void

/** The step is done, and the next one begins. */
export const isDone: Row<Done> = (d, plan, step, body) => completeStep(d, plan, step, withoutNote(body))

/** Reported as done; any other kind is done by that (`isDone`). */
export const completing: Readonly<Partial<Record<StepKind, Row<Done, [known: ReadonlySet<string>]>>>> = {
  return_address: (d, plan, step, { return_to }) => nameAddress(d, plan, step, return_to as ReturnTo),
  return_shipment: (d, plan, step, body, known) => {
    if (body.freight_paid) claimFreight(d, plan, step, body.freight_paid, known)
    completeStep(d, plan, step, withoutNote(body))
  },
  inspection: inspect,
  contest: judgeContest,
  send_back: (d, plan, step, body) => sentBack(d, plan, step, withoutNote(body)),
  freight_claim: (d, plan, step, body) => {
    reimburse(d, plan, step.remedy, grantedOf(d, plan, step, body.amount))
    completeStep(d, plan, step, withoutNote(body))
  },
}

/** The step has failed: its owner decides how it goes on. */
export const cannotBe: Row<StepBodies['fail_step']> = (d, plan, step, body) =>
  failStep(d, plan, step, 'step_failed', withoutNote(body))

/** Reported as impossible; any other kind has failed by that (`cannotBe`). */
export const failing: Readonly<Partial<Record<StepKind, Row<StepBodies['fail_step']>>>> = {
  contest: (d, plan, step, { explanation }) => findingStands(d, plan, step, { explanation }),
  // who does not send the goods back keeps them, and pays
  send_back: (d, plan, step) => notSentBack(d, plan, step),
  freight_claim: (d, plan, step, { explanation }) => {
    leaveOut(d, plan, step, 'claim_refused', { explanation })
    endIfSettled(d, plan)
  },
  // who does not want to pay on top keeps what there is
  difference: (d, plan, step, body) => {
    if (decidesForPlatform(d)) cannotBe(d, plan, step, body)
    else skipExchange(d, plan, step, { explanation: body.explanation })
  },
  arrival: (d, plan, step, body) => {
    const { explanation } = body
    if (!decidesForPlatform(d)) referArrival(d, plan, step, { explanation })
    else if (step.party === 'respondent') returnNeverCame(d, plan, step, { explanation })
    else cannotBe(d, plan, step, body)
  },
}
