/** What the facts of an order come to: what each line was paid with, what the goods are worth, where two statements differ. Pure. */

import { allocate } from '../../foundation/allocate.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { ComplaintRow, OrderDetails } from '../complaints/table.ts'
import type { OrderFacts, OrderLine, OrderRow, OrderStatement } from './table.ts'

/** The most lines that an order is known with. */
export const MOST_LINES = 500

/** The facts alone, without what only the complaint says of a line. */
export const factsOfDetails = (details: OrderDetails): OrderFacts => ({
  paid_at: details.paid_at ?? null,
  shipped_at: details.shipped_at ?? null,
  received_at: details.received_at ?? null,
  shipping_amount: details.shipping_amount ?? null,
  payments: details.payments ?? [],
  lines: details.lines.map(({ disputed_quantity: _q, reason_code: _r, wanted_amount: _w, ...line }) => line),
})

/** What is known of the order of a case. */
export const factsOf = (order: OrderRow, { order_details }: Pick<ComplaintRow, 'order_details'>): OrderFacts =>
  order.facts ?? (order_details ? factsOfDetails(order_details) : nothingKnown)

/** The facts of an order of which nobody has said more than what was paid. */
export const nothingKnown: OrderFacts = {
  paid_at: null,
  shipped_at: null,
  received_at: null,
  shipping_amount: null,
  payments: [],
  lines: [],
}

/** The price of a line less its share of the discounts. BigInt, since a product of two valid amounts can pass 2^53. */
const priceOf = ({ quantity, unit_amount, discount_amount = 0 }: OrderLine): bigint => {
  const price = BigInt(quantity) * BigInt(unit_amount) - BigInt(discount_amount)
  return price < 0n ? 0n : price
}

/** What was paid for the goods: all but the shipping. */
export const paidForGoods = ({ paid_amount, shipping_amount }: Pick<OrderStatement, 'paid_amount' | 'shipping_amount'>): number =>
  Math.max(0, paid_amount - (shipping_amount ?? 0))

/**
 * What was paid for each line, by its id: its price less its discount. Where the lines come to more than was paid for goods, a discount on
 * the whole order is missing in them, and each line gets its share of what was paid.
 */
export const paidForLines = (order: OrderStatement): Map<string, number> => {
  const paid = paidForGoods(order)
  const prices = order.lines.map(priceOf)
  const sum = prices.reduce((all, price) => all + price, 0n)
  const capped = prices.map((price) => Number(price < BigInt(Number.MAX_SAFE_INTEGER) ? price : BigInt(Number.MAX_SAFE_INTEGER)))
  const values = sum > BigInt(paid) ? allocate(paid, capped) : capped
  return new Map(order.lines.map(({ line_id }, index) => [line_id, values[index] ?? 0]))
}

/**
 * What the goods of an order are worth: what was paid for its lines. Where only a party has spoken, it may have named only the lines that it
 * is about, and all that was paid for goods counts.
 */
export const goodsValue = (order: OrderStatement, { onlyAParty }: { onlyAParty: boolean }): number => {
  if (onlyAParty) return paidForGoods(order)
  return [...paidForLines(order).values()].reduce((sum, paid) => sum + paid, 0)
}

/** What compensations may come to, rounded down to the minor unit. */
export const compensationLimit = (order: OrderStatement, percent: number, about: { onlyAParty: boolean }): number =>
  Number((BigInt(goodsValue(order, about)) * BigInt(percent)) / 100n)

/** What so many pieces of a line cost, the first `given` of them being given back already: the last piece takes what does not divide. */
export const priceOfPieces = (paid: number, quantity: number, given: number, pieces: number): number => {
  const piece = Math.floor(paid / quantity)
  const upTo = (count: number): number => (count >= quantity ? paid : count * piece)
  return upTo(given + pieces) - upTo(given)
}

/** The key of a payment among the means of its order. */
export const meansKey = ({ method, reference }: { method: string; reference?: string }): string =>
  reference === undefined ? method : `${method} ${reference}`

/** What is said about a line that counts for money. */
const moneyFields = ['quantity', 'unit_amount', 'discount_amount', 'merchant_id'] as const

/** Where what a complaint says of its order is not what is known, as pointers into the complaint. Only what counts for money is compared. */
export const differences = (said: OrderDetails, known: OrderStatement): string[] => {
  const found: string[] = []
  if (said.currency !== known.currency) found.push('/order/currency')
  if (said.paid_amount !== known.paid_amount) found.push('/order/paid_amount')
  if (said.shipping_amount !== undefined && known.shipping_amount !== null && said.shipping_amount !== known.shipping_amount)
    found.push('/order/shipping_amount')
  if (said.payments !== undefined && known.payments.length > 0 && !areAlike(said.payments, known.payments))
    found.push('/order/payments')
  for (const [index, line] of said.lines.entries()) {
    const other = known.lines.find(({ line_id }) => line_id === line.line_id)
    if (other === undefined) found.push(`/order/lines/${index}`)
    else
      for (const field of moneyFields)
        if (line[field] !== undefined && line[field] !== other[field]) found.push(`/order/lines/${index}/${field}`)
  }
  return found.slice(0, MOST_DIFFERENCES)
}

/** More are not told: somebody has to look at the order anyway. */
const MOST_DIFFERENCES = 20

/**
 * What a party's order is known with after a further complaint of a party has named lines of it: those that are new are added while all
 * of them are within what was paid. Nothing that is known is changed, and no bound rises.
 */
export const withFurtherLines = (known: OrderStatement, said: OrderDetails): OrderLine[] => {
  const lines = [...known.lines]
  let room = BigInt(paidForGoods(known)) - lines.reduce((sum, line) => sum + priceOf(line), 0n)
  for (const line of factsOfDetails(said).lines) {
    const price = priceOf(line)
    if (said.currency !== known.currency || price > room || lines.length >= MOST_LINES) continue
    if (lines.some(({ line_id }) => line_id === line.line_id)) continue
    lines.push(line)
    room -= price
  }
  return lines
}
