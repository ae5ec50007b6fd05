import type { Time } from '../../foundation/clock.ts'
import type { ElsewhereKind, LimitKind, OrderSource } from '../../words/orders.ts'

/** One line of an order. Amounts in minor units, for all pieces together unless the name says otherwise. */
export interface OrderLine {
  line_id: string
  sku?: string
  name: string
  spec?: string
  quantity: number
  unit_amount: number
  /** Its share of all discounts. */
  discount_amount?: number
  /** The tax that its price includes. */
  tax_amount?: number
  merchant_id?: string
  warranty_until?: Time | null
  shipped_at?: Time | null
  received_at?: Time | null
  shipped_quantity?: number
  received_quantity?: number
}

/** With what, and how much of it, an order was paid. */
export interface Payment {
  method: string
  amount: number
  reference?: string
}

/** What an order got for being large enough. Amounts in minor units. */
export interface Promotion {
  promotion_id: string
  /** The price, before discounts, of the goods that it asks for. */
  threshold_amount: number
  /** What of the discounts of the lines comes of it. */
  discount_amount: number
  /** The lines that count towards the threshold; absent: all but the gifts. */
  line_ids?: string[]
  gift_line_ids?: string[]
  /** By the policy at the moment of the statement. */
  reclaims_discount: boolean
  reclaims_gifts: boolean
}

/** What is known of an order besides its currency and what was paid. */
export interface OrderFacts {
  paid_at: Time | null
  shipped_at: Time | null
  received_at: Time | null
  shipping_amount: number | null
  payments: Payment[]
  lines: OrderLine[]
  /** Absent where nobody has stated any. */
  promotions?: Promotion[]
  /** How many times its price a line may bear in statutory damages, by the policy at the moment of the statement; absent: none. */
  statutory_damages_multiple?: number
}

/** An order as somebody stated it. */
export interface OrderStatement extends OrderFacts {
  currency: string
  paid_amount: number
}

/**
 * An order and its money, over all complaints and plans about it. Amounts in minor units. In force: asked or reserved by plans in
 * execution, paid, or given back elsewhere. An excess is what a correction or a refund elsewhere has put above a bound.
 */
export interface OrderRow {
  platform_id: string
  id: string
  currency: string
  paid_amount: number
  /** What compensations may come to. */
  compensation_limit: number
  refund_in_force: number
  refund_excess: number
  compensation_in_force: number
  compensation_excess: number
  /** The value of goods that are sent in exchange or again. It has no bound, but counts where approval is asked for. */
  goods_in_force: number
  source: OrderSource
  /** `role:id` of who stated the facts; null where a version of the service before this one filed the order. */
  stated_by: string | null
  /** Rises with each statement, not with money. */
  version: number
  /** Null where a version of the service before this one filed the order; its complaint says what it was told. */
  facts: OrderFacts | null
  /** Where staff have raised a bound: who, and what was known before (null: nothing). */
  raised: { by: string[]; before: OrderStatement | null } | null
  created_at: Time
  updated_at: Time | null
}

/** One limit of an order, once money has touched it. `quantity` counts pieces, the others minor units. */
export interface OrderLimitRow {
  platform_id: string
  order_id: string
  kind: LimitKind
  /** The line, the merchant or the payment; empty where the order has one of the kind. */
  key: string
  bound: number
  in_force: number
  excess: number
}

/** What was said about an order, and by whom. Rows are only added. */
export interface OrderStatementRow {
  platform_id: string
  order_id: string
  version: number
  source: OrderSource
  stated_by: string
  statement: OrderStatement
  explanation: string | null
  created_at: Time
}

/** A part of an amount, and what it counts against. `quantity` counts pieces. */
export interface Pot {
  kind: LimitKind
  key: string
  amount: number
}

/** Money that went back without this service. Rows are only added. */
export interface RefundElsewhereRow {
  platform_id: string
  order_id: string
  id: string
  amount: number
  means: string | null
  lines: { line_id: string; amount: number; quantity?: number }[]
  reference: string
  kind: ElsewhereKind
  source: OrderSource
  stated_by: string
  /** What it counted against. */
  pots: Pot[]
  /** The part of it that was above what the order held. */
  excess: number
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    orders: OrderRow
    order_limits: OrderLimitRow
    order_statements: OrderStatementRow
    order_refunds_elsewhere: RefundElsewhereRow
  }
}
