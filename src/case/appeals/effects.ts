/** What the end of an appeal does to it and to the decision it contests: building blocks for people's actions and for silence. */

import type { AppealState } from '../../words/appeals.ts'
import { closeRecovered } from '../advances/recovery.ts'
import type { DataOf, EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Decision } from '../case-file/decision.ts'
import { moveComplaint } from '../complaints/effects.ts'
import { endClocks, resumeClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { standsStillIn } from '../deadlines/lives.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { resolveAfterExecution } from '../refund-plans/effects.ts'
import { endPlans } from '../refund-plans/execution.ts'
import { setAppealStatus } from './lifecycle.ts'
import type { AppealRow } from './table.ts'
import { giveUpAppeal, goOnAfterAppeal } from './windows.ts'

/** Whether a clock stands still while an appeal is open. The windows of the contested decision do so as well, by `waitForAppeal`. */
export const waitsForAppeal = (deadline: DeadlineRow): boolean => standsStillIn(deadline, 'under_appeal')

export const tellAppeal = (
  d: Decision,
  appeal: AppealRow,
  from: AppealState | null,
  happening: Telling<Exclude<EventTypeOf<'appeal'>, EventTypeOf<'complaint'>>>,
): void => {
  d.tell({ ...happening, resourceId: appeal.id, from, to: appeal.status })
}

/** Ends an appeal. @returns the state it was in */
export const endAppeal = (d: Decision, appeal: AppealRow, to: AppealState): AppealState => {
  const from = appeal.status
  setAppealStatus(appeal, to)
  appeal.decided_at = d.now
  endClocks(d, to === 'withdrawn' || to === 'undecided' ? 'cancelled' : 'met', {
    kinds: ['appeal_decision', 'last_resort'],
    subjectId: appeal.id,
  })
  return from
}

/** The decision stands: the case goes back to where it was, and what waited goes on. */
const goBackAfterAppeal = (d: Decision, appeal: AppealRow): void => {
  moveComplaint(d, appeal.returns_to)
  for (const clock of d.file.deadlines) if (waitsForAppeal(clock)) resumeClock(d, clock)
  goOnAfterAppeal(d, appeal.decision_id)
  closeRecovered(d)
}

/** Where the last step was reported while the appeal was open, the case is resolved only now. */
const resolveIfExecutedMeanwhile = (d: Decision, appeal: AppealRow): void => {
  const { complaint, deadlines } = d.file
  const resting = deadlines.some((x) => isOpen(x) && x.kind === 'auto_close')
  if (appeal.returns_to === 'resolved' && !resting && complaint.current_plan_id !== null)
    resolveAfterExecution(d, complaint.current_plan_id)
  endPlans(d)
}

/** The final state of an appeal that changed nothing, by the event that tells it. */
const unchanging = { appeal_denied: 'denied', appeal_undecided: 'undecided', appeal_withdrawn: 'withdrawn' } as const

/** An appeal ends and the decision stands as before. */
export const endAppealUnchanged = (d: Decision, appeal: AppealRow, happening: Telling<keyof typeof unchanging>): void => {
  const to = unchanging[happening.type]
  const from = endAppeal(d, appeal, to)
  goBackAfterAppeal(d, appeal)
  // final for the appellant: its windows on other decisions of this case end, too
  if (to !== 'withdrawn') giveUpAppeal(d, appeal.appellant_side)
  tellAppeal(d, appeal, from, happening)
  resolveIfExecutedMeanwhile(d, appeal)
}

/** The decision stands for good, so the appellant is told where else it can turn. @returns the data of the event */
export const noteOutsideRoutes = (d: Decision, appeal: AppealRow): DataOf<'appeal_undecided'> => {
  appeal.outside_routes = [...d.policy.outside_routes]
  return { outside_routes: appeal.outside_routes, case_to: appeal.returns_to }
}
