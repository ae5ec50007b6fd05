/** What follows for held settlements from every decision: they are let go when nothing claims them any more. Pure. */

import { addMs, DAY, type Time } from '../../foundation/clock.ts'
import { after } from '../../rules/policy/which-rule.ts'
import { isHolding } from '../../words/holds.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { ruleOf } from '../deadlines/counting.ts'
import { isOpen } from '../deadlines/due.ts'
import { isFinal } from './claims.ts'
import { letGo } from './effects.ts'
import type { HoldRow } from './table.ts'

/**
 * A case at its end asks for nothing any more, and what is held for it is looked at by the next sweep: only then is it known whether other cases
 * of its order claim it.
 */
export const followHolds = (d: Decision): void => {
  if (!d.hasRules) return
  const isOver = isFinal(d.file)
  for (const hold of d.file.holds) {
    const isWaiting = d.file.deadlines.some((x) => x.kind === 'hold_release' && x.subject_id === hold.id && isOpen(x))
    if (!isOver && isWaiting) endClocks(d, 'cancelled', { kinds: ['hold_release'], subjectId: hold.id })
    if (isOver && hold.status === 'asked') letGo(d, hold, 'outcome_final')
    if (isOver && isHolding(hold) && !isWaiting)
      startClock(d, 'hold_release', { party: 'platform', subjectId: hold.id, dueAt: d.now })
  }
}

/** Until when other cases of its order claim a hold of a case at its end; null where none does any more. */
const claimedUntil = (d: Decision, hold: HoldRow): Time | null => {
  const { open = 0, last_closed_at: lastEnd = null } = d.file.otherCases ?? {}
  const { time } = d.calendarNow(d.policy.calendar)
  const { allow } = ruleOf(d, { kind: 'hold_release', party: 'platform', subject_id: hold.id })
  const latest = after(hold.held_at ?? hold.created_at, d.policy.settlement_holds.longest, time)
  const since = open > 0 ? d.now : lastEnd
  if (since === null) return null
  const until = after(since, allow, time)
  // a claim that is there holds it beyond the longest time as well: it is looked at each day
  if (open > 0) return latest > d.now ? (until < latest ? until : latest) : addMs(d.now, DAY)
  return until > d.now && latest > d.now ? (until < latest ? until : latest) : null
}

/** The time of a hold is up: it goes to the merchant, unless another case of the order claims it. */
export const releaseUnclaimed = (d: Decision, hold: HoldRow): void => {
  const until = claimedUntil(d, hold)
  if (until !== null) startClock(d, 'hold_release', { party: 'platform', subjectId: hold.id, dueAt: until })
  else letGo(d, hold, (d.file.otherCases?.last_closed_at ?? null) === null ? 'outcome_final' : 'time_up')
}
