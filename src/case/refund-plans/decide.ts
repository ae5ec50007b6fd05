/** The rules of the plan's actions. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { actorName, isStaff } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { problem } from '../../words/problems.ts'
import { openWindows } from '../appeals/windows.ts'
import { againstPlatform, confirmingSide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { deviationOf, deviationTold, impositionContradicts } from '../complaints/deviations.ts'
import { leaveFor } from '../complaints/effects.ts'
import { waivedTold, waives } from '../complaints/last-resort.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { draftPlan, nobodyConfirmed, totalExceeded } from './draft.ts'
import { beginExecution, beginSteps, endProposal, moneyFits, proposedPlan, supersede, tellPlan } from './effects.ts'
import { approvalSeparations, impositionSeparations } from './lifecycle.ts'
import type { NewPlan, PlanBodies } from './schema.ts'
import type { Confirmation, PlanRow } from './table.ts'
import { type MissingInWish, wishOf } from './wish.ts'

export const confirmAs = (
  d: Decision,
  plan: PlanRow,
  side: PartySide,
  status: Confirmation['status'],
  by: string | null = actorName(d.actor),
): void => {
  plan.confirmations[side] = { status, by, at: d.now }
}

const agreedByBoth = (plan: PlanRow): boolean =>
  Object.values(plan.confirmations).every((x) => x.status === 'accepted' || x.status === 'deemed_accepted')

/** A word of the respondent meets its clock, whatever the word is; one of the complainant ends its silence. */
const hasSpoken = (d: Decision, side: PartySide): void => {
  if (side === 'respondent') endClocks(d, 'met', { kinds: ['respondent_response'] })
  else d.file.complaint.silent_expiries = 0
}

/** The side for which the actor answers a proposal; its clocks are met by the answer. */
const sideThatAnswers = (d: Decision, plan: PlanRow): PartySide => {
  const side = confirmingSide(d.file.complaint, d.actor)
  if (side === null) throw problem('forbidden', 'Only the two sides answer a proposal.')
  endClocks(d, 'met', { kinds: ['confirmation'], subjectId: plan.id, party: side })
  hasSpoken(d, side)
  return side
}

/** Puts a plan on the table; the caller has taken the open one away. */
export const putOnTable = (d: Decision, plan: PlanRow): void => {
  const { complaint } = d.file
  const from = plan.status
  plan.status = 'proposed'
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
  tellPlan(d, 'plan_proposed', plan, from, {
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

const propose = (d: Decision, plan: PlanRow): void => {
  const open = proposedPlan(d)
  if (open) supersede(d, open, 'plan_superseded')
  if (open) plan.supersedes = open.id
  putOnTable(d, plan)
}

const accept = (d: Decision, plan: PlanRow): void => {
  const side = sideThatAnswers(d, plan)
  confirmAs(d, plan, side, 'accepted')
  const both = agreedByBoth(plan)
  if (both && !moneyFits(d, plan)) throw totalExceeded(plan)
  if (both) beginExecution(d, plan, 'settled')
  tellPlan(d, 'plan_accepted', plan, 'proposed', { data: { side } })
  if (both) beginSteps(d, plan)
}

/** The respondent's silence on a plan of the platform that the complainant has accepted. False when the order's money is in the way. */
export const deemAccepted = (d: Decision, plan: PlanRow): boolean => {
  if (!moneyFits(d, plan)) return false
  confirmAs(d, plan, 'respondent', 'deemed_accepted', null)
  beginExecution(d, plan, 'settled')
  openWindows(d, 'deemed_accepted', plan.id)
  tellPlan(d, 'plan_accepted', plan, 'proposed', { data: { side: 'respondent', deemed: true } })
  beginSteps(d, plan)
  return true
}

const decline = (d: Decision, plan: PlanRow, body: PlanBodies['decline']): void => {
  confirmAs(d, plan, sideThatAnswers(d, plan), 'declined')
  endProposal(d, plan, 'declined', 'declined', body.explanation)
}

const counter = (d: Decision, plan: PlanRow, body: PlanBodies['counter']): void => {
  const side = sideThatAnswers(d, plan)
  const next = draftPlan(d, body, plan.id)
  // whoever answers speaks for its side, also where staff answer for the platform
  next.author_side = side
  if (next.needs_approval)
    throw problem('approval_needed', 'This answer needs a supervisor’s approval: create it as a plan and submit that.')
  supersede(d, plan, 'plan_countered', body.explanation)
  putOnTable(d, next)
}

const impose = (d: Decision, plan: PlanRow, body: PlanBodies['impose']): void => {
  const because = impositionContradicts(d.file.complaint, plan.remedies) && 'The complainant alone was found at fault'
  const deviation = deviationOf(d, because, body.deviation)
  if (!moneyFits(d, plan)) throw totalExceeded(plan)
  const from = plan.status
  const open = proposedPlan(d)
  if (open && open.id !== plan.id) supersede(d, open, 'plan_superseded')
  const waived = waives(d, impositionSeparations, { plan })
  plan.imposition = { by: actorName(d.actor), explanation: body.explanation, deviation, separation_waived: waived }
  plan.end_reason_code = null
  plan.end_explanation = null
  beginExecution(d, plan, 'upheld')
  openWindows(d, 'imposed', plan.id)
  d.tookPart()
  tellPlan(d, 'plan_imposed', plan, from, {
    data: { explanation: body.explanation, ...deviationTold(deviation), ...waivedTold(waived) },
  })
  beginSteps(d, plan)
}

/** One rule per action on a plan; the lifecycle table has already said that this actor may take it now. */
export const decidePlan: {
  [Action in keyof PlanBodies]: (d: Decision, plan: PlanRow, body: PlanBodies[Action]) => void
} = {
  submit: (d, plan) => {
    plan.status = 'in_review'
    tellPlan(d, 'plan_submitted', plan, 'draft')
  },
  approve: (d, plan) => {
    plan.status = 'approved'
    plan.approved_by = actorName(d.actor)
    plan.approval_separation_waived = waives(d, approvalSeparations, { plan })
    d.tookPart()
    tellPlan(d, 'plan_approved', plan, 'in_review', { data: waivedTold(plan.approval_separation_waived) })
  },
  send_back: (d, plan, body) => {
    plan.status = 'draft'
    tellPlan(d, 'plan_sent_back', plan, 'in_review', { data: { explanation: body.explanation } })
  },
  propose,
  accept,
  decline,
  counter,
  impose,
  cancel: (d, plan, body) => endProposal(d, plan, 'cancelled', 'cancelled', body.explanation),
}

export const decideNewPlan = (d: Decision, body: NewPlan): PlanRow => {
  const plan = draftPlan(d, body, null)
  tellPlan(d, 'plan_created', plan, null, { data: { version_number: plan.version_number, needs_approval: plan.needs_approval } })
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
