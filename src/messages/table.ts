import type { Time } from '../foundation/clock.ts'

export interface MessageRow {
  platform_id: string
  id: string
  complaint_id: string
  author_role: string
  author_id: string
  visibility: 'parties' | 'internal'
  text: string
  created_at: Time
}
