/**
 * Words of a side and their answers. A message or proof to the platform holds what the side's silence would lead to, once per deadline,
 * until a person of staff answers. Then the side has the rest of its time, and at least the last, warned piece (`least_notice` of the
 * policy). Meanwhile the platform owes the answer: each side that waits for one has a clock `next_reply`.
 */

import { type Time, toMs } from '../../foundation/clock.ts'
import { type Actor, isStaff } from '../../platform/access/caller.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { CountedKind, PartySide } from '../../words/deadlines.ts'
import type { EventType } from '../case-events/catalogue.ts'
import { type CaseFile, partySide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, endClocks, resumeClock, startClock, startHoldEnd, wakeOther } from './clocks.ts'
import { elapsed, ruleOf } from './counting.ts'
import { isHeard, isOpen } from './due.ts'
import { leastNotice, warnBeforeMs } from './least-notice.ts'
import { standsStillIn } from './lives.ts'
import type { DeadlineRow, Heard } from './table.ts'
import { warnBefore } from './warnings.ts'

/** What somebody said or proved. */
export type Words = Pick<Heard, 'resource' | 'resource_id'>

/** What ended a hold. */
export type Ending = NonNullable<Heard['ended_by']>

/** Whether the actor is a person of staff. A key that acts without naming a person is taken for a machine, which answers nobody. */
export const isPersonOfStaff = ({ role, id }: Actor): boolean => isStaff(role) && !id.startsWith('key-')

/** The words of each side that wait for an answer. */
const waitingWords = ({ deadlines }: CaseFile): (DeadlineRow & { heard: Heard })[] =>
  deadlines.filter((x): x is DeadlineRow & { heard: Heard } => x.kind === 'next_reply' && isOpen(x) && x.heard !== null)

/** The sides that wait for an answer of staff. */
export const unansweredSides = (file: CaseFile): PartySide[] => [...new Set(waitingWords(file).map(({ heard }) => heard.side))]

/** Since when somebody has been waiting for an answer. */
export const unansweredSince = (file: CaseFile): Time | null =>
  waitingWords(file).reduce<Time | null>((since, { heard }) => (since === null || heard.at < since ? heard.at : since), null)

/** Hears words of a party to the platform; the caller has told of them. A proof alone asks for no answer, unless it holds something. */
export const hear = (d: Decision, words: Words): void => {
  const side = partySide(d.file.complaint, d.actor)
  if (side === null) return
  const held = holdSilence(d, side, words)
  if (words.resource === 'message' || held) expectReply(d, side, words)
}

const expectReply = (d: Decision, side: PartySide, words: Words): void => {
  if (d.file.complaint.status === 'closed' || unansweredSides(d.file).includes(side)) return
  const heard = { ...words, side, at: d.now, until: null, ended_at: null, ended_by: null }
  startClock(d, 'next_reply', { party: 'platform', subjectId: words.resource_id, heard })
}

/** Holds what the silence of this side would lead to. A late word counts, too, as long as no sweep has acted. */
const holdSilence = (d: Decision, side: PartySide, words: Words): boolean => {
  const { hears, held_at_most } = d.policy.words
  const isHeldNow = ({ status, party, kind, heard }: DeadlineRow): boolean =>
    status === 'running' && party === side && heard === null && (hears as readonly string[]).includes(kind)
  const fitting = d.file.deadlines.filter(isHeldNow)
  const [first] = fitting
  if (first === undefined) return false
  const until = after(d.now, held_at_most, d.calendarNow(d.policy.calendar).time)
  for (const deadline of fitting) {
    deadline.heard = { ...words, side, at: d.now, until, ended_at: null, ended_by: null }
    // not `pauseClock`, which would mark a late clock as owed: words that come before a sweep has acted still count
    deadline.remaining_ms = Math.max(0, elapsed(d, deadline, d.now, deadline.due_at))
    deadline.status = 'paused'
    d.noteClock(deadline, 'paused', deadline.due_at, null, 'silence_held')
    startHoldEnd(d, deadline, until)
  }
  const { resource, resource_id } = words
  d.tell({
    type: 'silence_held',
    resourceId: first.id,
    visibility: side,
    data: { ...heldClocks(fitting, side), until, resource, resource_id },
  })
  return true
}

/** A person of staff has answered these sides, or has said that no answer is needed. */
export const answer = (d: Decision, sides: readonly PartySide[], how: 'answered' | 'no_answer_needed'): void => {
  for (const clock of waitingWords(d.file)) if (sides.includes(clock.heard.side)) endClock(d, clock, 'met')
  for (const side of sides)
    release(
      d,
      d.file.deadlines.filter((x) => isHeard(x) && x.party === side),
      side,
      how,
    )
}

/** Ends a hold that nobody has answered for as long as the policy allows. The side's time goes on; staff still owe the answer. */
export const endUnansweredHold = (d: Decision, holdEnd: DeadlineRow): void => {
  const held = d.file.deadlines.find((x) => x.id === holdEnd.subject_id)
  endClock(d, holdEnd, 'met')
  if (held && isHeard(held)) release(d, [held], held.party as PartySide, 'unanswered')
}

const release = (d: Decision, held: readonly DeadlineRow[], side: PartySide, how: Ending): void => {
  const [first] = held
  if (first === undefined) return
  for (const deadline of held) {
    deadline.heard = { ...(deadline.heard as Heard), ended_at: d.now, ended_by: how }
    endClocks(d, 'cancelled', { kinds: ['held_silence'], subjectId: deadline.id })
    const rest = Math.max(deadline.remaining_ms ?? 0, leastRest(d, deadline))
    deadline.remaining_ms = rest
    warnBeforeMs(deadline, warnBefore(d, ruleOf(d, { ...deadline, kind: deadline.kind as CountedKind }), rest, deadline.step))
    if (!standsStillIn(deadline, d.file.complaint.status)) resumeClock(d, deadline, 'hold_ended')
    wakeOther(d, deadline)
  }
  const dueAt = held.filter(({ status }) => status === 'running').map(({ due_at }) => due_at)
  d.tell({
    type: 'silence_released',
    resourceId: first.id,
    reasonCode: how,
    visibility: side,
    data: { ...heldClocks(held, side), due_at: dueAt.sort()[0] ?? null },
  })
}

/** The least time that a side has left when a hold ends, in milliseconds. In natural time it also covers the business piece. */
const leastRest = (d: Decision, deadline: DeadlineRow): number => {
  const piece = leastNotice(d, deadline)
  if (deadline.counted_in === 'business') return piece
  const { time } = d.calendarNow(deadline.calendar ?? d.policy.calendar)
  return Math.max(piece, toMs(after(d.now, d.policy.least_notice.business, time)) - toMs(d.now))
}

/** The clocks of a side, as an event names them. */
const heldClocks = (clocks: readonly DeadlineRow[], side: PartySide) => ({
  deadline_ids: clocks.map(({ id }) => id),
  kinds: clocks.map(({ kind }) => kind),
  side,
})

/** Events by which a decision of a person of staff answers all words of both sides. */
const answering: ReadonlySet<EventType> = new Set<EventType>([
  'complaint_rejected',
  'information_requested',
  'complaint_dismissed',
  'complaint_reopened',
  'plan_proposed',
  'plan_imposed',
  'appeal_upheld',
  'appeal_denied',
])

/** Called after the rules of a decision: answers both sides, where it tells one of these events. */
export const answerByDecision = (d: Decision): void => {
  if (isPersonOfStaff(d.actor) && d.events.some(({ type }) => answering.has(type)))
    answer(d, ['complainant', 'respondent'], 'answered')
}
