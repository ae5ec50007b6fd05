import { Counter } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'
import { isSamePot } from './book.ts'
import type { OrderLimitRow, OrderRow } from './table.ts'

export const orderMetrics = roomMetrics((registry) => ({
  /** A statement that changed nothing is not counted. */
  statements: new Counter({
    name: 'redress_order_statements_total',
    help: 'Statements about orders by the systems of platforms and their staff',
    labelNames: ['source'],
    registers: [registry],
  }),
  /** A refund that was recorded already is not counted again. */
  elsewhere: new Counter({
    name: 'redress_refunds_elsewhere_total',
    help: 'Refunds of orders that were made without this service',
    labelNames: ['kind', 'source'],
    registers: [registry],
  }),
  excess: new Counter({
    name: 'redress_order_excess_total',
    help: 'How often more was in force of an order than it holds, or more so than before: by a correction or a refund elsewhere',
    labelNames: ['by'],
    registers: [registry],
  }),
}))

/** An order with its limits, as far as they may be in excess. */
export interface Standing {
  order: Pick<OrderRow, 'refund_excess' | 'compensation_excess'>
  limits: readonly OrderLimitRow[]
}

/** Whether anything of an order is further above its bound than before. */
export const exceedsMore = (before: Standing | undefined, after: Standing): boolean => {
  return (
    after.order.refund_excess > (before?.order.refund_excess ?? 0) ||
    after.order.compensation_excess > (before?.order.compensation_excess ?? 0) ||
    after.limits.some((row) => row.excess > (before?.limits.find((other) => isSamePot(other, row))?.excess ?? 0))
  )
}
