/** Money of an order that is put in force and released: what changes of the order and of its limits. Pure. */

import type { CaseFile } from '../case-file/case-file.ts'
import { type Book, bookOfCase, boundOf, compensationLeft, isSamePot, leftOf, refundLeft } from './book.ts'
import type { Amounts } from './money.ts'
import type { OrderLimitRow, Pot } from './table.ts'

/**
 * Puts amounts in force (negative amounts release them). The caller has seen that they fit.
 * @param how.beyond they were paid without being reserved: what the order does not hold of them is in excess
 */
export const putInForce = (
  file: Pick<CaseFile, 'order' | 'limits' | 'complaint'>,
  amounts: Amounts,
  { beyond = false } = {},
): void => {
  const { order, limits } = file
  const book = bookOfCase(file)
  if (order === null || book === null) return
  const excessOf = (before: number, over: number): number =>
    Math.min(beyond ? Number.MAX_SAFE_INTEGER : before, Math.max(0, over))
  order.refund_in_force += amounts.refund
  order.compensation_in_force += amounts.compensation
  order.goods_in_force += amounts.goods
  order.refund_excess = excessOf(order.refund_excess, order.refund_in_force - order.paid_amount)
  order.compensation_excess = excessOf(order.compensation_excess, order.compensation_in_force - order.compensation_limit)
  for (const pot of amounts.pots) {
    const row = limits.find((one) => isSamePot(one, pot)) ?? newLimit(book, pot)
    if (!limits.includes(row)) limits.push(row)
    row.in_force += pot.amount
    row.excess = excessOf(row.excess, row.in_force - row.bound)
  }
}

/** Whether an order has room for amounts now. A case without an order has no bounds. */
export const fitsInForce = (file: Pick<CaseFile, 'order' | 'limits' | 'complaint'>, amounts: Amounts): boolean => {
  const book = bookOfCase(file)
  if (book === null) return true
  return (
    amounts.refund <= refundLeft(book) &&
    amounts.compensation <= compensationLeft(book) &&
    amounts.pots.every((pot) => pot.amount <= (leftOf(book, pot) ?? Number.MAX_SAFE_INTEGER))
  )
}

/** A limit that no money has touched yet. */
const newLimit = (book: Book, { kind, key }: Pot): OrderLimitRow => ({
  platform_id: book.order.platform_id,
  order_id: book.order.id,
  kind,
  key,
  bound: boundOf(book, { kind, key }) ?? 0,
  in_force: 0,
  excess: 0,
})

/**
 * Whether what somebody holds is of a bound that is in excess: a correction or a refund elsewhere came after it was reserved.
 * @param kind what it holds
 */
export const isOverBound = (
  { order, limits }: Pick<CaseFile, 'order' | 'limits'>,
  kind: 'refund' | 'compensation' | 'statutory_damages',
  pots: readonly Pot[],
): boolean =>
  order !== null &&
  ((kind !== 'statutory_damages' && order[`${kind}_excess`] > 0) ||
    pots.some((pot) => limits.some((row) => row.excess > 0 && isSamePot(row, pot))))
