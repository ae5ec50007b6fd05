/** A case that staff enter after it came in: its clocks start when it came, and a call that was taken was answered. Pure. */

import { normaliseTime, type Time } from '../../foundation/clock.ts'
import { type Actor, actorName, isStaff } from '../../platform/access/caller.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { invalidField } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, startClock } from '../deadlines/clocks.ts'
import { startResolution } from './effects.ts'
import type { NewComplaintBody } from './filing-schema.ts'

/** What is kept of how a case was entered. */
export interface Entry {
  received_at: Time | null
  call_reference: string | null
  /** `role:id` of who took the call. */
  call_taken_by: string | null
}

/** What comes in by these is entered as it comes. */
const immediate: readonly string[] = ['portal', 'api']

/**
 * What staff say of how a case came in.
 * @throws Problem `validation_failed` where somebody else says it, or it lies ahead or too far back
 */
export const entryOf = (body: NewComplaintBody, actor: Actor, now: Time, { policy, calendarNow }: Rules): Entry => {
  const { received_at: said, call } = body
  if (said === undefined && call === undefined) return { received_at: null, call_reference: null, call_taken_by: null }
  if (!isStaff(actor.role))
    throw invalidField(
      said === undefined ? '/call' : '/received_at',
      'not_allowed',
      'only staff enter what came in before: leave it out',
    )
  if (immediate.includes(body.channel))
    throw invalidField('/channel', 'not_allowed', 'what comes in by portal or api is entered as it comes: name another channel')
  if (call && body.channel !== 'hotline') throw invalidField('/call', 'not_allowed', 'only what came in by hotline was a call')
  const received_at = said === undefined ? now : normaliseTime(said)
  if (received_at > now) throw invalidField('/received_at', 'maximum', `it is ${now} now`)
  const { time } = calendarNow(policy.calendar)
  if (after(received_at, policy.entered_within, time) < now)
    throw invalidField(
      '/received_at',
      'minimum',
      `what came in is entered within ${policy.entered_within.count} ${policy.entered_within.unit}`,
    )
  return {
    received_at: said === undefined ? null : received_at,
    call_reference: call?.reference ?? null,
    call_taken_by: call ? (call.taken_by ?? actorName(actor)) : null,
  }
}

/**
 * Starts the clock of the first answer when the case came in. Whoever called had it at once; what is overdue when it is entered is missed once, and
 * nobody is called in for the time in which nobody could know of it.
 */
export const startAtEntry = (d: Decision): void => {
  const { received_at, call_reference } = d.file.complaint
  const since = received_at ?? d.now
  const clock = startClock(d, 'first_response', { party: 'platform', since })
  if (call_reference !== null) {
    endClock(d, clock, 'met', undefined, since)
    startResolution(d)
    return
  }
  if (received_at === null || clock.due_at > d.now) return
  const { due_at, cancellation } = clock
  endClock(d, clock, 'missed', 'time_up')
  d.tell({
    type: 'deadline_missed',
    reasonCode: clock.on_silence,
    data: { deadline_id: clock.id, kind: clock.kind, party: clock.party, due_at, by_entry: true },
  })
  startClock(d, 'first_response', { party: 'platform', again: { step: clock.step + 1, owedSince: due_at, cancellation } })
}
