import type { Time } from '../../foundation/clock.ts'

/** A stored answer. */
export interface IdempotencyKeyRow {
  platform_id: string
  api_key_id: string
  actor: string
  key: string
  request_hash: Buffer
  status: number
  headers: Record<string, string>
  body: string
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    idempotency_keys: IdempotencyKeyRow
  }
}
