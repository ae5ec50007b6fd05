/** The book of an order, over all complaints about it: what each of its limits holds, what is in force of it, and what is left. Pure. */

import type { LimitKind } from '../../words/orders.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { factsOf, meansKey, paidForLines } from './facts.ts'
import type { OrderFacts, OrderLimitRow, OrderLine, OrderRow, OrderStatement, Pot } from './table.ts'

/** Everything that says how much of an order is left. */
export interface Book {
  order: OrderRow
  facts: OrderStatement
  /** What was paid for each line. */
  lines: ReadonlyMap<string, number>
  /** What is in force of each limit, by `potName`. */
  inForce: Map<string, number>
  /** The merchant whom the case is about, whose lines alone it can give back; null where it is about the whole order. */
  merchant: string | null
}

/** The name of a limit among those of its order. */
export const potName = ({ kind, key }: Pick<Pot, 'kind' | 'key'>): string => `${kind} ${key}`

/** Whether two are about the same limit of an order. */
export const isSamePot = (one: Pick<Pot, 'kind' | 'key'>, other: Pick<Pot, 'kind' | 'key'>): boolean =>
  one.kind === other.kind && one.key === other.key

/** The book of an order. @param limits the limits that money has touched */
export const bookOf = (
  order: OrderRow,
  facts: OrderStatement,
  limits: readonly OrderLimitRow[],
  merchant: string | null = null,
): Book => ({
  order,
  facts,
  lines: paidForLines(facts),
  inForce: new Map(limits.map((row) => [potName(row), row.in_force])),
  merchant,
})

/** The book of the order of a case; null without an order. */
export const bookOfCase = ({ order, limits, complaint }: Pick<CaseFile, 'order' | 'limits' | 'complaint'>): Book | null => {
  if (order === null) return null
  const merchant = complaint.respondent_role === 'merchant' ? complaint.respondent_id : null
  return bookOf(order, statementOf(order, complaint), limits, merchant)
}

/** The same book as if something in force were not: what was paid provisionally is there for the next decision of its own case. */
export const bookWithout = (book: Book, refund: number, pots: readonly Pot[]): Book => {
  const inForce = new Map(book.inForce)
  for (const pot of pots) inForce.set(potName(pot), Math.max(0, inForceOf(book, pot) - pot.amount))
  return { ...book, order: { ...book.order, refund_in_force: Math.max(0, book.order.refund_in_force - refund) }, inForce }
}

/** What is known of an order, with its currency and what was paid; of one that an older version filed, what the complaint says. */
export const statementOf = (
  order: OrderRow,
  complaint: Pick<CaseFile['complaint'], 'order_details'> = { order_details: null },
): OrderStatement => ({
  currency: order.currency,
  paid_amount: order.paid_amount,
  ...factsOf(order, complaint),
})

/** The lines that a case can give back: all, but those of other merchants than the one it is about. */
export const linesOf = ({ facts, merchant }: Book): OrderLine[] =>
  facts.lines.filter((line) => merchant === null || line.merchant_id === undefined || line.merchant_id === merchant)

/** A line of the order by its id. */
export const lineOf = ({ facts }: Pick<Book, 'facts'>, id: string | undefined): OrderLine | undefined =>
  facts.lines.find(({ line_id }) => line_id === id)

/** Every limit that the facts of an order make. */
export const limitsMadeBy = ({
  lines,
  payments,
  shipping_amount,
  statutory_damages_multiple,
}: OrderFacts): Pick<Pot, 'kind' | 'key'>[] => {
  const merchants = new Set(lines.flatMap(({ merchant_id }) => merchant_id ?? []))
  return [
    ...lines.map(({ line_id: key }) => ({ kind: 'line' as const, key })),
    ...lines.map(({ line_id: key }) => ({ kind: 'quantity' as const, key })),
    ...[...merchants].map((key) => ({ kind: 'merchant' as const, key })),
    ...payments.map((payment) => ({ kind: 'means' as const, key: meansKey(payment) })),
    ...(shipping_amount === null ? [] : [{ kind: 'shipping' as const, key: '' }]),
    ...(statutory_damages_multiple ? lines.map(({ line_id: key }) => ({ kind: 'statutory_damages' as const, key })) : []),
  ]
}

/** What bounds held settlements: each merchant that a line names, and all of the order for those that none does. */
export const settlementLimits = ({ lines }: Pick<OrderFacts, 'lines'>): Pick<Pot, 'kind' | 'key'>[] =>
  [...new Set(lines.flatMap(({ merchant_id }) => merchant_id ?? [])), ''].map((key) => ({ kind: 'settlement', key }))

/** What was paid for the lines of a merchant; `undefined` where no line names it. */
const paidToMerchant = ({ facts, lines }: Pick<Book, 'facts' | 'lines'>, merchant: string): number | undefined => {
  const own = facts.lines.filter(({ merchant_id }) => merchant_id === merchant)
  return own.length === 0 ? undefined : own.reduce((sum, { line_id }) => sum + (lines.get(line_id) ?? 0), 0)
}

/** What a limit holds; `undefined` where the order has no such limit. */
export const boundOf = (book: Pick<Book, 'facts' | 'lines'>, { kind, key }: Pick<Pot, 'kind' | 'key'>): number | undefined => {
  const { facts, lines } = book
  switch (kind) {
    case 'line':
      return lines.get(key)
    case 'quantity':
      return lineOf(book, key)?.quantity
    case 'merchant':
      return paidToMerchant(book, key)
    // what no line says of a merchant may all be its own
    case 'settlement':
      return key === '' ? facts.paid_amount : paidToMerchant(book, key)
    case 'means':
      return facts.payments.find((payment) => meansKey(payment) === key)?.amount
    case 'shipping':
      return facts.shipping_amount ?? undefined
    case 'statutory_damages': {
      const paid = lines.get(key)
      const { statutory_damages_multiple: multiple } = facts
      return paid === undefined || multiple === undefined ? undefined : damagesFor(paid, multiple)
    }
  }
}

/** So many times a price, but no more than an amount can be. */
export const damagesFor = (price: number, multiple: number): number => Math.min(price * multiple, Number.MAX_SAFE_INTEGER)

/** What is in force of a limit. */
export const inForceOf = ({ inForce }: Book, pot: Pick<Pot, 'kind' | 'key'>): number => inForce.get(potName(pot)) ?? 0

/** How much more a limit can take; 0 where it is in excess, `undefined` where the order has no such limit. */
export const leftOf = (book: Book, pot: Pick<Pot, 'kind' | 'key'>): number | undefined => {
  const bound = boundOf(book, pot)
  return bound === undefined ? undefined : Math.max(0, bound - inForceOf(book, pot))
}

export const refundLeft = ({ order }: Pick<Book, 'order'>): number => Math.max(0, order.paid_amount - order.refund_in_force)

/** Statutory damages that are in force for an order. */
export const damagesInForce = (limits: readonly OrderLimitRow[]): number =>
  limits.reduce((sum, { kind, in_force }) => (kind === 'statutory_damages' ? sum + in_force : sum), 0)

/** All that is in force for an order: money, and the value of goods. */
export const allInForce = ({ order, limits }: Pick<CaseFile, 'order' | 'limits'>): number =>
  order === null ? 0 : order.refund_in_force + order.compensation_in_force + order.goods_in_force + damagesInForce(limits)

export const compensationLeft = ({ order }: Book): number => Math.max(0, order.compensation_limit - order.compensation_in_force)

/** The most that one refund of this case can be now: what is left of the order and its means, but not of other merchants' lines. */
export const mostRefund = (book: Book): number => {
  const { payments, lines } = book.facts
  const left = (kind: LimitKind, keys: readonly string[]) =>
    keys.reduce((sum, key) => sum + (leftOf(book, { kind, key }) ?? 0), 0)
  const byMeans = payments.length === 0 ? Number.MAX_SAFE_INTEGER : left('means', payments.map(meansKey))
  const own = new Set(linesOf(book))
  const ofOthers = lines.flatMap((line) => (own.has(line) ? [] : [line.line_id]))
  return Math.max(0, Math.min(refundLeft(book) - left('line', ofOthers), byMeans))
}
