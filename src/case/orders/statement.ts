/** Statements about an order: what they must hold, and what the order is known as after one. Pure. */

import { normaliseTime, type Time } from '../../foundation/clock.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import type { OrderSource } from '../../words/orders.ts'
import { invalidField } from '../../words/problems.ts'
import { boundOf, limitsMadeBy } from './book.ts'
import { compensationLimit, meansKey, paidForLines } from './facts.ts'
import type { OrderLine, OrderRow, OrderStatement, Payment } from './table.ts'

/** What is said, before it is checked. */
interface Said {
  paid_amount: number
  shipping_amount?: number | null | undefined
  payments?: readonly Payment[] | undefined
  lines: readonly Pick<OrderLine, 'line_id' | 'quantity' | 'unit_amount' | 'discount_amount'>[]
}

/**
 * What a schema cannot say: ids that are there twice, payments that do not add up, more discount than price.
 * @param at where the statement stands in the body, as `/order`; empty for the body itself
 * @throws Problem `validation_failed`
 */
export const checkStatement = ({ paid_amount, shipping_amount, payments = [], lines }: Said, at = ''): void => {
  const twice = firstTwice(lines.map(({ line_id }) => line_id))
  if (twice !== -1) throw invalidField(`${at}/lines/${twice}/line_id`, 'duplicates', 'is already the id of another line')
  const paidTwice = firstTwice(payments.map(meansKey))
  if (paidTwice !== -1)
    throw invalidField(
      `${at}/payments/${paidTwice}`,
      'duplicates',
      'is there already: tell payments by one method apart by a reference',
    )
  const paid = payments.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  if (payments.length > 0 && paid !== BigInt(paid_amount))
    throw invalidField(`${at}/payments`, 'sum', `add up to ${paid}; the paid amount is ${paid_amount}`)
  if ((shipping_amount ?? 0) > paid_amount)
    throw invalidField(`${at}/shipping_amount`, 'maximum', `is part of the paid amount, which is ${paid_amount}`)
  for (const [index, { quantity, unit_amount, discount_amount = 0 }] of lines.entries())
    if (BigInt(discount_amount) > BigInt(quantity) * BigInt(unit_amount))
      throw invalidField(`${at}/lines/${index}/discount_amount`, 'maximum', 'is more than the price of the line')
}

const firstTwice = (keys: readonly string[]): number => {
  const seen = new Set<string>()
  return keys.findIndex((key) => seen.size === seen.add(key).size)
}

const stored = (value: string | null | undefined): Time | null => (value ? normaliseTime(value) : null)

type Times = 'paid_at' | 'shipped_at' | 'received_at'

export const timesOf = (said: { readonly [Name in Times]?: string | null | undefined }): Record<Times, Time | null> => ({
  paid_at: stored(said.paid_at),
  shipped_at: stored(said.shipped_at),
  received_at: stored(said.received_at),
})

const lineTimes = ['warranty_until', 'shipped_at', 'received_at'] as const

/** The times of a line that were named, in the one form in which times are stored. */
export const timesOfLine = (line: { readonly [Name in (typeof lineTimes)[number]]?: string | null | undefined }) =>
  Object.fromEntries(lineTimes.flatMap((name) => (line[name] === undefined ? [] : [[name, stored(line[name])]])))

/** An order of which nothing is known yet. */
export const newOrder = (
  platformId: string,
  id: string,
  { source, stated_by }: { source: OrderSource; stated_by: string },
  now: Time,
): OrderRow => ({
  platform_id: platformId,
  id,
  currency: '',
  paid_amount: 0,
  compensation_limit: 0,
  refund_in_force: 0,
  refund_excess: 0,
  compensation_in_force: 0,
  compensation_excess: 0,
  goods_in_force: 0,
  source,
  stated_by,
  version: 1,
  facts: null,
  raised: null,
  created_at: now,
  updated_at: null,
})

/** What the policy grants of statutory damages for an order that is stated now. */
export const damagesUnder = ({
  statutory_damages_multiple: multiple,
}: Pick<Policy, 'statutory_damages_multiple'>): Pick<OrderStatement, 'statutory_damages_multiple'> =>
  multiple === 0 ? {} : { statutory_damages_multiple: multiple }

/** The order with these facts. What is in force above its bounds then is in excess: it is never refused, and nothing new fits. */
export const knownAs = (order: OrderRow, { currency, paid_amount, ...facts }: OrderStatement, policy: Policy): OrderRow => {
  const limit = compensationLimit({ currency, paid_amount, ...facts }, policy.compensation_beyond_paid_percent, {
    onlyAParty: order.source === 'party',
  })
  return {
    ...order,
    currency,
    paid_amount,
    facts,
    compensation_limit: limit,
    refund_excess: Math.max(0, order.refund_in_force - paid_amount),
    compensation_excess: Math.max(0, order.compensation_in_force - limit),
  }
}

/** Whether nobody but a party has spoken about an order, and the policy does not take its word. */
export const isUnconfirmed = (order: OrderRow | null, { unconfirmed_order }: Pick<Policy, 'unconfirmed_order'>): boolean =>
  order?.source === 'party' && unconfirmed_order !== 'accept'

/** Whether a promotion that could be reclaimed is not stated any more, or otherwise. */
const givesUpPromotions = ({ promotions = [] }: OrderStatement, after: OrderStatement): boolean =>
  promotions.some((one) => !after.promotions?.some((other) => areAlike(one, other)))

/** Whether a statement lets more be given back than the one before, of the order or of anything that it bounds. */
export const raises = (before: OrderStatement | null, after: OrderStatement): boolean => {
  if (before === null || after.paid_amount > before.paid_amount) return true
  return givesUpPromotions(before, after) || raisesLimit(before, after) || losesLimit(before, after)
}

/** What the limits of a statement are told from. */
const heldBy = (facts: OrderStatement) => ({ facts, lines: paidForLines(facts) })

const raisesLimit = (before: OrderStatement, after: OrderStatement): boolean => {
  const [earlier, now] = [heldBy(before), heldBy(after)]
  return limitsMadeBy(after).some((limit) => {
    // a new line or payment holds more than none; a first word about merchants, means or shipping only bounds
    const isNew = limit.kind === 'line' || limit.kind === 'quantity' || (limit.kind === 'means' && before.payments.length > 0)
    return (boundOf(now, limit) ?? 0) > (boundOf(earlier, limit) ?? (isNew ? 0 : Number.MAX_SAFE_INTEGER))
  })
}

/** Whether something is bounded no more, or by another: payments, shipping, who sold a line. */
const losesLimit = (before: OrderStatement, after: OrderStatement): boolean => {
  const sold = new Map(after.lines.map(({ line_id, merchant_id }) => [line_id, merchant_id]))
  return (
    (before.payments.length > 0 && after.payments.length === 0) ||
    (before.shipping_amount !== null && after.shipping_amount === null) ||
    before.lines.some(
      ({ line_id, merchant_id }) => merchant_id !== undefined && sold.has(line_id) && sold.get(line_id) !== merchant_id,
    )
  )
}

/** Whether a statement changes nothing: the same facts by as good a source. */
export const isSameStatement = (
  { order: known, facts }: { order: OrderRow; facts: OrderStatement },
  { order, kept }: { order: OrderRow; kept: { statement: OrderStatement } },
): boolean => known.facts !== null && known.source === order.source && areAlike(facts, kept.statement)
