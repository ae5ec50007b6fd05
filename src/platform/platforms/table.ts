import type { Generated } from 'kysely'
import type { Time } from '../../foundation/clock.ts'

export interface PlatformRow {
  id: string
  name: string
  mode: 'live' | 'test'
  clock_offset_ms: number
  rules_version: Generated<number>
  /** Since when the service closes no case and takes no silence for an answer by itself; null while it does. */
  automation_stopped_at: Time | null
  /** Who last stopped or started this automation; the next two columns say when and why. */
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
