import type { Time } from '../../foundation/clock.ts'
import type { AccountKind, TransferKind } from '../../words/ledger.ts'

/** What an account has, kept beside the transfers that make it up. Amounts in minor units of its currency. */
export interface AccountRow {
  platform_id: string
  /** `accountIdOf`: kind, currency and owner. */
  id: string
  kind: AccountKind
  /** The platform's own id of the merchant, buyer or carrier; empty for an account of the platform. */
  owner: string
  currency: string
  /** What came in less what went out. */
  balance: number
  /** Of a deposit: what open advances and debts may still take of it. It may be more than there is, and cannot be withdrawn. */
  reserved: number
  /** By how much both last changed: what an upsert adds to the row that is there. */
  balance_change: number
  reserved_change: number
}

/** Where a transfer comes from. */
export interface TransferCause {
  complaint_id: string | null
  plan_id: string | null
  step_id: string | null
  advance_id: string | null
  receivable_id: string | null
  /** A top-up, deposit or withdrawal. */
  movement_id: string | null
  policy_version: number | null
}

/** One movement of money: both sides of it. Rows are only added. */
export interface TransferRow extends TransferCause {
  platform_id: string
  id: string
  /** The transfers that belong together. */
  journal_id: string
  kind: TransferKind
  debit: string
  credit: string
  currency: string
  amount: number
  /** The transfer that this one takes back, in whole or in part: each is taken back once. */
  reverses: string | null
  /** Platform time. */
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    ledger_accounts: AccountRow
    ledger_transfers: TransferRow
  }
}
