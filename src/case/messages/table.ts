import type { Time } from '../../foundation/clock.ts'
import type { Addressee } from '../../words/messages.ts'

export interface MessageRow {
  platform_id: string
  id: string
  complaint_id: string
  author_role: string
  author_id: string
  /** Who reads it besides staff. */
  visibility: 'parties' | 'internal' | 'complainant' | 'respondent'
  /** `both` on an internal message that an earlier version of the service wrote. */
  addressed_to: Addressee
  automated: boolean
  text: string
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    messages: MessageRow
  }
}
