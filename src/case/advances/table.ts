import type { Time } from '../../foundation/clock.ts'
import type { AdvanceCheck, AdvanceMode, AdvanceRefusal, AdvanceState } from '../../words/advances.ts'
import type { LiableParty } from '../../words/complaints.ts'

/** The guarantee fund pays a refund of a plan first, and has it back from the merchant. Amounts in minor units of `currency`. */
export interface AdvanceRow {
  platform_id: string
  id: string
  complaint_id: string
  version: number
  /** Set by `setAdvanceStatus`, as the lifecycle draws. */
  readonly status: AdvanceState
  plan_id: string
  /** The refund that it pays. */
  step_id: string
  mode: AdvanceMode
  currency: string
  /** What was put aside for the buyer. */
  amount: number
  buyer_id: string
  merchant_id: string
  /** `role:id` of who asked for it. */
  asked_by: string
  explanation: string
  /** `role:id` of the supervisor who approved it; null where nobody had to. */
  approved_by: string | null
  /** The checks that a supervisor set aside. */
  overrides: AdvanceCheck[]
  refused_because: AdvanceRefusal | null
  /** Why it came to nothing, as a code. */
  end_reason_code: string | null
  /** Of what the buyer was paid, what the merchant bears; the rest is the platform's. Fixed with the liability at the asking. */
  merchant_part: number
  /** What is put aside now. */
  frozen_amount: number
  /** What the buyer was paid and has not come back unpaid. */
  paid_amount: number
  /** What came back unpaid and waits to be paid once more: it is put aside again. */
  bounced_amount: number
  /** What of the merchant's part has come back, from the merchant or its deposit. */
  recovered_amount: number
  /** What the merchant was left owing. */
  owed_amount: number
  /** After its decision was overturned: what the buyer was paid and no later decision has granted or asked back yet. */
  provisional_amount: number
  /** What the buyer was paid by it beyond what was put aside, which the buyer owes. */
  overpaid_amount: number
  /** What the buyer was paid by it when it had ended, although the refund was owed: the platform bears it. */
  late_amount: number
  /** The shares of liability by which it is borne, as they were when it was asked for. */
  shares: { party: LiableParty; percent: number }[]
  /** What was taken of the merchant's money that the platform has, in the order of the taking: what a reversal gives back. */
  taken: TakenFrom[]
  /** Since when its buyer and merchant know of it. */
  frozen_at: Time | null
  paid_at: Time | null
  ended_at: Time | null
  created_at: Time
  updated_at: Time
}

/** From whom an advance had money back that the platform had of them. */
export interface TakenFrom {
  from: 'held' | 'deposit' | 'affiliate'
  /** The merchant whose it was. */
  owner: string
  /** Of what is held: which. */
  hold_id: string | null
  /** What of it is not given back. */
  amount: number
  /** The transfer; null once a part of it was taken back, since a transfer is taken back once. */
  transfer_id: string | null
}

/** How much is in force of what is bounded, over all cases. */
export interface AdvanceBoundRow {
  platform_id: string
  kind: 'open_of_buyer' | 'buyer_and_day' | 'open_of_merchant' | 'platform_and_day'
  /** Whom or which day it is about, and the currency of the amount. */
  key: string
  bound: number
  in_force: number
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    advances: AdvanceRow
    advance_bounds: AdvanceBoundRow
  }
}
