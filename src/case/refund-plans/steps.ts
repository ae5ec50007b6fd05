/** The steps that each remedy becomes, in order; the remedies of a plan run side by side. */

import { newId } from '../../foundation/ids.ts'
import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { RemedyType, StepKind } from '../../words/refund-plans.ts'
import type { Amounts } from '../orders/money.ts'
import { stepLifecycle } from './step-lifecycle.ts'
import type { Remedy, Step } from './table.ts'

const stepsOfRemedy: Readonly<Record<RemedyType, readonly StepKind[]>> = {
  refund: ['refund'],
  return_and_refund: ['return_shipment', 'inspection', 'refund'],
  exchange: ['return_shipment', 'inspection', 'replacement_shipment'],
  repair: ['return_shipment', 'repair'],
  reship: ['replacement_shipment'],
  compensation: ['compensation'],
  apology: ['apology'],
}

const partyOfStep: Readonly<Record<StepKind, Side>> = {
  return_shipment: 'complainant',
  inspection: 'respondent',
  refund: 'platform',
  replacement_shipment: 'respondent',
  repair: 'respondent',
  compensation: 'platform',
  apology: 'respondent',
}

/** What the report that a step is done must hold, by the kind of the step. */
export const neededToComplete: Readonly<Partial<Record<StepKind, { field: 'tracking_number' | 'passed'; says: string }>>> = {
  return_shipment: { field: 'tracking_number', says: 'a return shipment is reported with its tracking number' },
  inspection: { field: 'passed', says: 'say whether the returned goods passed the inspection' },
}

/** The clock that runs while it is a step's turn. */
export const clockOfStep = (kind: StepKind): CountedKind =>
  kind === 'return_shipment' || kind === 'inspection' || kind === 'refund' ? kind : 'step'

export const stepClocks = ['return_shipment', 'inspection', 'refund', 'step'] as const satisfies readonly CountedKind[]

export const movesMoney = (kind: StepKind): kind is 'refund' | 'compensation' => kind === 'refund' || kind === 'compensation'

/** Remedies for which the buyer sends something back first. */
export const takesGoodsBack = (type: RemedyType): boolean => stepsOfRemedy[type].includes('return_shipment')

/** Remedies that send goods: their value counts where approval is asked for. */
export const sendsGoods = (type: RemedyType): boolean => stepsOfRemedy[type].includes('replacement_shipment')

export const refundRemedies: readonly RemedyType[] = ['refund', 'return_and_refund']
export const moneyRemedies: readonly RemedyType[] = [...refundRemedies, 'compensation']

/** @param amounts what each remedy takes, which its money steps and those that send goods hold until they are done or released */
export const stepsFor = (remedies: readonly Remedy[], amounts: readonly Amounts[]): Step[] =>
  remedies.flatMap((remedy, index) =>
    stepsOfRemedy[remedy.type].map((kind) => ({
      id: newId(),
      kind,
      party: partyOfStep[kind],
      remedy: index,
      status: stepLifecycle.initial,
      amount: movesMoney(kind) ? (remedy.amount ?? null) : null,
      ...(movesMoney(kind) && { allocation: [...(amounts[index]?.pots ?? [])] }),
      ...(kind === 'replacement_shipment' && { goods: amounts[index]?.goods ?? 0 }),
      due_at: null,
      completed_at: null,
      data: {},
    })),
  )
