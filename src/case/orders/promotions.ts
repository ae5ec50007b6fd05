/**
 * Promotions with a threshold: a discount, or gifts, for whoever buys enough. Where the policy reclaims them, pieces that are given back can take
 * what is kept below the threshold; then the kept goods were bought without the promotion, and what it gave for them is held back. Pure.
 */

import { allocate } from '../../foundation/allocate.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { invalidField } from '../../words/problems.ts'
import { priceOfPieces } from './facts.ts'
import type { OrderLine, OrderStatement, Promotion } from './table.ts'

/** A promotion as it is stated. */
export type SaidPromotion = Omit<Promotion, 'reclaims_discount' | 'reclaims_gifts'>

/** Promotions with what the policy does about them at the moment of the statement. */
export const underPolicy = (promotions: readonly SaidPromotion[], { promotions: by }: Pick<Policy, 'promotions'>): Promotion[] =>
  promotions.map((one) => ({ ...one, reclaims_discount: by.reclaim_discount, reclaims_gifts: by.reclaim_gifts }))

const listPrice = ({ quantity, unit_amount }: OrderLine): bigint => BigInt(quantity) * BigInt(unit_amount)

/** @throws Problem `validation_failed` */
export const checkPromotions = (promotions: readonly SaidPromotion[], lines: readonly OrderLine[]): void => {
  const all = lines.reduce((sum, line) => sum + listPrice(line), 0n)
  if (promotions.length > 0 && all > BigInt(Number.MAX_SAFE_INTEGER))
    throw invalidField('/lines', 'maximum', 'cost more than 2^53-1 before discounts; no promotion can be worked out of that')
  const known = new Map(lines.map((line) => [line.line_id, line]))
  for (const [index, { promotion_id, discount_amount, line_ids = [], gift_line_ids = [] }] of promotions.entries()) {
    const at = `/promotions/${index}`
    if (promotions.findIndex((other) => other.promotion_id === promotion_id) !== index)
      throw invalidField(`${at}/promotion_id`, 'duplicates', 'is already the id of another promotion')
    for (const [field, ids] of Object.entries({ line_ids, gift_line_ids }))
      for (const [place, id] of ids.entries()) {
        if (!known.has(id)) throw invalidField(`${at}/${field}/${place}`, 'unknown', `the order has no line ${id}`)
        if (field === 'gift_line_ids' && line_ids.includes(id))
          throw invalidField(
            `${at}/${field}/${place}`,
            'duplicates',
            'is a line that the promotion asks for; it cannot be its gift',
          )
      }
    const worth = counted({ line_ids: line_ids.length > 0 ? line_ids : undefined, gift_line_ids }, lines).reduce(
      (sum, line) => sum + listPrice(line),
      0n,
    )
    if (BigInt(discount_amount) > worth)
      throw invalidField(`${at}/discount_amount`, 'maximum', `is more than its lines cost before discounts, which is ${worth}`)
  }
}

/** The lines that count towards a threshold: those it names, else all but its gifts. */
const counted = (
  { line_ids, gift_line_ids = [] }: Pick<Promotion, 'gift_line_ids'> & { line_ids?: readonly string[] | undefined },
  lines: readonly OrderLine[],
): OrderLine[] => lines.filter(({ line_id }) => (line_ids ? line_ids.includes(line_id) : !gift_line_ids.includes(line_id)))

/** How many pieces of a line are given back. */
export type GivenBack = (line_id: string) => number

/** The price before discounts of the pieces of these lines that are kept. */
const keptPrice = (lines: readonly OrderLine[], given: GivenBack): number =>
  lines.reduce((sum, { line_id, quantity, unit_amount }) => sum + (quantity - given(line_id)) * unit_amount, 0)

/** What becomes of a promotion where so many pieces are given back. */
export interface PromotionNow {
  promotion: Promotion
  /** What is kept of the goods that it asks for, at their price before discounts. */
  kept_amount: number
  /** What of it is held back: its discount on the goods that are kept, and the value of the gifts that are. */
  reclaimed_amount: number
}

export const promotionsAt = ({ promotions = [], lines }: OrderStatement, given: GivenBack): PromotionNow[] =>
  promotions.map((promotion) => {
    const { threshold_amount, discount_amount, reclaims_discount, reclaims_gifts, gift_line_ids = [] } = promotion
    const own = counted(promotion, lines)
    const kept_amount = keptPrice(own, given)
    if (kept_amount >= threshold_amount) return { promotion, kept_amount, reclaimed_amount: 0 }
    const shares = allocate(
      discount_amount,
      own.map(({ quantity, unit_amount }) => quantity * unit_amount),
    )
    const ofKept = own.reduce((sum, { line_id, quantity }, index) => {
      const share = shares[index] ?? 0
      return sum + share - priceOfPieces(share, quantity, 0, given(line_id))
    }, 0)
    const gifts = lines.filter(({ line_id }) => gift_line_ids.includes(line_id))
    const reclaimed_amount = (reclaims_discount ? ofKept : 0) + (reclaims_gifts ? keptPrice(gifts, given) : 0)
    return { promotion, kept_amount, reclaimed_amount }
  })

/** Whether pieces that come back can cost the buyer a promotion of this order. */
export const reclaimsPromotions = ({ promotions = [] }: Pick<OrderStatement, 'promotions'>): boolean =>
  promotions.some(({ reclaims_discount, reclaims_gifts }) => reclaims_discount || reclaims_gifts)
