/** A side does not answer a proposed plan: when its silence is judged, whether together with the other side's, and what follows. */

import type { Time } from '../../foundation/clock.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { closeComplaint } from '../complaints/closing.ts'
import { escalateComplaint } from '../complaints/effects.ts'
import { endClock, endClocks } from '../deadlines/clocks.ts'
import { isHeard } from '../deadlines/due.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { deemAccepted } from '../refund-plans/agreeing.ts'
import { endProposal } from '../refund-plans/effects.ts'
import type { PlanRow } from '../refund-plans/table.ts'

/** The plan that a clock is about. */
export const planOf = (d: Decision, deadline: DeadlineRow) => d.file.plans.find((plan) => plan.id === deadline.subject_id)

/** Whether a clock is a running `confirmation` of this plan, of either side. */
const isOnPlan = (deadline: DeadlineRow, planId: string): boolean =>
  deadline.kind === 'confirmation' && deadline.subject_id === planId && deadline.status === 'running'

/** Whether words of a side hold its `confirmation` of this plan. Such a side is not silent. */
const isHeldOnPlan = (deadline: DeadlineRow, planId: string): boolean =>
  deadline.kind === 'confirmation' && deadline.subject_id === planId && isHeard(deadline)

/** Whether silence on this clock only reminds or escalates, so that the plan still waits for an answer. */
const leadsOn = ({ on_silence }: DeadlineRow): boolean => on_silence === 'remind' || on_silence === 'escalate'

/** The sides that have not answered a plan and have no time left to. */
export const silentSides = (d: Decision, plan: PlanRow, missed: DeadlineRow): PartySide[] => {
  const stillHasTime = (side: PartySide): boolean =>
    d.file.deadlines.some(
      (x) =>
        x !== missed &&
        x.party === side &&
        (isHeldOnPlan(x, plan.id) || (isOnPlan(x, plan.id) && (x.due_at > d.now || leadsOn(x)))),
    )
  return (['complainant', 'respondent'] as const).filter(
    (side) => plan.confirmations[side].status === 'pending' && !stillHasTime(side),
  )
}

/** A side did not answer a proposal. Where the other side is due by now as well, both are judged together. */
export const confirmationMissed = (d: Decision, deadline: DeadlineRow): void => {
  const { complaint } = d.file
  const plan = planOf(d, deadline)
  if (plan?.status !== 'proposed') return
  const silent = silentSides(d, plan, deadline)
  for (const other of d.file.deadlines) {
    if (other !== deadline && isOnPlan(other, plan.id) && other.due_at <= d.now && !leadsOn(other)) endClock(d, other, 'missed')
  }
  endClocks(d, 'cancelled', { kinds: ['confirmation'], subjectId: plan.id })
  const complainantSpoke = plan.confirmations.complainant.status !== 'pending'
  if (complainantSpoke && deadline.on_silence === 'deem_accepted') {
    deadline.obstacle = deemAccepted(d, plan)
    if (deadline.obstacle === null) return
  }
  const complainantSilent = silent.includes('complainant')
  const silentBefore = complainantSpoke ? 0 : complaint.silent_expiries
  endProposal(d, plan, {
    type: 'plan_expired',
    reasonCode: complainantSilent ? 'complainant_silent' : 'respondent_silent',
  })
  complaint.silent_expiries = silentBefore + (complainantSilent ? 1 : 0)
  if (complaint.silent_expiries >= d.policy.silent_expiries_before_close) closeComplaint(d, 'no_response', { contestable: true })
  else escalateComplaint(d, 'confirmation_missed')
}

/** Until when silence that would accept a plan waits, since the other side may still answer; undefined where it need not wait. */
export const otherSideDueAt = (d: Decision, deadline: DeadlineRow): Time | undefined => {
  const plan = deadline.on_silence === 'deem_accepted' ? planOf(d, deadline) : undefined
  if (plan === undefined) return undefined
  const held = d.file.deadlines.find((x) => x !== deadline && isHeldOnPlan(x, plan.id))?.heard
  if (held?.until) return held.until
  return d.file.deadlines.find((x) => x !== deadline && isOnPlan(x, plan.id) && (x.due_at > d.now || leadsOn(x)))?.due_at
}

export const sleepUntilOtherSide = (d: Decision, deadline: DeadlineRow): boolean => {
  const until = otherSideDueAt(d, deadline)
  if (until === undefined) return false
  deadline.wakes_at = until
  return true
}
