/** What the actions on plans and their steps ask for, beyond the schemas of their bodies. */
import { remedyTypes } from '../../words/refund-plans.ts'
import { type Subject, sideOf } from '../case-file/case-file.ts'
import { type Asks, type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { asksDeviation } from '../complaints/asks.ts'
import { impositionContradicts } from '../complaints/deviations.ts'
import { bookOfCase, compensationLeft, linesOf, mostRefund } from '../orders/book.ts'
import type { OrderLine } from '../orders/table.ts'
import { freightPayersOf } from './effect.ts'
import { NewPlanIn, planBodies } from './schema.ts'
import { stepBodies } from './step-schema.ts'
import { mayFinish, moneyRemedies, movesMoney, neededToComplete, refundRemedies } from './steps.ts'

export const newPlanOperations = { create: operationOf('createRefundPlan', NewPlanIn) }
export const planOperations = operationsOf('RefundPlan', planBodies)
export const stepOperations = operationsOf('', stepBodies)

const moving = (types: readonly string[], most: number) =>
  most < 1 ? [] : [{ properties: { type: { enum: types }, amount: { maximum: most } }, required: ['amount'] }]

const goods = remedyTypes.filter((type) => !moneyRemedies.includes(type) && type !== 'apology')
const noParts = { freight_amount: false, tax_amount: false }

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
const remedyLimits = ({ file, actor }: Subject): object => {
  const book = bookOfCase(file)
  const lines = book ? linesOf(book) : []
  return {
    properties: {
      line_ids: lines.length > 0 && { items: { enum: lines.map(({ line_id }) => line_id) } },
      ...(sideOf(file.complaint, actor) === 'platform' && { freight_payer: { enum: freightPayersOf(file.complaint) } }),
    },
    anyOf: [
      { properties: { type: { const: 'apology' }, amount: false, quantity: false, ...noParts } },
      ...inPieces({ properties: { type: { enum: goods }, amount: false, ...noParts } }, lines),
      ...moving(refundRemedies, book ? mostRefund(book) : 0).flatMap((one) => inPieces(one, lines)),
      ...moving(['compensation'], book ? compensationLeft(book) : Number.MAX_SAFE_INTEGER).map((one) => ({
        ...one,
        properties: { ...one.properties, quantity: false, ...noParts },
      })),
    ],
  }
}

const offer = (subject: Subject): Asks => {
  const currency = subject.file.order?.currency
  return {
    ...(currency === undefined && { required: ['currency'] }),
    limits: {
      properties: {
        remedies: { items: remedyLimits(subject) },
        ...(currency !== undefined && { currency: { const: currency } }),
      },
    },
  }
}

/** A report on money names one of its attempts; one on anything else knows none, and no amount. */
const attemptsIn = ({ step }: Subject): Asks => {
  if (step && !movesMoney(step.kind)) return { limits: { properties: { attempt_id: false, amount: false } } }
  if (step?.attempts === undefined) return {}
  return { limits: { properties: { attempt_id: { enum: step.attempts.map(({ id }) => id) } } } }
}

/** What was done can be enough only where something was. */
const endingWith = ({ plan, step }: Subject): Asks =>
  plan && step && !mayFinish(plan, step) ? { limits: { properties: { afterwards: { enum: ['decide_anew'] } } } } : {}

export const planAsks: AsksOf = {
  create: offer,
  counter: offer,
  impose: (subject) => asksDeviation(subject, impositionContradicts(subject.file.complaint, subject.plan?.remedies ?? [])),
  complete_step: (subject) => {
    const { step } = subject
    const needed = step && neededToComplete[step.kind]?.field
    const ofContest = step?.kind === 'contest' ? (step.data.contested === true ? 'passed' : 'explanation') : undefined
    const field = needed ?? ofContest
    return { ...(field && { required: [field] }), ...attemptsIn(subject) }
  },
  fail_step: (subject) => attemptsIn(subject),
  progress_step: (subject) => attemptsIn(subject),
  return_step: (subject) => attemptsIn(subject),
  skip_step: endingWith,
}
