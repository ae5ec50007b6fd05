/** How a plan is put to both sides and how they agree to it: building blocks for people's actions and for silence. Pure. */
import { actorName, isStaff } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { openWindows } from '../appeals/windows.ts'
import { againstPlatform } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { leaveFor } from '../complaints/effects.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { nobodyConfirmed } from './draft.ts'
import { checkObstacles, obstacleTo } from './effect.ts'
import { beginExecution } from './effects.ts'
import { beginSteps } from './execution.ts'
import { setPlanStatus } from './lifecycle.ts'
import type { Confirmation, PlanRow } from './table.ts'
import { tellPlan } from './tell.ts'

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

/** Any answer of the respondent meets `respondent_response`. Any answer of the complainant ends the count of `silent_expiries`. */
export const noteAnswerOf = (d: Decision, side: PartySide): void => {
  if (side === 'respondent') endClocks(d, 'met', { kinds: ['respondent_response'] })
  else d.file.complaint.silent_expiries = 0
}

/** Proposes a plan to both sides. The caller has superseded a plan that was proposed before. */
export const putOnTable = (d: Decision, plan: PlanRow): void => {
  const { complaint } = d.file
  const from = plan.status
  setPlanStatus(plan, 'proposed')
  plan.proposed_at = d.now
  plan.confirmations = nobodyConfirmed()
  // a party's own offer counts as its acceptance, also where staff propose it
  if (plan.author_side !== 'platform') confirmAs(d, plan, plan.author_side, 'accepted', `${plan.author_role}:${plan.author_id}`)
  // where the platform is the respondent, a proposal of staff counts as its acceptance
  if (againstPlatform(complaint) && isStaff(d.actor.role)) confirmAs(d, plan, 'respondent', 'accepted')
  complaint.current_plan_id = plan.id
  complaint.liability_disclosed = complaint.liability !== null
  if (plan.author_side !== 'platform') noteAnswerOf(d, plan.author_side)
  if (isStaff(d.actor.role)) endClocks(d, 'met', { kinds: ['intervention'] })
  leaveFor(d, 'awaiting_confirmation')
  tellPlan(d, plan, from, {
    type: 'plan_proposed',
    data: {
      version_number: plan.version_number,
      refund_amount: plan.refund_amount,
      compensation_amount: plan.compensation_amount,
      ...(plan.settlement_rule && { automatic: plan.settlement_rule }),
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
  checkObstacles(d, plan)
  beginExecution(d, plan, 'settled')
  beginSteps(d, plan)
}

/** Takes the respondent's silence for acceptance of a plan that the complainant accepted. @returns why it cannot take effect; null where it does */
export const deemAccepted = (d: Decision, plan: PlanRow): string | null => {
  const obstacle = obstacleTo(d, plan, { bySilence: true })
  if (obstacle) return obstacle.code
  confirmAs(d, plan, 'respondent', 'deemed_accepted', null)
  beginExecution(d, plan, 'settled')
  openWindows(d, 'deemed_accepted', plan.id)
  tellPlan(d, plan, 'proposed', { type: 'plan_accepted', data: { side: 'respondent', deemed: true } })
  beginSteps(d, plan)
  return null
}
