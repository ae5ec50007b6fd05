import type { Time } from '../../foundation/clock.ts'
import type { Policy } from './schema.ts'

export interface PolicyRow {
  platform_id: string
  version: number
  document: Policy
  created_at: Time
  created_by: string
  explanation: string | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    policies: PolicyRow
  }
}
