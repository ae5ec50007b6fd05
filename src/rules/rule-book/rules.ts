import type { Calendar } from '../calendars/calendar.ts'
import type { Policy } from '../policy/schema.ts'

/** A calendar as it is now: what clocks that start or resume count in. */
export interface PresentCalendar {
  name: string
  version: number
  time: Calendar
}

/** The rules by which a case is decided: its policy, and the calendars that the policy and the clocks name. */
export interface Rules {
  policyVersion: number
  policy: Policy
  calendarNow: (name: string) => PresentCalendar
  /** The calendar that a clock was counted in. */
  calendarAt: (name: string, version: number) => Calendar
  /** Whether the platform has stopped what closes or deems without a word of the party. */
  automationStopped: boolean
  /** Set where the rules cannot be read: then asking for a policy or a calendar throws `RulesMissing`. */
  unreadable?: true
}
