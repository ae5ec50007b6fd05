/** The rules of stating an order and of money that went back elsewhere. Pure. */

import { allocate } from '../../foundation/allocate.ts'
import type { Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { type Actor, actorName, isStaff } from '../../platform/access/caller.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { type OrderSource, orderSources } from '../../words/orders.ts'
import { invalidField, problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { finish } from '../decisions/finish.ts'
import { type Book, bookOf, boundOf, damagesInForce, leftOf, lineOf, refundLeft } from './book.ts'
import { differences, meansKey } from './facts.ts'
import { type SaidPromotion, underPolicy } from './promotions.ts'
import type { OrderStatementBody, RefundElsewhereBody } from './schema.ts'
import { damagesUnder, knownAs, newOrder, raises, timesOf, timesOfLine } from './statement.ts'
import type { OrderLimitRow, OrderRow, OrderStatement, OrderStatementRow, Pot, RefundElsewhereRow } from './table.ts'

/** Whose word a caller's is: it follows from the role of the key, never from what is said. */
export const sourceOf = ({ role }: Actor): OrderSource => (isStaff(role) ? 'staff' : 'platform')

const statementIn = (body: OrderStatementBody, policy: Policy): OrderStatement => ({
  currency: body.currency,
  paid_amount: body.paid_amount,
  ...timesOf(body),
  shipping_amount: body.shipping_amount ?? null,
  payments: body.payments ?? [],
  lines: body.lines.map((line) => ({ ...line, ...timesOfLine(line) })) as OrderStatement['lines'],
  ...(body.promotions && { promotions: underPolicy(body.promotions as SaidPromotion[], policy) }),
  ...damagesUnder(policy),
})

/** As whom, when and by which policy something is said. */
interface By {
  actor: Actor
  now: Time
  policy: Policy
}

/** An order with what was known of it before, and what its limits are. */
export interface Known {
  order: OrderRow
  facts: OrderStatement
  limits: OrderLimitRow[]
}

/** An order as it is from now on, and the statement that is kept. */
export interface Stated {
  order: OrderRow
  limits: OrderLimitRow[]
  kept: OrderStatementRow
}

/** @throws Problem `order_source_outranked`: a worse source does not correct a better one */
const checkRank = (known: OrderRow, source: OrderSource): void => {
  if (orderSources.indexOf(source) > orderSources.indexOf(known.source))
    throw problem('order_source_outranked', 'The systems of the platform have stated this order; they correct it, too.')
}

/**
 * What an order is known as after a statement. It is always taken: what is in force above a new bound is in excess.
 * @param body has been checked by `checkStatement`
 * @throws Problem `order_source_outranked`, `order_currency_fixed`
 */
export const stateOrder = (
  platformId: string,
  id: string,
  body: OrderStatementBody,
  known: Known | undefined,
  { actor, now, policy }: By,
): Stated => {
  const source = sourceOf(actor)
  const statement = statementIn(body, policy)
  if (known) checkRank(known.order, source)
  const inForce = known ? known.order.refund_in_force + known.order.compensation_in_force + damagesInForce(known.limits) : 0
  if (known && known.order.currency !== statement.currency && inForce > 0)
    throw problem('order_currency_fixed', `/currency: money of this order is in force in ${known.order.currency}.`)
  const stated_by = actorName(actor)
  const before = known
    ? { ...known.order, source, stated_by, version: known.order.version + 1, updated_at: now }
    : newOrder(platformId, id, { source, stated_by }, now)
  const order = knownAs({ ...before, raised: raisedBy(known, statement, actor) }, statement, policy)
  const book = bookOf(order, statement, known?.limits ?? [])
  const limits = (known?.limits ?? []).map((row) => withBound(row, boundOf(book, row) ?? 0))
  return {
    order,
    limits,
    kept: {
      platform_id: platformId,
      order_id: id,
      version: order.version,
      source,
      stated_by,
      statement,
      explanation: body.explanation ?? null,
      created_at: now,
    },
  }
}

/** Who of the staff raised a bound, and from what; null where the platform's systems have spoken. */
const raisedBy = (known: Known | undefined, statement: OrderStatement, actor: Actor): OrderRow['raised'] => {
  if (!isStaff(actor.role)) return null
  const earlier = known?.order.raised
  if (!raises(known?.facts ?? null, statement)) return earlier ?? null
  const by = earlier?.by ?? []
  const name = actorName(actor)
  return { by: by.includes(name) ? by : [...by, name], before: earlier ? earlier.before : (known?.facts ?? null) }
}

const withBound = (row: OrderLimitRow, bound: number): OrderLimitRow => ({
  ...row,
  bound,
  excess: Math.max(0, row.in_force - bound),
})

/** A refund elsewhere as it is kept, and the order with it. */
export interface Refunded {
  order: OrderRow
  limits: OrderLimitRow[]
  kept: RefundElsewhereRow
}

/**
 * Counts money that went back without this service. It is always recorded: what the order no longer held is in excess.
 * @throws Problem `validation_failed`, `currency_mismatch`, `unknown_order_line`
 */
export const refundElsewhere = (known: Known, body: RefundElsewhereBody, { actor, now }: Omit<By, 'policy'>): Refunded => {
  const { order, facts } = known
  checkRefund(known, body)
  const book = bookOf(order, facts, known.limits)
  const pots = potsOf(book, body)
  const refund_in_force = order.refund_in_force + body.amount
  const after = { ...order, refund_in_force, refund_excess: Math.max(0, refund_in_force - order.paid_amount) }
  const limits = pots.map((pot) => {
    const row = known.limits.find(({ kind, key }) => kind === pot.kind && key === pot.key)
    const bound = boundOf(book, pot) ?? row?.bound ?? 0
    const { platform_id, id: order_id } = order
    const { kind, key, amount } = pot
    return withBound({ platform_id, order_id, kind, key, bound, in_force: (row?.in_force ?? 0) + amount, excess: 0 }, bound)
  })
  return {
    order: after,
    limits,
    kept: {
      platform_id: order.platform_id,
      order_id: order.id,
      id: newId(),
      amount: body.amount,
      means: body.means ?? null,
      lines: (body.lines ?? []) as RefundElsewhereRow['lines'],
      reference: body.reference,
      kind: body.kind ?? 'refund',
      source: sourceOf(actor),
      stated_by: actorName(actor),
      pots,
      excess: after.refund_excess - order.refund_excess,
      created_at: now,
    },
  }
}

const checkRefund = ({ order, facts }: Known, { amount, currency, lines = [] }: RefundElsewhereBody): void => {
  if (currency !== undefined && currency !== order.currency)
    throw problem('currency_mismatch', `/currency: the order is in ${order.currency}.`)
  if (!Number.isSafeInteger(order.refund_in_force + amount))
    throw invalidField('/amount', 'maximum', 'adds up beyond 2^53-1 with what is in force')
  const sum = lines.reduce((all, line) => all + BigInt(line.amount), 0n)
  if (sum > BigInt(amount)) throw invalidField('/lines', 'sum', `add up to ${sum}, which is more than the amount`)
  for (const [index, { line_id }] of lines.entries()) {
    if (lines.findIndex((line) => line.line_id === line_id) !== index)
      throw invalidField(`/lines/${index}/line_id`, 'duplicates', 'is there already')
    if (!facts.lines.some((line) => line.line_id === line_id))
      throw problem('unknown_order_line', `/lines/${index}/line_id: the order has no line ${line_id}.`)
  }
}

/** Spreads an amount by what is left of each; what none of them holds goes to all of them alike, as an excess. */
const spread = (amount: number, left: readonly number[], bounds: readonly number[]): number[] => {
  const room = left.reduce((sum, one) => sum + one, 0)
  const within = allocate(Math.min(amount, room), left)
  const beyond = amount > room ? allocate(amount - room, bounds) : []
  return within.map((part, index) => part + (beyond[index] ?? 0))
}

const potsOf = (book: Book, { amount, lines = [], means }: RefundElsewhereBody): Pot[] => {
  const pots: Pot[] = []
  const add = (kind: Pot['kind'], key: string, more: number): void => {
    const pot = pots.find((one) => one.kind === kind && one.key === key)
    if (pot) pot.amount += more
    else pots.push({ kind, key, amount: more })
  }
  for (const { line_id, amount: part, quantity } of lines) {
    add('line', line_id, part)
    if (quantity !== undefined) add('quantity', line_id, quantity)
  }
  // the rest is of no line in particular: what was paid for none takes its share and counts against the order alone
  const rest = amount - lines.reduce((sum, line) => sum + line.amount, 0)
  const all = book.facts.lines.map(({ line_id }) => line_id)
  const left = all.map((key) => leftOf(book, { kind: 'line', key }) ?? 0)
  const beside = Math.max(0, refundLeft(book) - left.reduce((sum, one) => sum + one, 0))
  const parts = allocate(Math.min(rest, refundLeft(book)), [...left, beside])
  for (const [index, key] of all.entries()) if (parts[index]) add('line', key, parts[index])
  for (const { key, amount: part } of pots.filter(({ kind }) => kind === 'line')) {
    const merchant = lineOf(book, key)?.merchant_id
    if (merchant !== undefined) add('merchant', merchant, part)
  }
  const { payments } = book.facts
  const named = means === undefined ? payments : payments.filter(({ method }) => method === means)
  const keys = (named.length > 0 ? named : payments).map(meansKey)
  const leftOfMeans = keys.map((key) => leftOf(book, { kind: 'means', key }) ?? 0)
  const ofMeans = spread(
    amount,
    leftOfMeans,
    keys.map((key) => boundOf(book, { kind: 'means', key }) ?? 0),
  )
  for (const [index, key] of keys.entries()) if (ofMeans[index]) add('means', key, ofMeans[index])
  return pots
}

/** Tells an open case of its order that the facts were stated anew, and marks anew where the complaint differs. */
export const tellCorrection = (d: Decision, order: OrderRow, facts: OrderStatement): Decision => {
  const { complaint } = d.file
  if (complaint.order_details) complaint.order_statement_differs = differences(complaint.order_details, facts)
  d.tell({
    type: 'order_corrected',
    data: {
      source: order.source,
      paid_amount: order.paid_amount,
      currency: order.currency,
      refund_left: refundLeft({ order }),
      order_version: order.version,
    },
  })
  return finish(d)
}

/** Tells an open case that money of its order went back elsewhere. */
export const tellRefundElsewhere = (d: Decision, order: OrderRow, { amount, kind }: RefundElsewhereRow): Decision => {
  d.tell({
    type: 'order_refund_elsewhere_recorded',
    data: {
      amount,
      currency: order.currency,
      kind,
      refund_left: refundLeft({ order }),
      excess: order.refund_excess,
    },
  })
  return finish(d)
}
