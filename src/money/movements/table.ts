import type { Time } from '../../foundation/clock.ts'
import type { MovementEndReason, MovementKind, MovementState } from '../../words/fund.ts'

/** What goes into or out of the fund or the deposit of a merchant. Amounts in minor units. */
export interface MovementRow {
  platform_id: string
  id: string
  kind: MovementKind
  /** Set by `setMovementStatus`, as the lifecycle draws. */
  readonly status: MovementState
  /** Whose deposit it is; null where it is of the fund. */
  merchant_id: string | null
  currency: string
  /** What was announced, or is to be paid. */
  amount: number
  /** What came in. */
  received_amount: number | null
  /** What was paid out although the account did not have it any more; posted once it has. */
  uncovered_amount: number
  /** The platform's own name for it. */
  reference: string | null
  explanation: string | null
  needs_second_admin: boolean
  /** The policy that says what it needs and by when. */
  policy_version: number
  /** `role:id` of who announced it or asked for it, of who approved, refused or cancelled it, and of who reported last. */
  requested_by: string
  decided_by: string | null
  reported_by: string | null
  /** What the payment system calls it. */
  payment_reference: string | null
  /** Why it came to nothing. */
  end_reason_code: MovementEndReason | null
  end_explanation: string | null
  /** Platform time at which it is refused or expires by itself. */
  due_at: Time | null
  version: number
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    fund_movements: MovementRow
  }
}
