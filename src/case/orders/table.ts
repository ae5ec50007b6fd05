import type { Time } from '../../foundation/clock.ts'

/** An order's money, over all complaints and plans about it. Amounts in minor units. */
export interface OrderRow {
  platform_id: string
  id: string
  currency: string
  paid_amount: number
  compensation_limit: number
  refund_in_force: number
  compensation_in_force: number
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    orders: OrderRow
  }
}
