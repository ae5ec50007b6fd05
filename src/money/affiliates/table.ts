import type { Time } from '../../foundation/clock.ts'

/** Which other merchants belong to the same people as a merchant, as the platform knows it. */
export interface AffiliatesRow {
  platform_id: string
  merchant_id: string
  version: number
  /** In the order in which their deposits pay. Theirs are not followed. */
  affiliates: string[]
  /** `role:id` of the admin. */
  changed_by: string
  explanation: string
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    merchant_affiliates: AffiliatesRow
  }
}
