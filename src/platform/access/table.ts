import type { Generated } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { KeyRole } from './caller.ts'

export interface ApiKeyRow {
  platform_id: string
  id: string
  name: string
  digest: Buffer
  /** How the key begins: `rdk_live_`, `rdk_test_`, or `rdk_` where it names no mode. */
  start: Generated<string>
  /** Null for keys that were made before this was kept. */
  last_four: Generated<string | null>
  roles: KeyRole[]
  created_at: Time
  created_by: string
  expires_at: Time | null
  revoked_at: Time | null
  /** Real time, at most a minute behind; null for one that was never used. */
  last_used_at: Generated<Time | null>
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    api_keys: ApiKeyRow
  }
}
