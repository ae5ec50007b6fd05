/** The rules of the plan's actions. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { actorName } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { problem } from '../../words/problems.ts'
import { openWindows } from '../appeals/windows.ts'
import { confirmingSide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { deviationData, deviationOf, impositionContradicts } from '../complaints/deviations.ts'
import { waiverData, waivesSeparation } from '../complaints/last-resort.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { agreedByBoth, confirmAs, noteAnswerOf, putOnTable } from './agreeing.ts'
import { draftPlan, refuseDamages } from './draft.ts'
import { checkObstacles } from './effect.ts'
import { beginExecution, endProposal, proposedPlan, supersede } from './effects.ts'
import { beginSteps } from './execution.ts'
import { approvalSeparations, impositionSeparations, setPlanStatus } from './lifecycle.ts'
import type { NewPlan, PlanBodies } from './schema.ts'
import type { PlanRow } from './table.ts'
import { tellPlan } from './tell.ts'
import { type MissingInWish, wishOf } from './wish.ts'

/** The side for which the actor answers a proposal; its clocks are met by the answer. */
const answerForSide = (d: Decision, plan: PlanRow): PartySide => {
  const side = confirmingSide(d.file.complaint, d.actor)
  if (side === null) throw problem('forbidden', 'Only the two sides answer a proposal.')
  endClocks(d, 'met', { kinds: ['confirmation'], subjectId: plan.id, party: side })
  noteAnswerOf(d, side)
  return side
}

const propose = (d: Decision, plan: PlanRow): void => {
  checkObstacles(d, plan)
  const open = proposedPlan(d)
  if (open) supersede(d, open, { type: 'plan_superseded' })
  if (open) plan.supersedes = open.id
  putOnTable(d, plan)
}

const accept = (d: Decision, plan: PlanRow): void => {
  const side = answerForSide(d, plan)
  confirmAs(d, plan, side, 'accepted')
  const both = agreedByBoth(plan)
  if (both) checkObstacles(d, plan)
  if (both) beginExecution(d, plan, 'settled')
  tellPlan(d, plan, 'proposed', { type: 'plan_accepted', data: { side } })
  if (both) beginSteps(d, plan)
}

const decline = (d: Decision, plan: PlanRow, body: PlanBodies['decline']): void => {
  confirmAs(d, plan, answerForSide(d, plan), 'declined')
  endProposal(d, plan, { type: 'plan_declined', reasonCode: 'declined', data: { explanation: body.explanation } })
}

const counter = (d: Decision, plan: PlanRow, body: PlanBodies['counter']): void => {
  const side = answerForSide(d, plan)
  refuseDamages(body.remedies)
  const next = draftPlan(d, body, plan.id)
  // the counter-offer is that of the side that answers, also where staff answer for the platform
  next.author_side = side
  if (next.needs_approval)
    throw problem('approval_needed', 'This answer needs a supervisor’s approval: create it as a plan and submit that.')
  supersede(d, plan, { type: 'plan_countered', data: { explanation: body.explanation } })
  putOnTable(d, next)
}

const impose = (d: Decision, plan: PlanRow, body: PlanBodies['impose']): void => {
  const because = impositionContradicts(d.file.complaint, plan.remedies) && 'The complainant alone was found at fault'
  const deviation = deviationOf(d, because, body.deviation)
  checkObstacles(d, plan, { imposed: true })
  const from = plan.status
  const open = proposedPlan(d)
  if (open && open.id !== plan.id) supersede(d, open, { type: 'plan_superseded' })
  const waived = waivesSeparation(d, impositionSeparations, { plan })
  plan.imposition = { by: actorName(d.actor), explanation: body.explanation, deviation, separation_waived: waived }
  plan.end_reason_code = null
  plan.end_explanation = null
  beginExecution(d, plan, 'upheld')
  openWindows(d, 'imposed', plan.id)
  d.tookPart()
  tellPlan(d, plan, from, {
    type: 'plan_imposed',
    data: { explanation: body.explanation, ...deviationData(deviation), ...waiverData(waived) },
  })
  beginSteps(d, plan)
}

/** One rule per action on a plan; the lifecycle table has already said that this actor may take it now. */
export const decidePlan: {
  [Action in keyof PlanBodies]: (d: Decision, plan: PlanRow, body: PlanBodies[Action]) => void
} = {
  submit: (d, plan) => {
    setPlanStatus(plan, 'in_review')
    tellPlan(d, plan, 'draft', { type: 'plan_submitted' })
  },
  approve: (d, plan) => {
    setPlanStatus(plan, 'approved')
    plan.approved_by = actorName(d.actor)
    plan.approval_separation_waived = waivesSeparation(d, approvalSeparations, { plan })
    d.tookPart()
    tellPlan(d, plan, 'in_review', { type: 'plan_approved', data: waiverData(plan.approval_separation_waived) })
  },
  send_back: (d, plan, body) => {
    setPlanStatus(plan, 'draft')
    tellPlan(d, plan, 'in_review', { type: 'plan_sent_back', data: { explanation: body.explanation } })
  },
  propose,
  accept,
  decline,
  counter,
  impose,
  cancel: (d, plan, body) =>
    endProposal(d, plan, { type: 'plan_cancelled', reasonCode: 'cancelled', data: { explanation: body.explanation } }),
}

export const decideNewPlan = (d: Decision, body: NewPlan): PlanRow => {
  const plan = draftPlan(d, body, null)
  tellPlan(d, plan, null, {
    type: 'plan_created',
    data: { version_number: plan.version_number, needs_approval: plan.needs_approval },
  })
  return plan
}

const saysMissing: Readonly<Record<MissingInWish, string>> = {
  nothing_wanted: 'The complainant named no remedy',
  no_amount: 'The complainant wants money but named no amount',
  no_currency: 'The complainant named an amount in no currency',
}

/** The respondent agrees: what the complainant wanted becomes the respondent's own proposal. */
export const proposeWhatIsWanted = (d: Decision, statement: string | undefined): void => {
  const wish = wishOf(d.file.complaint)
  if (typeof wish === 'string') throw problem('plan_needed', `${saysMissing[wish]}; create and propose a plan instead.`)
  putOnTable(d, draftPlan(d, { ...wish, explanation: statement ?? 'agreed' }, null))
}
