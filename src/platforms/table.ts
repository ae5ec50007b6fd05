import type { Generated } from 'kysely'
import type { Time } from '../foundation/clock.ts'

export interface PlatformRow {
  id: string
  name: string
  mode: 'live' | 'test'
  clock_offset_ms: number
  rules_version: Generated<number>
  /** Since when the service closes and deems nothing by itself; null while it does. */
  automation_stopped_at: Time | null
  /** Who set this switch last, and why. */
  automation_stopped_by: string | null
  automation_stop_reason: string | null
  automation_version: Generated<number>
  created_at: Time
}
