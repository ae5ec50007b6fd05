import type { Time } from '../foundation/clock.ts'

export interface SweepRunRow {
  platform_id: string
  id: string
  trigger: 'cron' | 'request'
  started_at: Time
  duration_ms: number
  due: number
  escalated: number
  closed: number
  expired: number
  deemed_accepted: number
  warned: number
  failed: number
}
