import type { Time } from '../foundation/clock.ts'
import type { DeadlineKind, DeadlineStatus, OnSilence, Side } from './words.ts'

export interface DeadlineRow {
  platform_id: string
  id: string
  complaint_id: string
  kind: DeadlineKind
  party: Side
  subject_id: string | null
  counted_in: 'natural' | 'business'
  on_silence: OnSilence
  status: DeadlineStatus
  started_at: Time
  due_at: Time
  remaining_ms: number | null
  /** Null when there is no warning to come. */
  warn_before_ms: number | null
  wakes_at: Time
  owed_since: Time | null
  ended_at: Time | null
}
