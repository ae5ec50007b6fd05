import type { Time } from '../foundation/clock.ts'
import type { CalendarDocument, NamedDay } from './schema.ts'

/**
 * The days of a country as they were when the version was written. Stored with it, so that a newer library never changes what an older
 * version means.
 */
export interface ResolvedHolidays {
  /** The years that the source has published, ascending. */
  years: readonly number[]
  holidays: readonly NamedDay[]
  /** Make-up workdays. */
  workdays: readonly NamedDay[]
  /** Which library, in which version, was last found to give these days. */
  source?: string
}

/** One version of a calendar; it is never changed. */
export interface CalendarRow {
  platform_id: string
  name: string
  version: number
  document: CalendarDocument
  /** Null for a calendar without public holidays. */
  resolved: ResolvedHolidays | null
  created_at: Time
  created_by: string
}
