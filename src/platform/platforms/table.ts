import type { Generated } from 'kysely'
import type { Time } from '../../foundation/clock.ts'

export interface PlatformRow {
  id: string
  name: string
  mode: 'live' | 'test'
  clock_offset_ms: number
  rules_version: Generated<number>
  /** Since when the service closes and deems nothing by itself; null while it does. */
  automation_stopped_at: Time | null
  /** Who set this switch last, and why. */
  /** Who stopped it or let it go on last, when and why. */
  automation_changed_by: string | null
  automation_changed_at: Time | null
  automation_explanation: string | null
  automation_version: Generated<number>
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    platforms: PlatformRow
  }
}
