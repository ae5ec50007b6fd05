import type { Time } from '../../foundation/clock.ts'
import type { Role } from '../../platform/access/caller.ts'

export const recomputationStatuses = ['running', 'done'] as const

/** The rules by which clocks are counted anew: the present policy and calendars, or each case's own policy and the present calendars. */
export const appliesTo = ['policy_and_calendars', 'calendars'] as const
export type Applies = (typeof appliesTo)[number]

/** A walk over the open cases of a platform, in the order of their ids. Times are real ones. */
export interface RecomputationRow {
  platform_id: string
  id: string
  status: (typeof recomputationStatuses)[number]
  applies: Applies
  explanation: string | null
  requested_by_role: Role
  requested_by_id: string
  /** The present one when it was asked for. */
  policy_version: number
  /** The last case that has been dealt with. */
  after_id: string
  cases_seen: number
  /** Cases in which a clock changed. */
  cases_changed: number
  /** Clocks that changed. */
  clocks_moved: number
  /** Cases that could not be decided; they stay as they were. */
  failed: number
  created_at: Time
  updated_at: Time
  finished_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    recomputations: RecomputationRow
  }
}
