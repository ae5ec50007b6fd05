import type { Time } from '../../foundation/clock.ts'
import type { MassCaseStatus } from '../../words/risk.ts'

/** Many complainants about one item of one merchant within a short time. It says how a case is to be seen, and decides nothing. */
export interface MassCaseRow {
  platform_id: string
  id: string
  version: number
  status: MassCaseStatus
  merchant_id: string
  /** The SKU of a line, or its name where it has none (`items.ts`). */
  item: string
  /** How many different complainants it had when it began. */
  complainants: number
  /** When the first of its complaints was filed. */
  began_at: Time
  last_filed_at: Time
  end_reason_code: 'quiet' | 'supervisor' | null
  end_explanation: string | null
  /** `role:id`. */
  ended_by: string | null
  ended_at: Time | null
  created_at: Time
  updated_at: Time
}

/** What a filing was about: one row for each item, or one without an item. */
export interface RecentItemRow {
  platform_id: string
  complaint_id: string
  /** Empty where it was about none. */
  item: string
  merchant_id: string
  filed_at: Time
  mass_case_id: string | null
}

/** Up to which filing of a platform the job has looked. */
export interface FilingWatchRow {
  platform_id: string
  looked_to: string
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    mass_cases: MassCaseRow
    recent_items: RecentItemRow
    filing_watches: FilingWatchRow
  }
}
