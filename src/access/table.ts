import type { Time } from '../foundation/clock.ts'
import type { KeyRole } from './caller.ts'

export interface ApiKeyRow {
  platform_id: string
  id: string
  name: string
  digest: Buffer
  roles: KeyRole[]
  created_at: Time
  created_by: string
  expires_at: Time | null
  revoked_at: Time | null
}
