import type { Time } from '../../foundation/clock.ts'

/** A deposit that lacks what open advances and debts can take of it. The row leaves when the deposit has it again. */
export interface DepositShortageRow {
  platform_id: string
  /** The account of the deposit. */
  account_id: string
  merchant_id: string
  currency: string
  /** Platform time at which it was found, at most a turn of the job after it began. */
  since: Time
  /** When `sanction_due` was told of it: once. */
  told_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    deposit_shortages: DepositShortageRow
  }
}
