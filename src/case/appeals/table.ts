import type { Time } from '../../foundation/clock.ts'
import type { AppealReasonCode, AppealState } from '../../words/appeals.ts'
import type { ContestableDecision } from '../complaints/table.ts'

export interface AppealRow {
  platform_id: string
  id: string
  complaint_id: string
  version: number
  /** Set by `setAppealStatus`, as the lifecycle draws. */
  readonly status: AppealState
  appellant_role: 'buyer' | 'merchant'
  appellant_id: string
  appellant_side: 'complainant' | 'respondent'
  /** Copies of the complaint's columns, so that the list of a buyer or merchant can follow an index. */
  buyer_id: string | null
  merchant_id: string | null
  decision_id: string
  decision: ContestableDecision
  reason_code: AppealReasonCode
  statement: string
  evidence_ids: string[]
  reviewer: string | null
  explanation: string | null
  /** Decided by the last resort, although separation would have forbidden it. */
  separation_waived: boolean
  outside_routes: string[]
  returns_to: 'rejected' | 'resolved' | 'closed' | 'executing'
  created_at: Time
  updated_at: Time
  decided_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    appeals: AppealRow
  }
}
