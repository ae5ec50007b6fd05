/**
 * The money of an order, over all complaints and plans about it. Refunds in force never exceed what was paid; with compensations they
 * never exceed that plus the policy's share of the item value. Amounts are integers in minor units.
 */

import type { Policy } from '../../rules/policy/schema.ts'
import type { OrderDetails } from '../complaints/table.ts'
import type { OrderRow } from './table.ts'

/** Σ quantity × unit amount, of the named lines or of all. BigInt, since a product of two valid amounts can pass 2^53. */
export const itemValue = (order: OrderDetails, lineIds?: readonly string[]): bigint =>
  order.lines
    .filter((line) => lineIds === undefined || lineIds.includes(line.line_id))
    .reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unit_amount), 0n)

/** What compensations may add to the paid amount, rounded down to the minor unit. */
export const compensationLimit = (order: OrderDetails, policy: Policy): number => {
  const limit = (itemValue(order) * BigInt(policy.compensation_beyond_paid_percent)) / 100n
  const room = BigInt(Number.MAX_SAFE_INTEGER) - BigInt(order.paid_amount)
  return Number(limit < room ? limit : room)
}

export interface Amounts {
  refund: number
  compensation: number
}

/** What the order has room for besides the amounts in force: for refunds, and for refunds and compensations together. */
export const roomIn = (order: OrderRow): { refund: number; total: number } => ({
  refund: order.paid_amount - order.refund_in_force,
  total: order.paid_amount + order.compensation_limit - order.refund_in_force - order.compensation_in_force,
})

/** Whether the order has room for these amounts besides those in force. */
export const fits = (order: OrderRow, { refund, compensation }: Amounts): boolean => {
  const room = roomIn(order)
  return refund <= room.refund && refund + compensation <= room.total
}

/** Puts amounts in force (negative amounts release them). */
export const putInForce = (order: OrderRow, { refund, compensation }: Amounts): void => {
  order.refund_in_force += refund
  order.compensation_in_force += compensation
}
