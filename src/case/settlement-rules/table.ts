import type { Time } from '../../foundation/clock.ts'
import type { Category } from '../../words/complaints.ts'
import type { OfferedRemedyType } from '../../words/refund-plans.ts'
import type { Remedy } from '../refund-plans/table.ts'

/** One rule of a merchant: it either agrees to what is wanted, or offers something of its own. Amounts in minor units. */
export interface SettlementRule {
  /** Its name among the rules of its merchant. */
  rule_id: string
  /** Absent: any. */
  categories?: Category[]
  /** Of all amounts; it is for orders in this currency. */
  currency: string
  agree?: {
    up_to_amount: number
    /** Absent: a refund, with or without return. */
    remedies?: OfferedRemedyType[]
    return_address?: string
  }
  offer?: { type: OfferedRemedyType } & Pick<Remedy, 'amount' | 'method' | 'return_address' | 'note'>
}

/** The rules of a merchant in one version. Rows are only added. */
export interface SettlementRulesRow {
  platform_id: string
  merchant_id: string
  version: number
  /** Null where they were withdrawn. */
  rules: SettlementRule[] | null
  changed_by: string
  explanation: string | null
  /** Platform time: a complaint goes by those that held when it was filed. */
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    settlement_rules: SettlementRulesRow
  }
}
