/** The steps that each remedy becomes, in order; the remedies of a plan run side by side. */

import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { RemedyType, StepKind } from '../../words/refund-plans.ts'
import type { PlanRow, Step } from './table.ts'

type Turn = readonly [kind: StepKind, party: Side]

/** Goods that come back: where to (left out where that is known), the parcel, and that it came. */
const sentBack: readonly Turn[] = [
  ['return_address', 'respondent'],
  ['return_shipment', 'complainant'],
  ['arrival', 'respondent'],
]
const inspected: Turn = ['inspection', 'respondent']
const refunded: Turn = ['refund', 'platform']
/** Goods that the respondent sends, and their arrival, which alone counts. */
const arrived: Turn = ['arrival', 'complainant']
const sentAnew: readonly Turn[] = [['replacement_shipment', 'respondent'], arrived]

/** Whose turn comes after whose, by the type of the remedy. */
export const stepsOfRemedy: Readonly<Record<RemedyType, readonly Turn[]>> = {
  refund: [refunded],
  return_and_refund: [...sentBack, inspected, refunded],
  exchange: [['difference', 'complainant'], ...sentBack, inspected, ...sentAnew],
  repair: [...sentBack, ['repair', 'respondent'], ['repaired_shipment', 'respondent'], arrived],
  reship: sentAnew,
  compensation: [['compensation', 'platform']],
  apology: [['apology', 'respondent']],
  statutory_damages: [['statutory_damages', 'platform']],
}

/** What the report that a step is done must hold, by the kind of the step. */
export const neededToComplete: Readonly<
  Partial<Record<StepKind, { field: 'tracking_number' | 'passed' | 'return_to' | 'payment_reference'; says: string }>>
> = {
  return_address: { field: 'return_to', says: 'say where the goods go back to' },
  return_shipment: { field: 'tracking_number', says: 'a return shipment is reported with its tracking number' },
  difference: { field: 'payment_reference', says: 'a difference is reported as paid with the reference of its payment' },
  repaired_shipment: { field: 'tracking_number', says: 'goods that are sent are reported with their tracking number' },
  send_back: { field: 'tracking_number', says: 'goods that are sent back are reported with their tracking number' },
  replacement_shipment: { field: 'tracking_number', says: 'goods that are sent are reported with their tracking number' },
  inspection: { field: 'passed', says: 'say whether the returned goods passed the inspection' },
}

/** Kinds of steps whose clock is called like them. */
const ofOwn = [
  'difference',
  'return_address',
  'return_shipment',
  'inspection',
  'refund',
  'arrival',
  'contest',
  'send_back',
] as const satisfies readonly (StepKind & CountedKind)[]

/** The clock that runs while it is a step's turn. */
export const clockOfStep = ({ kind, asked_again }: Pick<Step, 'kind' | 'asked_again'>): CountedKind =>
  asked_again === true ? 'return_again' : kind === 'reimbursement' ? 'payment' : (ofOwn.find((own) => own === kind) ?? 'step')

/** The clocks that a report on a step meets. */
export const reportClocks = [
  ...ofOwn,
  'return_again',
  'step',
  'arrival_decision',
  'contest_decision',
  'payment',
] as const satisfies readonly CountedKind[]

/** The clocks of which one at most runs for a step. */
export const stepClocks = [...reportClocks, 'step_decision', 'payee_details'] as const satisfies readonly CountedKind[]

/** Steps of which the party tells its progress; that stops no clock. */
export const tellsProgress: readonly StepKind[] = ['repair', 'replacement_shipment']

/** Steps whose money counts against a bound of the order. */
const countedKinds = ['refund', 'compensation', 'statutory_damages'] as const satisfies readonly StepKind[]
export type CountedMoney = (typeof countedKinds)[number]
export const countsForOrder = (kind: StepKind): kind is CountedMoney => countedKinds.some((one) => one === kind)

/** Steps that the payment system pays. What is reimbursed was laid out by its receiver, and counts against no bound. */
export type MoneyKind = CountedMoney | 'reimbursement'
export const movesMoney = (kind: StepKind): kind is MoneyKind => countsForOrder(kind) || kind === 'reimbursement'

/** Steps that stand beside those of their remedy: nothing waits for them, and none follows them. */
const besideOthers: readonly StepKind[] = ['freight_claim', 'reimbursement']
export const isBeside = ({ kind }: Pick<Step, 'kind'>): boolean => besideOthers.includes(kind)

/** The first step of a kind in a remedy. @param remedy its index in the plan */
export const stepIn = ({ steps }: Pick<PlanRow, 'steps'>, remedy: number, kind: StepKind): Step | undefined =>
  steps.find((step) => step.remedy === remedy && step.kind === kind)

/** The arrival of goods that whoever inspects or repairs them must have received: it was not reported by itself. */
export const arrivalBefore = (plan: Pick<PlanRow, 'steps'>, step: Step): Step | undefined => {
  if (step.kind !== 'inspection' && step.kind !== 'repair') return undefined
  const before = plan.steps[plan.steps.findIndex(({ id }) => id === step.id) - 1]
  return before?.kind === 'arrival' && before.remedy === step.remedy && before.status === 'pending' && before.due_at !== null
    ? before
    : undefined
}

/** Whether a step will not be done although it was owed. */
export const isGivenUp = ({ status, stopped }: Pick<Step, 'status' | 'stopped'>): boolean =>
  status === 'skipped' && stopped?.why !== 'not_due'

/** Whether what a plan has done besides can be enough when a step is given up: another remedy is done, or may still be. */
export const mayFinish = ({ steps }: Pick<PlanRow, 'steps'>, { remedy }: Step): boolean =>
  steps.some((other) => other.remedy !== remedy && !steps.some((one) => one.remedy === other.remedy && isGivenUp(one)))

const hasStep = (type: RemedyType, kind: StepKind): boolean => stepsOfRemedy[type].some(([one]) => one === kind)

/** Remedies for which the buyer sends something back first. */
export const takesGoodsBack = (type: RemedyType): boolean => hasStep(type, 'return_shipment')

/** Remedies that send goods: their value counts where approval is asked for. */
export const sendsGoods = (type: RemedyType): boolean => hasStep(type, 'replacement_shipment')

export const movesGoods = (type: RemedyType): boolean => takesGoodsBack(type) || sendsGoods(type)

export const refundRemedies: readonly RemedyType[] = ['refund', 'return_and_refund']
export const moneyRemedies: readonly RemedyType[] = [...refundRemedies, 'compensation', 'statutory_damages']
