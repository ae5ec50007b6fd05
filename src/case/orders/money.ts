/**
 * What plans take of the money of an order, over all complaints and plans about it. Refunds in force
 * never exceed what was paid, for the order, each line, each piece, each merchant and each means of payment; compensations in force never
 * exceed the policy's share of the goods. Amounts are integers in minor units.
 */

import { allocate } from '../../foundation/allocate.ts'
import { type LimitKind, valueInstruments } from '../../words/orders.ts'
import {
  type Book,
  boundOf,
  compensationLeft,
  damagesFor,
  inForceOf,
  leftOf,
  lineOf,
  linesOf,
  potName,
  refundLeft,
} from './book.ts'
import { goodsValue, meansKey, priceOfPieces } from './facts.ts'
import { type GivenBack, promotionsAt } from './promotions.ts'
import type { OrderLine, Payment, Pot } from './table.ts'

/** What is put in force, or released where negative. */
export interface Amounts {
  refund: number
  compensation: number
  /** The value of goods that are sent. */
  goods: number
  pots: readonly Pot[]
}

/** What a limit is asked for and no longer holds. */
export interface Shortage {
  kind: 'order' | 'compensation' | 'promotion' | LimitKind
  key: string
  asked: number
  left: number
}

/** A line in dispute. */
export interface DisputedLine {
  line_id: string
  /** How many of its pieces are; all where no number is named. */
  quantity?: number | undefined
  /** What of its statutory damages in force is of other cases. */
  elsewhere: number
}

/** What a remedy takes of the order. */
export interface Taking {
  refund: number
  compensation: number
  goods: number
  /** The lines that the refund is for; all that the case can give back where none is named. */
  line_ids?: readonly string[] | undefined
  /** How many pieces of its one line. */
  quantity?: number | undefined
  /** The part of the refund that is for shipping. */
  freight?: number | undefined
  method?: string | undefined
  /** Statutory damages, and the lines that bear them, with how many of their pieces are in dispute. */
  damages?: { amount: number; lines: readonly DisputedLine[] } | undefined
  /** Lines of which all pieces are given back, without their number being named. */
  returned?: readonly string[] | undefined
}

/** Thrown where an order does not hold what is asked; becomes a problem, or the reason why something does not happen by itself. */
export class Exceeded extends Error {
  readonly shortage: Shortage
  constructor(shortage: Shortage) {
    super('the order does not hold this much')
    this.shortage = shortage
  }
}

/**
 * Takes several remedies from a book, one after the other, and says what each counts against. The book is changed.
 * @throws Exceeded where one of them does not fit
 */
export const takeAll = (book: Book, takings: readonly Taking[]): Amounts[] => {
  const sums = { refund: refundLeft(book), compensation: compensationLeft(book) }
  const asked = { refund: 0, compensation: 0 }
  for (const taking of takings) {
    asked.refund += taking.refund
    asked.compensation += taking.compensation
  }
  if (asked.refund > sums.refund) throw new Exceeded({ kind: 'order', key: '', asked: asked.refund, left: sums.refund })
  if (asked.compensation > sums.compensation)
    throw new Exceeded({ kind: 'compensation', key: '', asked: asked.compensation, left: sums.compensation })
  let rest = sums.refund
  const before = new Map(book.inForce)
  const taken = takings.map((taking) => {
    const pots = taking.refund === 0 && !taking.quantity ? [] : potsOf(book, taking, rest)
    if (taking.damages) pots.push(...allocateDamages(book, taking.damages))
    rest -= taking.refund
    for (const pot of pots) book.inForce.set(potName(pot), inForceOf(book, pot) + pot.amount)
    return { refund: taking.refund, compensation: taking.compensation, goods: taking.goods, pots }
  })
  if (asked.refund > 0) checkPromotions(book, (key) => before.get(potName({ kind: 'line', key })) ?? 0)
  return taken
}

/** How many pieces of each line are given back. */
export const givenBackIn =
  (book: Book): GivenBack =>
  (key) =>
    Math.min(inForceOf(book, { kind: 'quantity', key }), lineOf(book, key)?.quantity ?? 0)

/**
 * Goods that came back, and the goods that a promotion was for and that are kept: what is in force of the lines of the former may not come to
 * more than was paid for their pieces, less what is reclaimed for the latter. Money for other lines takes nothing from it.
 * @param before what was in force of each line before the takings that are in the book now
 * @throws Exceeded
 */
const checkPromotions = (book: Book, before: (line_id: string) => number): void => {
  const given = givenBackIn(book)
  const reclaimed = promotionsAt(book.facts, given).filter(({ reclaimed_amount }) => reclaimed_amount > 0)
  if (reclaimed.length === 0) return
  const back = book.facts.lines.filter(({ line_id }) => given(line_id) > 0)
  const sumOf = (amountOf: (line: OrderLine) => number) => back.reduce((sum, line) => sum + amountOf(line), 0)
  const earlier = sumOf(({ line_id }) => before(line_id))
  const asked = sumOf(({ line_id: key }) => inForceOf(book, { kind: 'line', key })) - earlier
  const paid = sumOf(({ line_id, quantity }) => priceOfPieces(book.lines.get(line_id) ?? 0, quantity, 0, given(line_id)))
  const left = Math.max(0, paid - reclaimed.reduce((sum, { reclaimed_amount }) => sum + reclaimed_amount, 0) - earlier)
  const key = reclaimed.map(({ promotion }) => promotion.promotion_id).join(',')
  if (asked > left) throw new Exceeded({ kind: 'promotion', key, asked, left })
}

const demand = (book: Book, pot: Pot): Pot => {
  // a line that is gone has no pieces; what was never said of an order bounds nothing
  const left = leftOf(book, pot) ?? (pot.kind === 'quantity' ? 0 : undefined)
  if (left !== undefined && pot.amount > left) throw new Exceeded({ kind: pot.kind, key: pot.key, asked: pot.amount, left })
  return pot
}

const potsOf = (book: Book, { refund, line_ids, quantity, freight = 0, method, returned = [] }: Taking, rest: number): Pot[] => {
  const pots: Pot[] = []
  if (freight > 0 && boundOf(book, { kind: 'shipping', key: '' }) !== undefined)
    pots.push(demand(book, { kind: 'shipping', key: '', amount: freight }))
  const ofLines = allocateToLines(book, refund - freight, line_ids, quantity, rest - freight)
  pots.push(...ofLines)
  if (quantity !== undefined && line_ids?.[0] !== undefined)
    pots.push(demand(book, { kind: 'quantity', key: line_ids[0], amount: quantity }))
  for (const key of returned) pots.push({ kind: 'quantity', key, amount: leftOf(book, { kind: 'quantity', key }) ?? 0 })
  const byMerchant = new Map<string, number>()
  for (const { key, amount } of ofLines) {
    const merchant = lineOf(book, key)?.merchant_id
    if (merchant !== undefined) byMerchant.set(merchant, (byMerchant.get(merchant) ?? 0) + amount)
  }
  for (const [key, amount] of byMerchant) pots.push(demand(book, { kind: 'merchant', key, amount }))
  pots.push(...allocateToMeans(book, refund, method))
  return pots.filter(({ amount }) => amount > 0)
}

/**
 * Spreads a refund over lines in proportion to what is left of each. Without named lines what was paid for no line (shipping, lines that
 * nobody has named) takes its share as well, and counts against the order alone.
 */
const allocateToLines = (
  book: Book,
  amount: number,
  named: readonly string[] | undefined,
  quantity: number | undefined,
  rest: number,
): Pot[] => {
  const own = linesOf(book).map(({ line_id }) => line_id)
  const lines = named ?? own
  const left = lines.map((key) => (own.includes(key) ? (leftOf(book, { kind: 'line', key }) ?? 0) : 0))
  const sum = left.reduce((all, one) => all + one, 0)
  const ofAll = book.facts.lines.reduce((all, { line_id: key }) => all + (leftOf(book, { kind: 'line', key }) ?? 0), 0)
  const beside = named ? 0 : Math.max(0, rest - ofAll)
  if (amount > sum + beside)
    throw new Exceeded({
      kind: 'line',
      key: lines.length === 1 ? (lines[0] ?? '') : lines.join(','),
      asked: amount,
      left: sum + beside,
    })
  const [line] = lines
  const ordered = line === undefined ? undefined : boundOf(book, { kind: 'quantity', key: line })
  if (quantity !== undefined && line !== undefined && ordered !== undefined) {
    const given = inForceOf(book, { kind: 'quantity', key: line })
    const most = priceOfPieces(book.lines.get(line) ?? 0, ordered, given, Math.min(quantity, Math.max(0, ordered - given)))
    if (amount > most) throw new Exceeded({ kind: 'quantity', key: line, asked: amount, left: most })
  }
  const parts = allocate(amount, [...left, beside])
  return lines.map((key, index) => ({ kind: 'line' as const, key, amount: parts[index] ?? 0 }))
}

/**
 * The means of payment that a refund counts against. One that names a means goes back to it. Any other way of paying out takes from all
 * means that are money, in proportion to what is left of each; the usual way takes from all of them.
 */
const allocateToMeans = (book: Book, amount: number, method: string | undefined): Pot[] => {
  const { payments } = book.facts
  if (payments.length === 0) return []
  const means = meansFor(payments, method)
  const left = means.map((payment) => leftOf(book, { kind: 'means', key: meansKey(payment) }) ?? 0)
  const sum = left.reduce((all, one) => all + one, 0)
  if (amount > sum) throw new Exceeded({ kind: 'means', key: method ?? ORIGINAL, asked: amount, left: sum })
  const parts = allocate(amount, left)
  return means.map((payment, index) => ({ kind: 'means' as const, key: meansKey(payment), amount: parts[index] ?? 0 }))
}

/** How much more statutory damages a line can bear for a case: a multiple of what its pieces in dispute cost, and never more than of all. */
const damagesLeft = (book: Book, { line_id: key, quantity: disputed, elsewhere }: DisputedLine): number => {
  const { statutory_damages_multiple: multiple = 0 } = book.facts
  const { quantity = 1 } = lineOf(book, key) ?? {}
  const price = priceOfPieces(book.lines.get(key) ?? 0, quantity, 0, Math.min(disputed ?? quantity, quantity))
  const pot = { kind: 'statutory_damages', key } as const
  const ofCase = damagesFor(price, multiple) - (inForceOf(book, pot) - elsewhere)
  return Math.max(0, Math.min(ofCase, leftOf(book, pot) ?? 0))
}

/** The most statutory damages that these lines can bear now, none of them more than an amount can be. */
export const mostDamages = (book: Book, lines: readonly DisputedLine[]): number =>
  Math.min(
    Number.MAX_SAFE_INTEGER,
    lines.reduce((sum, line) => sum + damagesLeft(book, line), 0),
  )

/** Spreads statutory damages over lines in proportion to what each can still bear. @throws Exceeded */
const allocateDamages = (book: Book, { amount, lines }: NonNullable<Taking['damages']>): Pot[] => {
  const left = mostDamages(book, lines)
  if (amount > left) throw new Exceeded({ kind: 'statutory_damages', key: '', asked: amount, left })
  const parts = allocate(
    amount,
    lines.map((line) => damagesLeft(book, line)),
  )
  return lines
    .map(({ line_id: key }, index) => ({ kind: 'statutory_damages' as const, key, amount: parts[index] ?? 0 }))
    .filter((pot) => pot.amount > 0)
}

/** The usual way back: as it was paid. */
export const ORIGINAL = 'original_payment'

export const meansFor = (payments: readonly Payment[], method: string = ORIGINAL): Payment[] => {
  if (method === ORIGINAL) return [...payments]
  const named = payments.filter((payment) => payment.method === method)
  return named.length > 0 ? named : payments.filter((payment) => !valueInstruments.includes(payment.method))
}

/** The value of goods: of the named lines, of so many pieces of one, or of all that the order holds. */
export const goodsWorth = (book: Book, line_ids?: readonly string[], quantity?: number): number => {
  if (line_ids === undefined) return goodsValue(book.facts, { onlyAParty: book.order.source === 'party' })
  const [line] = line_ids
  const ordered = lineOf(book, line)?.quantity
  if (quantity !== undefined && line !== undefined && ordered !== undefined)
    return priceOfPieces(book.lines.get(line) ?? 0, ordered, 0, Math.min(quantity, ordered))
  return line_ids.reduce((sum, id) => sum + (book.lines.get(id) ?? 0), 0)
}
