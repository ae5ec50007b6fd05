/** What the actions on plans and their steps ask for, beyond the schemas of their bodies. */
import { remedyTypes } from '../../words/refund-plans.ts'
import { type Subject, sideOf } from '../case-file/case-file.ts'
import { type Asks, type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { asksDeviation } from '../complaints/asks.ts'
import { impositionContradicts } from '../complaints/deviations.ts'
import { roomIn } from '../orders/money.ts'
import { freightPayersOf } from './draft.ts'
import { NewPlanIn, planBodies, stepBodies } from './schema.ts'
import { moneyRemedies, neededToComplete, refundRemedies } from './steps.ts'

export const newPlanOperations = { create: operationOf('createRefundPlan', NewPlanIn) }
export const planOperations = operationsOf('RefundPlan', planBodies)
export const stepOperations = operationsOf('', stepBodies)

const moving = (types: readonly string[], most: number) =>
  most < 1 ? [] : [{ properties: { type: { enum: types }, amount: { maximum: most } }, required: ['amount'] }]

const unpaid = {
  properties: { type: { enum: remedyTypes.filter((type) => !moneyRemedies.includes(type)) }, amount: false },
}

/** A remedy as it may still be offered: its lines, and its amount up to what the order has room for. Others may take that room meanwhile. */
const remedyLimits = ({ file: { complaint, order }, actor }: Subject): object => {
  const { refund, total } = order ? roomIn(order) : { refund: 0, total: Number.MAX_SAFE_INTEGER }
  const lines = complaint.order_details?.lines ?? []
  return {
    properties: {
      line_ids: lines.length > 0 && { items: { enum: lines.map(({ line_id }) => line_id) } },
      ...(sideOf(complaint, actor) === 'platform' && { freight_payer: { enum: freightPayersOf(complaint) } }),
    },
    anyOf: [unpaid, ...moving(refundRemedies, Math.min(refund, total)), ...moving(['compensation'], total)],
  }
}

const offer = (subject: Subject): Asks => {
  const currency = subject.file.complaint.order_details?.currency
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

export const planAsks: AsksOf = {
  create: offer,
  counter: offer,
  impose: (subject) => asksDeviation(subject, impositionContradicts(subject.file.complaint, subject.plan?.remedies ?? [])),
  complete_step: ({ step }) => {
    const needed = step && neededToComplete[step.kind]
    return needed ? { required: [needed.field] } : {}
  },
}
