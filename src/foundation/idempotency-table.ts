import type { Time } from './clock.ts'

/** A stored answer; its fields are empty only inside the transaction that is making it. */
export interface IdempotencyKeyRow {
  platform_id: string
  api_key_id: string
  actor: string
  key: string
  request_hash: Buffer
  status: number | null
  headers: Record<string, string> | null
  body: string | null
  created_at: Time
}
