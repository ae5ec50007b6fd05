/**
 * Appeal windows: for how long each party may contest which decision. A window is a clock of kind `appeal_window` whose subject is the
 * decision. The complaint keeps the decisions that stand; when the case is taken up again, none stands any longer.
 */

import type { Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ContestableDecision } from '../complaints/table.ts'
import { endClock, endClocks, pauseClock, resumeClock, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'

/** The latest decision that this side may contest now. */
export const contestableNow = (file: CaseFile, side: PartySide, now: Time): ContestableDecision | undefined => {
  const { decisions } = file.complaint
  return decisions.findLast((decision) =>
    file.deadlines.some(
      (x) =>
        x.kind === 'appeal_window' &&
        x.subject_id === decision.id &&
        x.party === side &&
        x.status === 'running' &&
        x.due_at > now,
    ),
  )
}

/** Whether this side accepted the plan that a decision rests on. It may then contest only that the plan was not executed. */
export const agreedTo = (file: CaseFile, planId: string | null, side: PartySide): boolean =>
  file.plans.some((plan) => plan.id === planId && plan.confirmations[side].status === 'accepted')

/** The sides that can appeal at all: never the platform. */
export const appellants = (file: CaseFile): PartySide[] =>
  file.complaint.respondent_role === 'platform' ? ['complainant'] : ['complainant', 'respondent']

/** Whether an appeal of this side against a decision that stands was denied or ended undecided. The side may not appeal again. */
const isFinalFor = (file: CaseFile, side: PartySide): boolean =>
  file.appeals.some(
    (appeal) =>
      (appeal.status === 'denied' || appeal.status === 'undecided') &&
      appeal.appellant_side === side &&
      file.complaint.decisions.some((decision) => decision.id === appeal.decision_id),
  )

/** Records a decision that can be contested, and opens its windows. */
export const openWindows = (
  d: Decision,
  kind: ContestableDecision['kind'],
  planId: string | null,
  sides: readonly PartySide[] = appellants(d.file),
): void => {
  const open = sides.filter((side) => !isFinalFor(d.file, side))
  const decision: ContestableDecision = {
    id: newId(),
    kind,
    plan_id: planId,
    decided_at: d.now,
    by: d.actor.role === 'system' ? null : actorName(d.actor),
    evidence_count: d.file.complaint.evidence_count,
  }
  d.file.complaint.decisions.push(decision)
  for (const party of open) startClock(d, 'appeal_window', { party, subjectId: decision.id })
}

/** The second window of an imposed or deemed plan, at the moment it has been carried out. */
export const openWindowsAgain = (d: Decision, planId: string): void => {
  const decision = d.file.complaint.decisions.find((x) => x.plan_id === planId && x.kind !== 'closed')
  if (!decision) return
  endClocks(d, 'cancelled', { kinds: ['appeal_window'], subjectId: decision.id }, 'window_opened_afresh')
  for (const party of appellants(d.file)) {
    const used = d.file.appeals.some((x) => x.decision_id === decision.id && x.appellant_side === party)
    if (!used && !isFinalFor(d.file, party)) startClock(d, 'appeal_window', { party, subjectId: decision.id })
  }
}

/** The case is taken up again: no decision stands any longer. */
export const setDecisionsAside = (d: Decision): void => {
  endClocks(d, 'cancelled', { kinds: ['appeal_window'] }, 'decision_set_aside')
  d.file.complaint.decisions = []
}

/** Ends all windows of a side: it has confirmed the outcome or withdrawn the complaint, or its appeal was denied or ended undecided. */
export const giveUpAppeal = (d: Decision, side: PartySide): void => {
  endClocks(d, 'cancelled', { kinds: ['appeal_window'], party: side })
}

/** While one party appeals a decision, the other's time to do so stands still; the appellant has used its own. */
export const waitForAppeal = (d: Decision, decisionId: string, appellant: PartySide): void => {
  for (const window of d.file.deadlines.filter((x) => isOpen(x) && x.kind === 'appeal_window' && x.subject_id === decisionId)) {
    if (window.party === appellant) endClock(d, window, 'met')
    else pauseClock(d, window)
  }
}

/** The appeal is over and the decision stands: the other party's time goes on. */
export const goOnAfterAppeal = (d: Decision, decisionId: string): void => {
  for (const window of d.file.deadlines.filter((x) => x.kind === 'appeal_window' && x.subject_id === decisionId))
    resumeClock(d, window)
}
