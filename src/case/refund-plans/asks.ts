/** What the actions on plans and their steps ask for, beyond the schemas of their bodies. */
import type { RemedyType } from '../../words/refund-plans.ts'
import { type Subject, sideOf } from '../case-file/case-file.ts'
import { type Asks, type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { asksDeviation } from '../complaints/asks.ts'
import { impositionContradicts } from '../complaints/deviations.ts'
import { explained } from '../complaints/reporters.ts'
import { compensationLeft, linesOf, mostRefund } from '../orders/book.ts'
import { mostDamages } from '../orders/money.ts'
import type { OrderLine } from '../orders/table.ts'
import { freightPayersOf } from './effect.ts'
import { bookForPlans } from './provisional.ts'
import { canClaimFreight } from './reimbursement.ts'
import { withoutOthers } from './remedy-fields.ts'
import { NewPlanIn, planBodies } from './schema.ts'
import { stepBodies } from './step-schema.ts'
import { mayFinish, movesMoney, neededToComplete } from './steps.ts'
import { damagedLines } from './takings.ts'

export const newPlanOperations = { create: operationOf('createRefundPlan', NewPlanIn) }
export const planOperations = operationsOf('RefundPlan', planBodies)
export const stepOperations = operationsOf('', stepBodies)

/** Remedies that move up to so much money; none where nothing is left. All of these types have the same fields. */
const moving = (types: readonly [RemedyType, ...RemedyType[]], most: number) =>
  most < 1
    ? []
    : [{ properties: { type: { enum: types }, amount: { maximum: most }, ...withoutOthers(types[0]) }, required: ['amount'] }]

/** A remedy that moves no money. @param more what else holds for its fields */
const moneyless = (type: RemedyType, more: object = {}) => ({
  properties: { type: { const: type }, amount: false, ...withoutOthers(type), ...more },
})

/** Either the lines as they are, or so many pieces of one of them. */
const inPieces = (one: { properties: object; required?: readonly string[] }, lines: readonly OrderLine[]) => {
  const { properties, required = [] } = one
  const most = Math.max(...lines.map(({ quantity }) => quantity))
  return [
    { ...one, properties: { ...properties, quantity: false } },
    ...(lines.length === 0
      ? []
      : [
          {
            properties: { ...properties, quantity: { maximum: most }, line_ids: { minItems: 1, maxItems: 1 } },
            required: [...required, 'quantity', 'line_ids'],
          },
        ]),
  ]
}

/** A remedy as it may still be offered: its lines, and its amount up to what the order has room for. Others may take that room meanwhile. */
const remedyLimits = ({ file, actor }: Subject, isImposable: boolean): object => {
  const book = bookForPlans(file)
  const lines = book ? linesOf(book) : []
  const payers = (field: 'freight_payer' | 'repair_payer') =>
    sideOf(file.complaint, actor) === 'platform' ? { [field]: { enum: freightPayersOf(file.complaint) } } : {}
  return {
    properties: {
      line_ids: lines.length > 0 && { items: { enum: lines.map(({ line_id }) => line_id) } },
      ...payers('freight_payer'),
    },
    anyOf: [
      moneyless('apology'),
      ...inPieces(moneyless('reship'), lines),
      // what a replacement costs on top is worked out
      ...inPieces(moneyless('exchange', { difference_amount: false, ...(book === null && { replacement: false }) }), lines),
      ...inPieces(moneyless('repair', payers('repair_payer')), lines),
      ...moving(['refund', 'return_and_refund'], book ? mostRefund(book) : 0).flatMap((one) => inPieces(one, lines)),
      ...moving(['compensation'], book ? compensationLeft(book) : Number.MAX_SAFE_INTEGER),
      ...moving(['statutory_damages'], isImposable && book ? mostDamages(book, damagedLines(file, book)) : 0).map((one) => ({
        ...one,
        required: [...one.required, 'rule'],
      })),
    ],
  }
}

/** What a plan may hold. @param isImposable whether it may also be one that is imposed, and not offered */
const offer = (subject: Subject, isImposable = false): Asks => {
  const currency = subject.file.order?.currency
  return {
    ...(currency === undefined && { required: ['currency'] }),
    limits: {
      properties: {
        remedies: { items: remedyLimits(subject, isImposable) },
        ...(currency !== undefined && { currency: { const: currency } }),
      },
    },
  }
}

/** A report on money names one of its attempts; one on anything else knows none, and no amount but that of a claim. */
const ofAttempts = ({ step }: Subject): Readonly<Record<string, unknown>> => {
  if (step?.kind === 'freight_claim') return { attempt_id: false, amount: { maximum: step.amount ?? 0 } }
  if (step && !movesMoney(step.kind)) return { attempt_id: false, amount: false }
  return step?.attempts === undefined ? {} : { attempt_id: { enum: step.attempts.map(({ id }) => id) } }
}

/** What only some kinds of steps are reported with. */
const ofOneKind = ({ plan, step }: Subject): Readonly<Record<string, unknown>> => ({
  ...(step && step.kind !== 'return_address' && { return_to: false }),
  ...(plan && step && !canClaimFreight(plan, step) && { freight_paid: false }),
})

const reporting = (subject: Subject): Asks => ({ required: explained(subject), limits: { properties: ofAttempts(subject) } })

/** What was done can be enough only where something was. */
const endingWith = ({ plan, step }: Subject): Asks =>
  plan && step && !mayFinish(plan, step) ? { limits: { properties: { afterwards: { enum: ['decide_anew'] } } } } : {}

export const planAsks: AsksOf = {
  create: (subject) => offer(subject, sideOf(subject.file.complaint, subject.actor) === 'platform'),
  counter: (subject) => offer(subject),
  impose: (subject) => asksDeviation(subject, impositionContradicts(subject.file.complaint, subject.plan?.remedies ?? [])),
  complete_step: (subject) => {
    const { step } = subject
    const needed = step && neededToComplete[step.kind]?.field
    const ofContest = step?.kind === 'contest' ? (step.data.contested === true ? 'passed' : 'explanation') : undefined
    const field = needed ?? ofContest
    return {
      required: [...(field ? [field] : []), ...explained(subject)],
      limits: { properties: { ...ofAttempts(subject), ...ofOneKind(subject) } },
    }
  },
  fail_step: reporting,
  progress_step: reporting,
  return_step: reporting,
  skip_step: endingWith,
}
