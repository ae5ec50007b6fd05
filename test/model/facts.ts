/**
 * What an order holds, worked out anew from what was stated of it: shares no code with what it checks. Amounts are BigInt, in minor units.
 */
import type { Json } from '../support/app.ts'

/** A limit of an order, as `line 1`; the order as a whole and its compensations are limits like any other. */
export type Limit = string
export const ORDER: Limit = 'order '
export const COMPENSATION: Limit = 'compensation '
export const limit = (kind: string, key: string): Limit => `${kind} ${key}`

/** What compensations may come to, of what was paid for the goods. */
const COMPENSATION_PERCENT = 30n

/** What was stated of an order, as the body of the request that the service took. */
export interface Statement {
  currency: string
  paid_amount: number
  shipping_amount?: number | null
  payments?: { method: string; amount: number; reference?: string }[]
  lines: { line_id: string; quantity: number; unit_amount: number; discount_amount?: number; merchant_id?: string }[]
  /** Only a party has said so. */
  byAParty: boolean
}

export const meansOf = ({ method, reference }: { method: string; reference?: string }): string =>
  reference === undefined ? method : `${method} ${reference}`

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, one) => all + one, 0n)

/** Shares of a whole by largest remainder, the first of equals before the others. */
const shares = (whole: bigint, weights: readonly bigint[]): bigint[] => {
  const all = sum(weights)
  const parts = weights.map((weight) => (whole * weight) / all)
  const remainders = weights.map((weight) => (whole * weight) % all)
  for (let units = whole - sum(parts); units > 0n; units--) {
    const most = remainders.reduce((best, one, index) => (one > (remainders[best] as bigint) ? index : best), 0)
    parts[most] = (parts[most] as bigint) + 1n
    remainders[most] = -1n
  }
  return parts
}

/** What each line was paid with: its price, or its share where the lines come to more than was paid for goods. */
const paidForLines = ({ paid_amount, shipping_amount, lines }: Statement): Map<string, bigint> => {
  const paid = BigInt(Math.max(0, paid_amount - (shipping_amount ?? 0)))
  const prices = lines.map((line) => BigInt(line.quantity) * BigInt(line.unit_amount) - BigInt(line.discount_amount ?? 0))
  const values = sum(prices) > paid ? shares(paid, prices) : prices
  return new Map(lines.map(({ line_id }, index) => [line_id, values[index] as bigint]))
}

/** Every limit that a statement makes, with what it holds. */
export const boundsOf = (said: Statement): Map<Limit, bigint> => {
  const ofLines = paidForLines(said)
  const goods = said.byAParty ? BigInt(Math.max(0, said.paid_amount - (said.shipping_amount ?? 0))) : sum([...ofLines.values()])
  const bounds = new Map<Limit, bigint>([
    [ORDER, BigInt(said.paid_amount)],
    [COMPENSATION, (goods * COMPENSATION_PERCENT) / 100n],
  ])
  for (const { line_id, quantity, merchant_id } of said.lines) {
    const paid = ofLines.get(line_id) as bigint
    bounds.set(limit('line', line_id), paid)
    bounds.set(limit('quantity', line_id), BigInt(quantity))
    if (merchant_id === undefined) continue
    const own = limit('merchant', merchant_id)
    bounds.set(own, (bounds.get(own) ?? 0n) + paid)
  }
  for (const payment of said.payments ?? []) bounds.set(limit('means', meansOf(payment)), BigInt(payment.amount))
  if (said.shipping_amount != null) bounds.set(limit('shipping', ''), BigInt(said.shipping_amount))
  return bounds
}

/** Amounts by limit. */
export type Sums = Map<Limit, bigint>
export const add = (sums: Sums, of: Limit, amount: bigint): void => {
  sums.set(of, (sums.get(of) ?? 0n) + amount)
}

const ofKind = (sums: Sums, kind: string): [key: string, amount: bigint][] =>
  [...sums].flatMap(([of, amount]) => (of.startsWith(`${kind} `) ? [[of.slice(kind.length + 1), amount]] : []))

const total = (sums: Sums, kind: string): bigint => sum(ofKind(sums, kind).map(([, amount]) => amount))

/** What went back, or is to, and for what. */
export interface Refund {
  amount: number
  /** The part of it that is for shipping. */
  freight: number
  /** The lines that it names with all its amount; null where it names none. */
  named: readonly string[] | null
  /** The lines that it may be for. */
  open: readonly string[]
  /** Pieces by line. */
  pieces: ReadonlyMap<string, number>
  /** The payments that it may go back to. */
  means: readonly string[]
}

/** What is wrong with how a refund was counted against the limits of its order. */
export const faultsOfCounting = (said: Statement, refund: Refund, counted: Sums): string[] => {
  const faults: string[] = []
  const expect = (holds: boolean, what: string) => {
    if (!holds) faults.push(`${what}: ${JSON.stringify(refund)} counted as ${[...counted].join('; ')}`)
  }
  const amount = BigInt(refund.amount)
  const ofGoods = amount - BigInt(refund.freight)
  const ofLines = total(counted, 'line')
  expect(refund.named === null ? ofLines <= ofGoods : ofLines === ofGoods, 'lines add up to the refund')
  const open = new Set(refund.named ?? refund.open)
  expect(
    ofKind(counted, 'line').every(([key]) => open.has(key)),
    'only its lines',
  )
  const merchantOf = new Map(said.lines.map(({ line_id, merchant_id }) => [line_id, merchant_id]))
  const merchants: Sums = new Map()
  for (const [key, part] of ofKind(counted, 'line')) {
    const merchant = merchantOf.get(key)
    if (merchant !== undefined) add(merchants, merchant, part)
  }
  const listed = (of: Iterable<readonly [string, bigint]>) =>
    [...of]
      .filter(([, part]) => part > 0n)
      .map(([key, part]) => `${key}=${part}`)
      .sort()
      .join()
  expect(listed(merchants) === listed(ofKind(counted, 'merchant')), 'merchants as their lines')
  const pieces = [...refund.pieces].map(([key, count]) => [key, BigInt(count)] as const)
  expect(listed(pieces) === listed(ofKind(counted, 'quantity')), 'pieces as said')
  if ((said.payments ?? []).length > 0) {
    expect(total(counted, 'means') === amount, 'means add up to the refund')
    expect(
      ofKind(counted, 'means').every(([key]) => refund.means.includes(key)),
      'only its means',
    )
  }
  const freight = said.shipping_amount == null ? 0n : BigInt(refund.freight)
  expect(total(counted, 'shipping') === freight, 'shipping as said')
  return faults
}

/** The payments that a refund by a method goes back to. */
export const meansFor = (said: Statement, method: string | undefined): string[] => {
  const payments = said.payments ?? []
  if (method === undefined || method === 'original_payment') return payments.map(meansOf)
  const named = payments.filter((payment) => payment.method === method)
  const money = payments.filter((payment) => payment.method !== 'points' && payment.method !== 'coupon')
  return (named.length > 0 ? named : money).map(meansOf)
}

export const statementOf = (body: Json, byAParty: boolean): Statement => ({ ...body, byAParty })
