/** The closed lists of orders: wire values, in the order they are documented. */
import type { EvidenceType } from './evidence.ts'

/** Who has stated the facts of an order, the better before the worse, with their names. */
export const orderSourceNames = {
  platform: { zh: '平台系统', en: 'The platform’s systems' },
  staff: { zh: '客服人员', en: 'Staff' },
  party: { zh: '当事人', en: 'A party' },
} as const
export type OrderSource = keyof typeof orderSourceNames
export const orderSources = Object.keys(orderSourceNames) as OrderSource[]

/** What an order holds only so much of, besides all of it together, with their names. */
export const limitKindNames = {
  line: { zh: '商品行', en: 'Line' },
  quantity: { zh: '件数', en: 'Pieces' },
  merchant: { zh: '商家', en: 'Merchant' },
  means: { zh: '支付方式', en: 'Means of payment' },
  shipping: { zh: '运费', en: 'Shipping' },
  statutory_damages: { zh: '法定赔偿', en: 'Statutory damages' },
  settlement: { zh: '待结算款', en: 'What is to be settled to a merchant' },
} as const
export type LimitKind = keyof typeof limitKindNames
export const limitKinds = Object.keys(limitKindNames) as LimitKind[]

/** What becomes of a plan of staff with money while nobody but a party has spoken about the order. */
export const unconfirmedOrders = ['approval', 'accept', 'refuse'] as const

/** Means of payment that are no money: what was paid with them goes back only to them. */
export const valueInstruments: readonly string[] = ['points', 'coupon']

/** Why money went back without this service, with their names. */
export const elsewhereKindNames = {
  refund: { zh: '直接退款', en: 'Refund by the shop' },
  chargeback: { zh: '银行拒付退单', en: 'Chargeback' },
  cancellation: { zh: '订单取消', en: 'Cancellation' },
  other: { zh: '其他', en: 'Other' },
} as const
export type ElsewhereKind = keyof typeof elsewhereKindNames
export const elsewhereKinds = Object.keys(elsewhereKindNames) as ElsewhereKind[]

/** What the platform's own systems record about an order: types of evidence. */
export const orderRecordTypes = [
  'order_record',
  'payment_record',
  'shipping_record',
  'delivery_proof',
  'packing_record',
  'return_tracking',
  'inspection_record',
  'courier_damage_record',
  'page_snapshot',
  'promotion_rules',
] as const satisfies readonly EvidenceType[]
export type OrderRecordType = (typeof orderRecordTypes)[number]

/** Who reads such a record. */
export const recordReaders = ['staff', 'parties'] as const
export type RecordReader = (typeof recordReaders)[number]
