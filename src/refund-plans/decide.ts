/** The rules of the plan's actions. Pure: a decision in, a changed case file and its events out, or a Problem. */
import { actorName, isStaff } from '../access/caller.ts'
import { openWindows } from '../appeals/windows.ts'
import { againstPlatform, confirmingSide, sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { leaveFor } from '../complaints/effects.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { endClocks, type PartySide, startClock } from '../deadlines/clocks.ts'
import { newId } from '../foundation/ids.ts'
import { type FieldError, invalidField, problem } from '../foundation/problems.ts'
import { itemValue } from '../orders/money.ts'
import type { Policy } from '../policy/policy.ts'
import {
  beginExecution,
  beginSteps,
  completeStep,
  endProposal,
  failStep,
  moneyFits,
  proposedPlan,
  supersede,
  tellPlan,
} from './effects.ts'
import type { NewPlan, PlanBodies } from './schema.ts'
import { moneyRemedies, refundRemedies } from './steps.ts'
import type { Confirmation, PlanRow, Remedy, Step } from './table.ts'

const pending = (): Confirmation => ({ status: 'pending', by: null, at: null })

const sum = (remedies: readonly Remedy[], fits: (remedy: Remedy) => boolean): number =>
  remedies.filter(fits).reduce((total, remedy) => total + (remedy.amount ?? 0), 0)

/** Shape faults that a schema cannot say well: which remedies carry an amount. */
const checkAmounts = (remedies: readonly Remedy[]): void => {
  const errors = remedies.flatMap((remedy, index): FieldError[] => {
    const pointer = `/remedies/${index}/amount`
    const money = moneyRemedies.includes(remedy.type)
    if (money && remedy.amount === undefined)
      return [{ pointer, code: 'required', detail: `${remedy.type} needs an amount in minor units` }]
    if (!money && remedy.amount !== undefined) return [{ pointer, code: 'not_allowed', detail: `${remedy.type} moves no money` }]
    return []
  })
  if (errors.length > 0) throw problem('validation_failed', 'The remedies do not fit their types.', { errors })
}

/** The currency the plan's money is in: the order's, or the one named where there is no order; null for a plan without money. */
const currencyOf = (complaint: ComplaintRow, remedies: readonly Remedy[], named: string | undefined): string | null => {
  const ordered = complaint.order_details?.currency
  if (ordered === undefined && remedies.some((remedy) => refundRemedies.includes(remedy.type))) {
    throw problem('order_needed', 'The complaint names no order, so there is nothing to refund; a compensation is possible.')
  }
  if (ordered !== undefined && named !== undefined && named !== ordered) {
    throw problem('currency_mismatch', `/currency: the order is in ${ordered}.`)
  }
  const currency = ordered ?? named ?? null
  if (currency === null && remedies.some((remedy) => moneyRemedies.includes(remedy.type))) {
    throw invalidField('/currency', 'required', 'without an order, name the currency of the amounts')
  }
  return currency
}

const checkLines = (complaint: ComplaintRow, remedies: readonly Remedy[]): void => {
  const known = complaint.order_details?.lines.map((line) => line.line_id) ?? []
  for (const [index, remedy] of remedies.entries()) {
    const unknown = remedy.line_ids?.findIndex((id) => !known.includes(id)) ?? -1
    if (unknown !== -1) {
      throw problem(
        'unknown_order_line',
        `/remedies/${index}/line_ids/${unknown}: the order has no line ${remedy.line_ids?.[unknown]}.`,
        {
          errors: [{ pointer: `/remedies/${index}/line_ids/${unknown}`, code: 'unknown', detail: 'no such line in the order' }],
        },
      )
    }
  }
}

/** Freight follows fault. The parties may agree otherwise between themselves; the platform may not. */
const checkFreight = (complaint: ComplaintRow, remedies: readonly Remedy[]): void => {
  if (complaint.liability === null) return
  const buyersFault = complaint.liability.shares.every((share) => share.party === 'buyer')
  const buyerBlameless = complaint.liability.shares.every((share) => share.party !== 'buyer')
  for (const [index, remedy] of remedies.entries()) {
    const payer = remedy.freight_payer
    if (payer === undefined) continue
    if ((payer === 'buyer' && buyerBlameless) || (payer !== 'buyer' && buyersFault)) {
      throw problem('freight_follows_fault', `/remedies/${index}/freight_payer: ${payer} is not at fault here.`)
    }
  }
}

/** Staff plans above the approval amount, or with compensations above the cap, need a supervisor. Exact in integers. */
const needsApproval = (
  complaint: ComplaintRow,
  plan: Pick<PlanRow, 'remedies' | 'refund_amount' | 'compensation_amount' | 'currency'>,
  policy: Policy,
) => {
  const total = plan.refund_amount + plan.compensation_amount
  if (total > 0 && total > (policy.approval_amounts[plan.currency ?? ''] ?? -1)) return true
  if (plan.compensation_amount === 0) return false
  const named = plan.remedies.flatMap((remedy) => remedy.line_ids ?? [])
  const value = complaint.order_details ? itemValue(complaint.order_details, named.length > 0 ? named : undefined) : 0n
  return BigInt(plan.compensation_amount) * 100n > value * BigInt(policy.compensation_cap_percent)
}

/** Writes a new plan into the file. Refuses what no approval could lift; what is merely large is marked for approval. */
const draftPlan = (d: Decision, body: NewPlan, supersedes: string | null): PlanRow => {
  const { complaint, order, plans } = d.file
  const remedies = body.remedies as Remedy[]
  checkAmounts(remedies)
  const currency = currencyOf(complaint, remedies, body.currency)
  checkLines(complaint, remedies)
  const side = sideOf(complaint, d.actor)
  if (side === 'platform') checkFreight(complaint, remedies)
  const refund = sum(remedies, (remedy) => refundRemedies.includes(remedy.type))
  const compensation = sum(remedies, (remedy) => remedy.type === 'compensation')
  const empty = order && { ...order, refund_in_force: 0, compensation_in_force: 0 }
  const plan: PlanRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    version_number: plans.length + 1,
    supersedes,
    status: 'draft',
    author_role: d.actor.role,
    author_id: d.actor.id,
    author_side: side,
    currency,
    remedies,
    refund_amount: refund,
    compensation_amount: compensation,
    refund_in_force: 0,
    compensation_in_force: 0,
    reason: body.reason,
    needs_approval: false,
    approved_by: null,
    imposition: null,
    confirmations: { complainant: pending(), respondent: pending() },
    steps: [],
    end_reason: null,
    proposed_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  if (!Number.isSafeInteger(refund + compensation)) throw invalidField('/remedies', 'maximum', 'the amounts add up beyond 2^53-1')
  if (empty && !fitsAlone(empty, refund, compensation)) throw totalExceeded(plan)
  plan.needs_approval = side === 'platform' && needsApproval(complaint, plan, d.policy)
  plans.push(plan)
  if (side === 'platform') d.tookPart()
  return plan
}

/** Even with nothing else in force, would this plan break the bounds of the order? */
const fitsAlone = (order: { paid_amount: number; compensation_limit: number }, refund: number, compensation: number): boolean =>
  refund <= order.paid_amount && refund + compensation <= order.paid_amount + order.compensation_limit

const totalExceeded = (plan: PlanRow) =>
  problem(
    'order_total_exceeded',
    `The plan moves ${plan.refund_amount} as refund and ${plan.compensation_amount} as compensation (${plan.currency}, minor units); with what is already in force for this order that is more than it holds.`,
  )

const confirmAs = (
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

/** A word of the respondent meets its clock, whatever the word is. */
const respondentHasSpoken = (d: Decision, side: PartySide | null): void => {
  if (side === 'respondent') endClocks(d, 'met', { kinds: ['respondent_response'] })
}

const complainantHasSpoken = (d: Decision, side: PartySide | null): void => {
  if (side === 'complainant') d.file.complaint.silent_expiries = 0
}

/** Puts a plan on the table; the caller has taken the open one away. */
const putOnTable = (d: Decision, plan: PlanRow): void => {
  const { complaint } = d.file
  const from = plan.status
  plan.status = 'proposed'
  plan.proposed_at = d.now
  plan.confirmations = { complainant: pending(), respondent: pending() }
  // an offer is its author's word, whoever puts it forward
  if (plan.author_side !== 'platform') confirmAs(d, plan, plan.author_side, 'accepted', `${plan.author_role}:${plan.author_id}`)
  // what staff put forward against the platform itself is the platform's word
  if (againstPlatform(complaint) && isStaff(d.actor.role)) confirmAs(d, plan, 'respondent', 'accepted')
  complaint.current_plan_id = plan.id
  complaint.liability_disclosed = complaint.liability !== null
  const speaker = plan.author_side === 'platform' ? null : plan.author_side
  respondentHasSpoken(d, speaker)
  complainantHasSpoken(d, speaker)
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
  const fromPlatform = plan.author_side === 'platform'
  for (const side of ['complainant', 'respondent'] as const) {
    if (plan.confirmations[side].status !== 'pending') continue
    const onSilence = fromPlatform && side === 'respondent' ? 'deem_accepted' : 'expire_and_escalate'
    startClock(d, 'confirmation', { party: side, subjectId: plan.id, onSilence })
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
  const side = confirmingSide(d.file.complaint, d.actor)
  if (side === null) throw problem('forbidden', 'Only the two sides accept a plan.')
  confirmAs(d, plan, side, 'accepted')
  endClocks(d, 'met', { kinds: ['confirmation'], subjectId: plan.id, party: side })
  respondentHasSpoken(d, side)
  complainantHasSpoken(d, side)
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
  const side = confirmingSide(d.file.complaint, d.actor)
  if (side === null) throw problem('forbidden', 'Only the two sides decline a plan.')
  confirmAs(d, plan, side, 'declined')
  endClocks(d, 'met', { kinds: ['confirmation'], subjectId: plan.id, party: side })
  respondentHasSpoken(d, side)
  complainantHasSpoken(d, side)
  endProposal(d, plan, 'declined', body.reason)
}

const counter = (d: Decision, plan: PlanRow, body: PlanBodies['counter']): void => {
  const side = confirmingSide(d.file.complaint, d.actor)
  if (side === null) throw problem('forbidden', 'Only the two sides answer a plan with another.')
  endClocks(d, 'met', { kinds: ['confirmation'], subjectId: plan.id, party: side })
  respondentHasSpoken(d, side)
  complainantHasSpoken(d, side)
  const next = draftPlan(d, body, plan.id)
  // whoever answers speaks for its side, also where staff answer for the platform
  next.author_side = side
  if (next.needs_approval)
    throw problem('approval_needed', 'This answer needs a supervisor’s approval: create it as a plan and submit that.')
  supersede(d, plan, 'plan_countered', body.reason)
  putOnTable(d, next)
}

const impose = (d: Decision, plan: PlanRow, body: PlanBodies['impose']): void => {
  if (!moneyFits(d, plan)) throw totalExceeded(plan)
  const from = plan.status
  const open = proposedPlan(d)
  if (open && open.id !== plan.id) supersede(d, open, 'plan_superseded')
  plan.imposition = { by: actorName(d.actor), reasons: body.reasons }
  plan.end_reason = null
  beginExecution(d, plan, 'upheld')
  openWindows(d, 'imposed', plan.id)
  d.tookPart()
  tellPlan(d, 'plan_imposed', plan, from, { data: { reasons: body.reasons } })
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
    d.tookPart()
    tellPlan(d, 'plan_approved', plan, 'in_review')
  },
  send_back: (d, plan, body) => {
    plan.status = 'draft'
    tellPlan(d, 'plan_sent_back', plan, 'in_review', { reason: body.reason })
  },
  propose,
  accept,
  decline,
  counter,
  impose,
  cancel: (d, plan, body) => endProposal(d, plan, 'cancelled', body.reason),
}

export const decideNewPlan = (d: Decision, body: NewPlan): PlanRow => {
  const plan = draftPlan(d, body, null)
  tellPlan(d, 'plan_created', plan, null, { data: { version_number: plan.version_number, needs_approval: plan.needs_approval } })
  return plan
}

/** The respondent agrees: what the complainant wanted becomes the respondent's own proposal. */
export const proposeWhatIsWanted = (d: Decision, statement: string | undefined): void => {
  const { wanted, order_details: order } = d.file.complaint
  const type = wanted?.remedy
  if (type === undefined) throw problem('plan_needed', 'The complainant named no remedy; create and propose a plan instead.')
  const money = moneyRemedies.includes(type)
  if (money && !wanted?.amount) {
    throw problem('plan_needed', `The complainant wants ${type} but named no amount; create and propose a plan instead.`)
  }
  if (type === 'compensation' && !order && wanted?.currency === undefined) {
    throw problem('plan_needed', 'The complainant named an amount in no currency; create and propose a plan instead.')
  }
  const remedy: Remedy = money ? { type, amount: wanted?.amount as number } : { type }
  const body: NewPlan = { remedies: [remedy], reason: statement ?? 'agreed' }
  if (wanted?.currency !== undefined && money) body.currency = wanted.currency
  const plan = draftPlan(d, body, null)
  putOnTable(d, plan)
}

/** What a completed step has to tell, by its kind. */
const checkStepData = (step: Step, body: { tracking_number?: string; passed?: boolean }): void => {
  if (step.kind === 'return_shipment' && body.tracking_number === undefined) {
    throw invalidField('/tracking_number', 'required', 'a return shipment is reported with its tracking number')
  }
  if (step.kind === 'inspection' && body.passed === undefined) {
    throw invalidField('/passed', 'required', 'say whether the returned goods passed the inspection')
  }
}

const withoutNote = ({ note: _, ...data }: { note?: string } & Record<string, unknown>): Record<string, unknown> => data

/** A step reported as done or as impossible. An inspection that was not passed has failed. */
export const decideStep = {
  complete_step: (
    d: Decision,
    plan: PlanRow,
    step: Step,
    body: { note?: string; tracking_number?: string; passed?: boolean; reason?: string },
  ): void => {
    checkStepData(step, body)
    if (step.kind === 'inspection' && body.passed === false)
      failStep(d, plan, step, body.reason ?? 'inspection_not_passed', withoutNote(body))
    else completeStep(d, plan, step, withoutNote(body))
  },
  fail_step: (d: Decision, plan: PlanRow, step: Step, body: { note?: string; reason: string }): void =>
    failStep(d, plan, step, body.reason, withoutNote(body)),
}
