import type { Time } from '../../foundation/clock.ts'
import type { Role } from '../../platform/access/caller.ts'

/** Who may read an event: both parties, one of them, or staff only. Staff read all. */
export type Visibility = 'parties' | 'complainant' | 'respondent' | 'staff'

export interface CaseEventRow {
  platform_id: string
  complaint_id: string
  sequence: number
  id: string
  type: string
  at: Time
  actor_role: Role
  actor_id: string
  resource: string
  resource_id: string | null
  from_status: string | null
  to_status: string | null
  /** A code; words are in the data. */
  reason_code: string | null
  note: string | null
  visibility: Visibility
  data: Record<string, unknown>
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    case_events: CaseEventRow
  }
}
