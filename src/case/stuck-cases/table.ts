import type { Time } from '../../foundation/clock.ts'
import type { DeadlineKind } from '../../words/deadlines.ts'
import type { ErrorClass } from '../../words/stuck-cases.ts'

/** A case that could not be decided when it was last tried. All times but `sleep_ends_at` are real times. */
export interface StuckCaseRow {
  platform_id: string
  complaint_id: string
  /** The clock that was due first; null where none was. */
  deadline_id: string | null
  kind: DeadlineKind | null
  error_class: ErrorClass
  stuck_since: Time
  tries: number
  last_tried_at: Time
  next_try_at: Time
  logged_at: Time
  /** Platform time: the `wakes_at` of its clocks that were put to sleep. */
  sleep_ends_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    stuck_cases: StuckCaseRow
  }
}
