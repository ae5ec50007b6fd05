/** A policy is checked with the calendars it names before anything goes by it. */
import type { Time } from '../../foundation/clock.ts'
import { createYielder } from '../../foundation/process/turns.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { checkPolicy } from '../policy/check.ts'
import { type KnownCalendar, knownCalendar } from '../policy/check-times.ts'
import type { Policy } from '../policy/schema.ts'
import type { RuleBook, RuledPlatform } from './rule-book.ts'

/**
 * Whether cases could be decided by this policy, with the calendars that the platform has.
 * @throws Problem `policy_cannot_work` (422)
 */
export const checkThatItWorks = async (
  rules: RuleBook,
  document: Policy,
  platform: RuledPlatform,
  now: Time,
  on: Db,
): Promise<void> => {
  const { calendars } = await rules.under(platform, document, undefined, on)
  const known = new Map<string, KnownCalendar>()
  const inTurns = createYielder()
  for (const { name, time } of calendars.values()) {
    known.set(name, knownCalendar(time, now))
    await inTurns()
  }
  checkPolicy(document, known)
}
