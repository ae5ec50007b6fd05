import type { Time } from '../../foundation/clock.ts'
import type { Creditor, DebtorRole, ReceivableReason, ReceivableState } from '../../words/advances.ts'

/** What a buyer or a merchant owes the fund. Amounts in minor units of `currency`. */
export interface ReceivableRow {
  platform_id: string
  id: string
  complaint_id: string
  /** Null where no advance was paid: a refund that turned out not to be due. */
  advance_id: string | null
  /** The refund that it came of; null where an older version of the service wrote the row, and of merchants. */
  step_id: string | null
  creditor: Creditor
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
