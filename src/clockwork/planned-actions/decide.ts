/** The rules of holding back, releasing, bringing forward and cancelling for good. Pure. */

import type { DataOf } from '../../case/case-events/catalogue.ts'
import type { Telling } from '../../case/case-events/happening.ts'
import type { Decision } from '../../case/case-file/decision.ts'
import { bringForward, cancelSilence, holdClock, releaseClock } from '../../case/deadlines/holds.ts'
import { earliestDue } from '../../case/deadlines/least-notice.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import { normaliseTime } from '../../foundation/clock.ts'
import { actorName } from '../../platform/access/caller.ts'
import { after } from '../../rules/policy/which-rule.ts'
import { problem } from '../../words/problems.ts'
import type { PlannedAct } from './lifecycle.ts'
import type { HoldBodies } from './schema.ts'

/** The clocks that are acted on together. Both sides' answers to a plan are judged as one, so holding one of them would have no effect. */
const judgedTogether = (d: Decision, deadline: DeadlineRow): DeadlineRow[] =>
  deadline.kind === 'confirmation'
    ? d.file.deadlines.filter((x) => x.kind === 'confirmation' && x.subject_id === deadline.subject_id && x.status === 'running')
    : [deadline]

type PlannedEvent =
  | 'planned_action_held'
  | 'planned_action_released'
  | 'planned_action_brought_forward'
  | 'planned_action_cancelled'

/** Tells one event. The explanation of a supervisor is internal: it is kept as the event's remark. */
const tell = (d: Decision, words: string | undefined, happening: Telling<PlannedEvent>): void => {
  const note = [words, d.note].filter((text) => text != null).join('\n\n') || null
  d.tell({ ...happening, reasonCode: happening.data.action, note })
}

/** The data of every event of a planned action: what the service is going to do, and for which clock. */
const planned = ({ id, kind, party, on_silence }: DeadlineRow): DataOf<'planned_action_released'> => ({
  deadline_id: id,
  kind,
  party,
  action: on_silence,
})

const hold = (d: Decision, deadline: DeadlineRow, body: HoldBodies['hold']): void => {
  const latest = after(d.now, d.policy.holds_at_most, d.calendarNow(d.policy.calendar).time)
  const until = body.until === undefined ? latest : normaliseTime(body.until)
  const { due_at: due } = deadline
  if (until > latest)
    throw problem('hold_ends_too_late', `/until: ${until} is after ${latest}, the longest that the policy allows.`)
  if (until <= d.now) throw problem('hold_ends_too_early', `/until: ${until} is not after ${d.now}, the platform’s time.`)
  if (until <= due)
    throw problem('hold_ends_too_early', `/until: nothing happens before ${due}, and the hold would end ${until}.`)
  const by = actorName(d.actor)
  for (const clock of judgedTogether(d, deadline).filter((x) => x.due_at < until))
    holdClock(d, clock, { by, explanation: body.explanation, until, held_at: d.now })
  tell(d, body.explanation, { type: 'planned_action_held', data: { ...planned(deadline), until } })
}

const release = (d: Decision, deadline: DeadlineRow, body: HoldBodies['release']): void => {
  for (const clock of judgedTogether(d, deadline)) if (clock.hold) releaseClock(d, clock)
  tell(d, body.explanation, { type: 'planned_action_released', data: planned(deadline) })
}

const forward = (d: Decision, deadline: DeadlineRow, body: HoldBodies['bring_forward']): void => {
  const earliest = earliestDue(d, deadline)
  const at = body.at === undefined ? earliest : normaliseTime(body.at)
  const old = deadline.due_at
  if (at < earliest || at >= old) {
    const since = earliest > d.now ? `until when the ${deadline.party} keeps its last piece of time` : 'the platform’s time'
    throw problem('not_brought_forward', `/at: ${at} does not lie from ${earliest}, ${since}, to before ${old}.`)
  }
  bringForward(d, deadline, at)
  // this person counts as having taken part in what follows
  d.tookPart()
  const { suspension } = d.file.complaint
  if (deadline.kind === 'suspension' && suspension && !deadline.cancellation) suspension.resume_at = at
  tell(d, body.explanation, {
    type: 'planned_action_brought_forward',
    data: { ...planned(deadline), old_due_at: old, due_at: at },
  })
}

const cancel = (d: Decision, deadline: DeadlineRow, body: HoldBodies['cancel']): void => {
  const { id, on_silence: action } = deadline
  const { explanation } = body
  // told before `cancelSilence` changes the action of the clock, so that the event names the cancelled one
  tell(d, explanation, { type: 'planned_action_cancelled', data: planned(deadline) })
  const cancellation = { deadline_id: id, action, by: actorName(d.actor), explanation, cancelled_at: d.now }
  for (const clock of judgedTogether(d, deadline)) cancelSilence(d, clock, cancellation)
}

/** One rule per action; the table has already said that this actor may take it now. */
export const decidePlanned: { [Act in PlannedAct]: (d: Decision, deadline: DeadlineRow, body: HoldBodies[Act]) => void } = {
  hold,
  release,
  bring_forward: forward,
  cancel,
}
