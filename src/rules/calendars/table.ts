import type { Time } from '../../foundation/clock.ts'
import type { CalendarDocument, Coverage, NamedDay, SparseDocument } from './schema.ts'

/** The public holidays and make-up workdays of a country. */
export interface PublishedDays {
  /** The years whose days are known, ascending. */
  years: readonly number[]
  holidays: readonly NamedDay[]
  /** Make-up workdays. */
  workdays: readonly NamedDay[]
}

/**
 * The days of a country as they were when the version was written. Stored with it, so that a newer library never changes what an older
 * version means.
 */
export interface ResolvedHolidays extends PublishedDays {
  /** Which library gave these days, and in which version. */
  source?: string | undefined
  coverage: Coverage
}

/** One version of a calendar; it is never changed. */
export interface CalendarRow {
  platform_id: string
  name: string
  version: number
  document: CalendarDocument
  /** Null for a calendar without public holidays. */
  resolved: ResolvedHolidays | null
  /** In real time. */
  created_at: Time
  created_by: string
  /** The platform's time when it was written. */
  holds_from: Time
}

/** Days as any version of the service has stored them. */
export type StoredHolidays = PublishedDays & Partial<Pick<ResolvedHolidays, 'source' | 'coverage'>>

/** A row as any version of the service has stored it: reading.ts makes it whole. */
export interface StoredCalendarRow extends Omit<CalendarRow, 'document' | 'resolved' | 'holds_from'> {
  document: SparseDocument
  resolved: StoredHolidays | null
  holds_from: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    calendars: StoredCalendarRow
  }
}
