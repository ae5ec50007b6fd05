/**
 * What a case can be settled with: which remedies fit, how much of the order is left for each and how that comes about, by which means of
 * payment, up to where this caller needs no approval. Judged with the very functions that refuse a plan. Pure.
 */

import type { Policy } from '../../rules/policy/schema.ts'
import { valueInstruments } from '../../words/orders.ts'
import { offeredRemedyTypes, type RemedyType, remedyTypes } from '../../words/refund-plans.ts'
import { type CaseFile, type Subject, sideOf } from '../case-file/case-file.ts'
import { ruledCategory } from '../case-file/ruled.ts'
import {
  allInForce,
  type Book,
  compensationLeft,
  damagesInForce,
  inForceOf,
  leftOf,
  linesOf,
  mostRefund,
  refundLeft,
  statementOf,
} from '../orders/book.ts'
import { goodsValue, meansKey } from '../orders/facts.ts'
import { givenBackIn, meansFor, mostDamages, ORIGINAL } from '../orders/money.ts'
import { type GivenBack, promotionsAt } from '../orders/promotions.ts'
import { isUnconfirmed } from '../orders/statement.ts'
import { rungOf } from './approval.ts'
import { bookForPlans } from './provisional.ts'
import { moneyRemedies, sendsGoods, takesGoodsBack } from './steps.ts'
import { damagedLines, goodsOf, shortageOf } from './takings.ts'

/** Where the goods are, as far as the order and the complaint tell. */
export type DeliveryState = 'not_shipped' | 'on_the_way' | 'received' | 'unknown'

const deliveryOf = (file: CaseFile): DeliveryState => {
  const said = file.complaint.order_details
  if (said === null) return 'unknown'
  const known = file.order ? statementOf(file.order, file.complaint) : null
  if (known?.received_at ?? said.received_at) return 'received'
  if (known?.shipped_at ?? said.shipped_at) return 'on_the_way'
  return known?.paid_at || said.paid_at ? 'not_shipped' : 'unknown'
}

/** Why a remedy does not fit a case. It is advice: the sides may agree on it all the same. */
export const misfits = ['category', 'not_delivered', 'no_order', 'policy', 'nothing_left'] as const
export type Misfit = (typeof misfits)[number]

/** The most that a remedy can move now, for the very caller; null for one that moves no money. */
const mostOf = (file: CaseFile, book: Book | null, type: RemedyType): number | null => {
  if (!moneyRemedies.includes(type)) return null
  if (book === null) return type === 'compensation' ? Number.MAX_SAFE_INTEGER : 0
  if (type === 'statutory_damages') return mostDamages(book, damagedLines(file, book))
  if (type === 'compensation') return compensationLeft(book)
  return mostRefund(book)
}

/**
 * Up to how much money a plan of this caller needs no approval by the sum of its order; null where its side never needs any.
 * Other reasons for approval may hold besides.
 */
export const approvalFreeUpTo = ({ file, actor, policy }: Pick<Subject, 'file' | 'actor' | 'policy'>): number | null => {
  if (sideOf(file.complaint, actor) !== 'platform') return null
  const { order } = file
  if (isUnconfirmed(order, policy)) return 0
  const most = policy.approval_amounts[order?.currency ?? '']
  return most === undefined ? 0 : Math.max(0, most - allInForce(file))
}

const misfitsOf = (file: CaseFile, policy: Policy, delivery: DeliveryState, type: RemedyType, most: number | null): Misfit[] => {
  const found: Misfit[] = []
  const fitting = policy.fitting_remedies[ruledCategory(file.complaint)] ?? offeredRemedyTypes
  if (type !== 'statutory_damages' && !fitting.includes(type)) found.push('category')
  if (takesGoodsBack(type) && (delivery === 'not_shipped' || delivery === 'on_the_way')) found.push('not_delivered')
  if (file.order === null && type !== 'compensation' && moneyRemedies.includes(type)) found.push('no_order')
  else if (type === 'statutory_damages' && file.order?.facts?.statutory_damages_multiple === undefined) found.push('policy')
  else if (most === 0) found.push('nothing_left')
  return found
}

/** Up to how much of a type needs no supervisor, where so much in all needs none. */
const freeFor = (file: CaseFile, policy: Policy, type: RemedyType, free: number): number =>
  type === 'statutory_damages' ? 0 : Math.min(free, policy.remedy_approval_amounts[type]?.[file.order?.currency ?? ''] ?? free)

/** The limits of one type of remedy for this caller. */
export interface RemedyOption {
  type: RemedyType
  fits: boolean
  because: Misfit[]
  most_amount: number | null
  approval_free_up_to: number | null
  goods_value: number | null
}

export const remedyOptions = (subject: Pick<Subject, 'file' | 'actor' | 'policy'>): RemedyOption[] => {
  const { file, policy } = subject
  const book = bookForPlans(file)
  const delivery = deliveryOf(file)
  const free = approvalFreeUpTo(subject)
  // what a supervisor alone imposes is no option of a side
  return (free === null ? offeredRemedyTypes : remedyTypes).map((type) => {
    const most = mostOf(file, book, type)
    const because = misfitsOf(file, policy, delivery, type, most)
    const upTo = free === null ? null : Math.min(freeFor(file, policy, type, free), most ?? free)
    return {
      type,
      fits: because.length === 0,
      because,
      most_amount: most,
      approval_free_up_to: most === null && !sendsGoods(type) ? null : upTo,
      goods_value: sendsGoods(type) && book !== null ? goodsOf(file, book, {}) : null,
    }
  })
}

/** The steps in which compensations are offered, each with its amount and whether this caller grants it alone. */
const ladderOf = ({ file, actor, policy }: Pick<Subject, 'file' | 'actor' | 'policy'>, book: Book | null) => {
  if (book === null) return []
  const goods = BigInt(goodsOf(file, book, {}))
  const isStaff = sideOf(file.complaint, actor) === 'platform'
  return policy.compensation_steps.map((percent) => {
    const amount = Number((goods * BigInt(percent)) / 100n)
    const remedies = [{ type: 'compensation' as const, amount }]
    return {
      percent,
      amount,
      fits: amount > 0 && shortageOf(file, remedies) === undefined,
      needs_approval:
        isStaff && (percent > rungOf(policy, actor.role) || amount > (approvalFreeUpTo({ file, actor, policy }) ?? 0)),
    }
  })
}

/** What promotions hold back of the order where so many pieces are given back. */
const reclaimedOf = (book: Book, given: GivenBack): number =>
  promotionsAt(book.facts, given).reduce((sum, { reclaimed_amount }) => sum + reclaimed_amount, 0)

const promotionOptions = (book: Book) =>
  promotionsAt(book.facts, givenBackIn(book)).map(({ promotion, kept_amount, reclaimed_amount }) => ({
    promotion_id: promotion.promotion_id,
    threshold_amount: promotion.threshold_amount,
    discount_amount: promotion.discount_amount,
    gift_line_ids: promotion.gift_line_ids ?? [],
    kept_amount,
    reclaimed_amount,
  }))

/** How the lines of the case stand. */
const lineOptions = (file: CaseFile, book: Book) => {
  const said = new Map(file.complaint.order_details?.lines.map((line) => [line.line_id, line]))
  const given = givenBackIn(book)
  const reclaimed = reclaimedOf(book, given)
  return linesOf(book).map(({ line_id: key, name, quantity, merchant_id }) => {
    const left = leftOf(book, { kind: 'line', key }) ?? 0
    const paid = book.lines.get(key) ?? 0
    const disputed = said.get(key)
    return {
      line_id: key,
      name,
      merchant_id: merchant_id ?? null,
      in_dispute: disputed !== undefined,
      disputed_quantity: disputed ? (disputed.disputed_quantity ?? quantity) : null,
      quantity,
      quantity_left: leftOf(book, { kind: 'quantity', key }) ?? 0,
      paid_amount: paid,
      refund_in_force: inForceOf(book, { kind: 'line', key }),
      refund_left: left,
      reclaimed_by_return: reclaimedOf(book, (id) => (id === key ? quantity : given(id))) - reclaimed,
    }
  })
}

const merchantOptions = (book: Book) =>
  [...new Set(linesOf(book).flatMap(({ merchant_id }) => merchant_id ?? []))].map((merchant_id) => ({
    merchant_id,
    refund_left: leftOf(book, { kind: 'merchant', key: merchant_id }) ?? 0,
  }))

/** What tells payments apart is between the buyer and the platform. */
const meansOptions = (book: Book, { isStaff }: { isStaff: boolean }) =>
  meansFor(book.facts.payments, ORIGINAL).map((payment) => ({
    method: payment.method,
    reference: isStaff ? (payment.reference ?? null) : null,
    paid_amount: payment.amount,
    refund_left: leftOf(book, { kind: 'means', key: meansKey(payment) }) ?? 0,
    is_money: !valueInstruments.includes(payment.method),
  }))

/** Everything that a caller may know before it settles a case. */
export const settlementOptions = (subject: Pick<Subject, 'file' | 'actor' | 'policy'>) => {
  const { file, actor } = subject
  const { order } = file
  const book = bookForPlans(file)
  const isStaff = sideOf(file.complaint, actor) === 'platform'
  return {
    currency: order?.currency ?? null,
    delivery: deliveryOf(file),
    order: order &&
      book && {
        id: order.id,
        source: order.source,
        paid_amount: order.paid_amount,
        goods_value: goodsValue(book.facts, { onlyAParty: order.source === 'party' }),
        refund_in_force: order.refund_in_force,
        refund_left: refundLeft(book),
        compensation_limit: order.compensation_limit,
        compensation_in_force: order.compensation_in_force,
        compensation_left: compensationLeft(book),
        shipping_left: leftOf(book, { kind: 'shipping', key: '' }) ?? null,
        statutory_damages_multiple: book.facts.statutory_damages_multiple ?? 0,
        statutory_damages_in_force: damagesInForce(file.limits),
      },
    lines: book ? lineOptions(file, book) : [],
    merchants: book ? merchantOptions(book) : [],
    promotions: book ? promotionOptions(book) : [],
    means: book ? meansOptions(book, { isStaff }) : [],
    remedies: remedyOptions(subject),
    compensation_steps: ladderOf(subject, book),
    approval: {
      needed: isStaff,
      approver: isStaff ? ('supervisor' as const) : null,
      free_up_to: approvalFreeUpTo(subject),
      not_by: isStaff ? (order?.raised?.by ?? []) : [],
    },
    policy_version: file.complaint.policy_version,
  } as const
}
