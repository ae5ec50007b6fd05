/** The order as its platform sees it. */

import { limitKinds } from '../../words/orders.ts'
import { type Book, boundOf, compensationLeft, leftOf, limitsMadeBy, refundLeft } from './book.ts'
import type { OrderWire } from './schema.ts'
import type { OrderLimitRow, RefundElsewhereRow } from './table.ts'

type Limit = Pick<OrderLimitRow, 'kind' | 'key'>

/** Every limit that the facts of an order make, and those that money has touched although the facts name them no more. */
const limitsOf = ({ facts }: Book, touched: readonly OrderLimitRow[]): Limit[] => {
  const made: Limit[] = limitsMadeBy(facts)
  const isMade = (row: Limit) => made.some(({ kind, key }) => kind === row.kind && key === row.key)
  return [...made, ...touched.filter((row) => !isMade(row))].toSorted(
    (a, b) => limitKinds.indexOf(a.kind) - limitKinds.indexOf(b.kind),
  )
}

/** How the limits of an order stand. */
export const limitsView = (book: Book, touched: readonly OrderLimitRow[]): OrderWire['limits'] =>
  limitsOf(book, touched).map(({ kind, key }) => {
    const row = touched.find((one) => one.kind === kind && one.key === key)
    const bound = boundOf(book, { kind, key }) ?? 0
    const left = leftOf(book, { kind, key }) ?? 0
    return { kind, key, bound, in_force: row?.in_force ?? 0, excess: row?.excess ?? 0, left }
  })

export const refundElsewhereView = (row: RefundElsewhereRow, currency: string): OrderWire['refunds_elsewhere'][number] => {
  const { platform_id: _platform, order_id: _order, pots: _pots, ...shown } = row
  return { ...shown, currency, version: 1 }
}

export const orderView = (book: Book, limits: readonly OrderLimitRow[], refunds: readonly RefundElsewhereRow[]): OrderWire => {
  const { order, facts } = book
  const { paid_at, shipped_at, received_at, shipping_amount, payments, lines, promotions = [] } = facts
  return {
    id: order.id,
    currency: order.currency,
    paid_amount: order.paid_amount,
    paid_at,
    shipped_at,
    received_at,
    shipping_amount,
    payments,
    lines,
    promotions,
    source: order.source,
    stated_by: order.stated_by,
    refund_in_force: order.refund_in_force,
    refund_left: refundLeft(book),
    refund_excess: order.refund_excess,
    compensation_limit: order.compensation_limit,
    compensation_in_force: order.compensation_in_force,
    compensation_left: compensationLeft(book),
    compensation_excess: order.compensation_excess,
    limits: limitsView(book, limits),
    refunds_elsewhere: refunds.map((row) => refundElsewhereView(row, order.currency)),
    version: order.version,
    created_at: order.created_at,
    updated_at: order.updated_at,
  }
}
