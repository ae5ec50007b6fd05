/** The time has come to look whether a held settlement can be let go. Pure. */

import { addMs, DAY, type Time } from '../../foundation/clock.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { ruleOf } from '../deadlines/counting.ts'
import { isFinal } from './claims.ts'
import { letGo } from './effects.ts'
import { isWaitedFor } from './lifecycle.ts'
import type { HoldRow } from './table.ts'

const earlier = (one: Time, other: Time): Time => (one < other ? one : other)

/** Until when other cases of its order claim a hold of a case at its end; null where none does any more. */
const claimedUntil = (d: Decision, hold: HoldRow): Time | null => {
  const { open = 0, last_closed_at: lastEnd = null } = d.file.otherCases ?? {}
  const { time } = d.calendarNow(d.policy.calendar)
  const { allow } = ruleOf(d, { kind: 'hold_release', party: 'platform', subject_id: hold.id })
  const latest = after(hold.held_at ?? hold.created_at, d.policy.settlement_holds.longest, time)
  // a claim that is there holds it beyond the longest time as well: it is looked at each day
  if (open > 0) return latest > d.now ? earlier(after(d.now, allow, time), latest) : addMs(d.now, DAY)
  if (lastEnd === null || latest <= d.now) return null
  const until = earlier(after(lastEnd, allow, time), latest)
  return until > d.now ? until : null
}

/** What is held in a case at its end goes to the merchant, unless another case of the order claims it. */
export const releaseUnclaimed = (d: Decision, holdId: string | null): void => {
  const hold = d.file.holds.find(({ id }) => id === holdId)
  if (hold === undefined || !isWaitedFor(hold) || !isFinal(d.file)) return
  const until = hold.status === 'asked' ? null : claimedUntil(d, hold)
  if (until !== null) startClock(d, 'hold_release', { party: 'platform', subjectId: hold.id, dueAt: until })
  else letGo(d, hold, (d.file.otherCases?.last_closed_at ?? null) === null ? 'outcome_final' : 'time_up')
}
