import type { Time } from '../../foundation/clock.ts'
import type { DebtorRole, ReceivableReason, ReceivableState } from '../../words/advances.ts'

/** What a buyer or a merchant owes the fund. Amounts in minor units of `currency`. */
export interface ReceivableRow {
  platform_id: string
  id: string
  complaint_id: string
  advance_id: string
  version: number
  /** Set by `setReceivableStatus`, as the lifecycle draws. */
  readonly status: ReceivableState
  debtor_role: DebtorRole
  debtor_id: string
  reason_code: ReceivableReason
  currency: string
  amount: number
  /** What was paid or set off of it. */
  paid_amount: number
  /** Why nobody pays it any more, in words; `role:id` of who said so. */
  end_explanation: string | null
  ended_by: string | null
  ended_at: Time | null
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    receivables: ReceivableRow
  }
}
