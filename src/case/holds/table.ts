import type { Time } from '../../foundation/clock.ts'
import type { HoldState, ReleaseReason } from '../../words/holds.ts'

/** A part of what an order’s sale brings its merchant, which the payment system keeps while a case runs. Amounts in minor units of `currency`. */
export interface HoldRow {
  platform_id: string
  id: string
  complaint_id: string
  version: number
  /** Set by `setHoldStatus`, as the lifecycle draws. */
  readonly status: HoldState
  order_id: string
  merchant_id: string
  currency: string
  /** The limit of its order that it counts against: the merchant, or empty where no line names it. */
  limit_key: string
  /** What was asked for. */
  amount: number
  /** What is held now. */
  held_amount: number
  /** What of it went to the fund. */
  taken_amount: number
  /** What of it was let go to the merchant. */
  released_amount: number
  /** `role:id` of who asked for it. */
  asked_by: string
  explanation: string
  release_reason: ReleaseReason | null
  held_at: Time | null
  ended_at: Time | null
  created_at: Time
  updated_at: Time
}

/** The other cases of the same order. */
export interface OtherCases {
  open: number
  /** When the last of those that are closed was closed. */
  last_closed_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    settlement_holds: HoldRow
  }
}
