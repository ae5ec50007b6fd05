import type { Time } from '../../foundation/clock.ts'

/** What a sweep did, in numbers. */
export interface SweepCounts {
  /** Deadlines that were due and acted on. A `notice` that waited for the service hours counts, too. */
  due: number
  escalated: number
  closed: number
  expired: number
  deemed_accepted: number
  /** Deadlines that were warned of before they are missed. */
  warned: number
  /** Cases that could not be decided; they stay due and are tried again, see `stuck-cases`. */
  failed: number
}

/** What a sweep did, and what it left. */
export interface SweepResult extends SweepCounts {
  /** More is due than one sweep may act on: the next goes on with it. */
  left_over: boolean
  /** Something is due that the platform's switch stops. */
  stopped: boolean
}

/**
 * `running` from the first batch that did something; `done` when it came to its end; `interrupted` when it was stopped or failed on its
 * way. A killed run cannot write that any more: `statusOf` tells it by its silence.
 */
export const runStatuses = ['running', 'done', 'interrupted'] as const
export type RunStatus = (typeof runStatuses)[number]

export interface SweepRunRow extends SweepResult {
  platform_id: string
  id: string
  trigger: 'cron' | 'request'
  started_at: Time
  duration_ms: number
  status: RunStatus
  /** When it was last at work; null for a run of an older version, which is written when it is done. */
  seen_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    sweep_runs: SweepRunRow
  }
}
