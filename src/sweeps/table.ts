import type { Time } from '../foundation/clock.ts'

/** What a sweep did, in numbers. */
export interface SweepCounts {
  /** Deadlines that were due and acted on; one that had waited for the service hours to tell of a miss is one, too. */
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

/** What a sweep did, and what it left. */
export interface SweepResult extends SweepCounts {
  /** More is due than one sweep may act on: the next goes on with it. */
  left_over: boolean
  /** Something is due that the platform's switch stops. */
  stopped: boolean
}

export interface SweepRunRow extends SweepResult {
  platform_id: string
  id: string
  trigger: 'cron' | 'request'
  started_at: Time
  duration_ms: number
}
