/** How a plan comes before both sides and how they agree to it, as the building blocks of whoever decides that: a person, or silence. Pure. */
import { actorName, isStaff } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { openWindows } from '../appeals/windows.ts'
import { againstPlatform } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { leaveFor } from '../complaints/effects.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { nobodyConfirmed, totalExceeded } from './draft.ts'
import { beginExecution, beginSteps, moneyFits, tellPlan } from './effects.ts'
import { setPlanStatus } from './lifecycle.ts'
import type { Confirmation, PlanRow } from './table.ts'

export const confirmAs = (
  d: Decision,
  plan: PlanRow,
  side: PartySide,
  status: Confirmation['status'],
  by: string | null = actorName(d.actor),
): void => {
  plan.confirmations[side] = { status, by, at: d.now }
}

export const agreedByBoth = (plan: PlanRow): boolean =>
  Object.values(plan.confirmations).every((x) => x.status === 'accepted' || x.status === 'deemed_accepted')

/** A word of the respondent meets its clock, whatever the word is; one of the complainant ends its silence. */
export const hasSpoken = (d: Decision, side: PartySide): void => {
  if (side === 'respondent') endClocks(d, 'met', { kinds: ['respondent_response'] })
  else d.file.complaint.silent_expiries = 0
}

/** Puts a plan on the table; the caller has taken the open one away. */
export const putOnTable = (d: Decision, plan: PlanRow): void => {
  const { complaint } = d.file
  const from = plan.status
  setPlanStatus(plan, 'proposed')
  plan.proposed_at = d.now
  plan.confirmations = nobodyConfirmed()
  // an offer is its author's word, whoever puts it forward
  if (plan.author_side !== 'platform') confirmAs(d, plan, plan.author_side, 'accepted', `${plan.author_role}:${plan.author_id}`)
  // what staff put forward against the platform itself is the platform's word
  if (againstPlatform(complaint) && isStaff(d.actor.role)) confirmAs(d, plan, 'respondent', 'accepted')
  complaint.current_plan_id = plan.id
  complaint.liability_disclosed = complaint.liability !== null
  if (plan.author_side !== 'platform') hasSpoken(d, plan.author_side)
  if (isStaff(d.actor.role)) endClocks(d, 'met', { kinds: ['intervention'] })
  leaveFor(d, 'awaiting_confirmation')
  tellPlan(d, plan, from, {
    type: 'plan_proposed',
    data: {
      version_number: plan.version_number,
      refund_amount: plan.refund_amount,
      compensation_amount: plan.compensation_amount,
    },
  })
  if (agreedByBoth(plan)) {
    execute(d, plan)
    return
  }
  for (const side of ['complainant', 'respondent'] as const) {
    if (plan.confirmations[side].status !== 'pending') continue
    startClock(d, 'confirmation', { party: side, subjectId: plan.id })
  }
}

const execute = (d: Decision, plan: PlanRow): void => {
  if (!moneyFits(d, plan)) throw totalExceeded(plan)
  beginExecution(d, plan, 'settled')
  beginSteps(d, plan)
}

/** The respondent's silence on a plan of the platform that the complainant has accepted. False when the order's money is in the way. */
export const deemAccepted = (d: Decision, plan: PlanRow): boolean => {
  if (!moneyFits(d, plan)) return false
  confirmAs(d, plan, 'respondent', 'deemed_accepted', null)
  beginExecution(d, plan, 'settled')
  openWindows(d, 'deemed_accepted', plan.id)
  tellPlan(d, plan, 'proposed', { type: 'plan_accepted', data: { side: 'respondent', deemed: true } })
  beginSteps(d, plan)
  return true
}
