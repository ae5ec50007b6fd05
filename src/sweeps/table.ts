import type { Time } from '../foundation/clock.ts'

/** What a sweep did. */
export interface SweepResult {
  /** Deadlines that were missed and acted on. */
  due: number
  escalated: number
  closed: number
  expired: number
  deemed_accepted: number
  /** Deadlines that were warned of before they are missed. */
  warned: number
  /** Cases that could not be decided; they stay due and are tried again. */
  failed: number
}

export interface SweepRunRow extends SweepResult {
  platform_id: string
  id: string
  trigger: 'cron' | 'request'
  started_at: Time
  duration_ms: number
}
