/** The rules of the complaint's actions. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { normaliseTime } from '../../foundation/clock.ts'
import { type Actor, actorName } from '../../platform/access/caller.ts'
import { isNameOf, splitName } from '../../platform/access/people.ts'
import type { Category } from '../../words/complaints.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { giveUpAppeal, openWindows, setDecisionsAside } from '../appeals/windows.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { isPersonOfParty, sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { answer, unansweredSides } from '../deadlines/heard.ts'
import { standsStillIn } from '../deadlines/lives.ts'
import type { Viewer } from '../decisions/available.ts'
import { proposeWhatIsWanted } from '../refund-plans/decide.ts'
import { cancelLivePlans } from '../refund-plans/effects.ts'
import { confirmRisk, lowersCritical, setRisk } from '../risk/settle.ts'
import { applySettlementRules } from '../settlement-rules/decide.ts'
import { missBeforePause } from '../silence/before-wait.ts'
import { chooseCategory, isCategoryGiven } from '../understanding/choice.ts'
import type { ActionBodies } from './action-schema.ts'
import { fileChallenge, judgeChallenge, standDown } from './challenges.ts'
import { closeComplaint } from './closing.ts'
import { dismissalSeparations } from './deciders.ts'
import { deviationData, deviationOf, dismissalContradicts } from './deviations.ts'
import { escalateComplaint, goBack, leaveFor, moveComplaint, resumeComplaint, startResolution } from './effects.ts'
import type { ComplaintPatch } from './filing-schema.ts'
import { waiverData, waivesSeparation } from './last-resort.ts'
import { stateAfterAcceptance } from './lifecycle.ts'
import { isRecused } from './recusals.ts'

/** Reads `agent:alice` as an owner or reviewer. @throws Problem `separation_of_duties` where that person is a party or out of the case */
export const namedStaff = (d: Decision, name: string): Actor => {
  const { role, id } = splitName(name) as Actor
  if (isPersonOfParty(d.file.complaint, id)) {
    throw problem('separation_of_duties', `${name} is a party of this case and can do nothing else in it.`)
  }
  if (isRecused(d.file, id))
    throw problem('separation_of_duties', `${name} stood down or was replaced in this case; name somebody else.`)
  return { role, id }
}

const reject = (d: Decision, body: ActionBodies['reject']): void => {
  const { complaint } = d.file
  const from = complaint.status
  complaint.rejection = { reason_code: body.reason_code, explanation: body.explanation }
  complaint.duplicate_of = body.duplicate_of ?? null
  complaint.outcome = 'rejected'
  complaint.returns_to = null
  endClocks(d, 'met', { kinds: ['first_response'] })
  cancelLivePlans(d, 'case_rejected')
  moveComplaint(d, 'rejected')
  startClock(d, 'auto_close', { party: 'complainant' })
  openWindows(d, 'rejected', null)
  d.tookPart()
  d.tell({
    type: 'complaint_rejected',
    from,
    to: 'rejected',
    reasonCode: body.reason_code,
    data: { explanation: body.explanation },
  })
}

const requestInformation = (d: Decision, body: ActionBodies['request_information']): void => {
  const { complaint } = d.file
  missBeforePause(d, (deadline) => standsStillIn(deadline, 'awaiting_information'))
  const from = complaint.status
  complaint.information_request = { items: body.items, requested_at: d.now }
  endClocks(d, 'met', { kinds: ['first_response'] })
  leaveFor(d, 'awaiting_information')
  startClock(d, 'information', { party: 'complainant' })
  d.tell({ type: 'information_requested', from, to: complaint.status, data: { items: body.items } })
}

const provideInformation = (d: Decision, body: ActionBodies['provide_information']): void => {
  const { complaint } = d.file
  const from = complaint.status
  endClocks(d, 'met', { kinds: ['information'] })
  goBack(d)
  if (complaint.status === 'submitted') startClock(d, 'first_response', { party: 'platform' })
  d.tell({ type: 'information_provided', from, to: complaint.status, data: { statement: body.statement } })
}

const respond = (d: Decision, body: ActionBodies['respond']): void => {
  const { complaint } = d.file
  const from = complaint.status
  if (body.position === 'dispute' && body.statement === undefined) {
    throw invalidField('/statement', 'required', 'say why the complaint is disputed')
  }
  endClocks(d, 'met', { kinds: ['respondent_response'] })
  d.tell({
    type: 'respondent_answered',
    from,
    to: body.position === 'agree' ? 'awaiting_confirmation' : from,
    reasonCode: body.position,
    data: body.statement === undefined ? {} : { statement: body.statement },
  })
  if (body.position === 'agree') proposeWhatIsWanted(d, body.statement)
}

const determineLiability = (d: Decision, body: ActionBodies['determine_liability']): void => {
  const { complaint } = d.file
  const total = body.shares.reduce((sum, share) => sum + share.percent, 0)
  if (total !== 100) throw problem('shares_not_100', `The shares add up to ${total} percent; they must make 100.`)
  const parties = body.shares.map((share) => share.party)
  const twice = parties.findIndex((party, index) => parties.indexOf(party) !== index)
  if (twice !== -1) throw invalidField(`/shares/${twice}/party`, 'duplicate', 'each party has one share')
  complaint.liability = {
    shares: body.shares,
    reason_code: body.reason_code,
    root_cause: body.root_cause,
    explanation: body.explanation,
    rule: body.rule ?? null,
    determined_by: actorName(d.actor),
    determined_at: d.now,
  }
  complaint.liability_disclosed = false
  endClocks(d, 'met', { kinds: ['intervention'] })
  d.tookPart()
  d.tell({ type: 'liability_determined', reasonCode: body.reason_code, data: { shares: body.shares } })
}

const dismiss = (d: Decision, body: ActionBodies['dismiss']): void => {
  const { complaint } = d.file
  const because = dismissalContradicts(complaint) && 'The respondent was found at fault'
  const deviation = deviationOf(d, because, body.deviation)
  const waived = waivesSeparation(d, dismissalSeparations)
  complaint.dismissal = { explanation: body.explanation, deviation, separation_waived: waived }
  complaint.outcome = 'not_upheld'
  complaint.liability_disclosed = true
  cancelLivePlans(d, 'case_dismissed')
  moveComplaint(d, 'resolved')
  startClock(d, 'auto_close', { party: 'complainant' })
  openWindows(d, 'dismissed', null, ['complainant'])
  d.tookPart()
  d.tell({
    type: 'complaint_dismissed',
    from: 'investigating',
    to: 'resolved',
    data: { explanation: body.explanation, ...deviationData(deviation), ...waiverData(waived) },
  })
}

const suspend = (d: Decision, body: ActionBodies['suspend']): void => {
  const resumeAt = body.resume_at === undefined ? undefined : normaliseTime(body.resume_at)
  if (resumeAt !== undefined && resumeAt <= d.now) {
    throw problem('resume_at_not_in_future', `/resume_at: ${resumeAt} is not after ${d.now}, the platform’s time.`)
  }
  missBeforePause(d, (deadline) => standsStillIn(deadline, 'suspended'))
  moveComplaint(d, 'suspended')
  const clock = startClock(d, 'suspension', { party: 'platform', ...(resumeAt === undefined ? {} : { dueAt: resumeAt }) })
  d.file.complaint.suspension = { reason_code: body.reason_code, resume_at: clock.due_at }
  d.tell({
    type: 'complaint_suspended',
    from: 'investigating',
    to: 'suspended',
    reasonCode: body.reason_code,
    data: { resume_at: clock.due_at },
  })
}

const reopen = (d: Decision, body: ActionBodies['reopen']): void => {
  const { complaint } = d.file
  if (sideOf(complaint, d.actor) === 'complainant') complaint.reopened_by_complainant = true
  complaint.outcome = null
  complaint.dismissal = null
  endClocks(d, 'met', { kinds: ['auto_close'] })
  setDecisionsAside(d)
  moveComplaint(d, 'investigating')
  startResolution(d)
  d.tell({ type: 'complaint_reopened', from: 'resolved', to: 'investigating', data: { explanation: body.explanation } })
}

const assign = (d: Decision, body: ActionBodies['assign']): void => {
  namedStaff(d, body.owner)
  if (d.actor.role === 'agent' && !isNameOf(body.owner, d.actor)) {
    throw problem('assign_to_yourself_only', `/owner: an agent can only name itself, ${actorName(d.actor)}.`)
  }
  const before = d.file.complaint.owner
  d.file.complaint.owner = body.owner
  d.tell({ type: 'owner_assigned', data: { owner: body.owner, previous_owner: before } })
}

/** What staff say a case is about. */
const categorise = (d: Decision, category: Category, subcategory: string | undefined): void =>
  chooseCategory(d.file.complaint, d.actor, category, subcategory ?? null)

const accept = (d: Decision, body: ActionBodies['accept']): void => {
  const { complaint } = d.file
  if (body.category !== undefined) {
    // what was suggested beneath it is confirmed with it; another is named by a correction
    categorise(d, body.category, body.category === complaint.category ? (complaint.subcategory ?? undefined) : undefined)
    d.tell({ type: 'complaint_updated', data: { fields: ['category'] } })
  } else if (!isCategoryGiven(complaint)) {
    throw problem(
      'category_needed',
      complaint.category_source === 'suggested'
        ? `/category: ${complaint.category} is only suggested; say what it is about, this or another.`
        : '/category: nobody has said what it is about.',
    )
  }
  if (body.owner !== undefined) namedStaff(d, body.owner)
  complaint.owner = body.owner ?? actorName(d.actor)
  endClocks(d, 'met', { kinds: ['first_response'] })
  moveComplaint(d, stateAfterAcceptance(d))
  startResolution(d)
  if (complaint.status === 'negotiating') startClock(d, 'respondent_response', { party: 'respondent' })
  d.tookPart()
  d.tell({ type: 'complaint_accepted', from: 'submitted', to: complaint.status, data: { owner: complaint.owner } })
  applySettlementRules(d)
}

const confirm = (d: Decision): void => {
  endClocks(d, 'met', { kinds: ['auto_close'] })
  giveUpAppeal(d, 'complainant')
  closeComplaint(d, 'confirmed', { contestable: false })
}

const withdraw = (d: Decision, body: ActionBodies['withdraw']): void => {
  giveUpAppeal(d, 'complainant')
  closeComplaint(d, 'withdrawn', { contestable: false, ...(body.explanation !== undefined && { explanation: body.explanation }) })
}

const noAnswerNeeded = (d: Decision, body: ActionBodies['no_answer_needed']): void => {
  const waiting = unansweredSides(d.file)
  if (body.side !== undefined && !waiting.includes(body.side))
    throw invalidField('/side', 'nothing_to_answer', `the ${body.side} waits for no answer`)
  const sides = body.side === undefined ? waiting : [body.side]
  d.tell({
    type: 'no_answer_needed',
    reasonCode: body.reason_code,
    ...(sides.length === 1 && { visibility: sides[0] as PartySide }),
    data: { sides },
  })
  answer(d, sides, 'no_answer_needed')
}

/** One rule per action; the lifecycle table has already said that this actor may take it now. */
export const decideComplaint: { [Action in keyof ActionBodies]: (d: Decision, body: ActionBodies[Action]) => void } = {
  accept,
  reject,
  request_information: requestInformation,
  provide_information: provideInformation,
  respond,
  escalate: (d, body) => escalateComplaint(d, body.reason_code),
  assign,
  determine_liability: determineLiability,
  dismiss,
  suspend,
  resume: resumeComplaint,
  withdraw,
  confirm,
  reopen,
  no_answer_needed: noAnswerNeeded,
  close: (d, body) => {
    d.tookPart()
    closeComplaint(d, body.reason_code, { contestable: true })
  },
  stand_down: standDown,
  challenge: (d, body) => fileChallenge(d, null, body),
  judge_challenge: judgeChallenge,
  confirm_risk: (d, body) => confirmRisk(d, 'supervisor', body.explanation),
  set_risk: (d, { level, reason_code, explanation }) => {
    if (lowersCritical(d.file.complaint, level) && d.actor.role !== 'supervisor')
      throw problem('risk_needs_supervisor', '/level: a critical risk is lowered by a supervisor.')
    setRisk(d, { level, reason_code, explanation })
  },
}

/** Why this caller may not make this change: category and tags are not the complainant's. `undefined` where it may. */
export const forbiddenInPatch = ({ complaint }: CaseFile, { actor }: Pick<Viewer, 'actor'>, patch: object): string | undefined =>
  sideOf(complaint, actor) === 'complainant' && ['category', 'tags'].some((field) => field in patch)
    ? 'A complainant changes the contact only; category and tags are the platform’s.'
    : undefined

/** PATCH: category and tags by staff, contact by staff or the complainant. */
export const decidePatch = (d: Decision, patch: ComplaintPatch): void => {
  const { complaint } = d.file
  const fields = Object.keys(patch)
  if (patch.category !== undefined) {
    categorise(d, patch.category, patch.subcategory)
  }
  if (patch.tags !== undefined) complaint.tags = patch.tags ?? []
  if (patch.contact !== undefined) {
    const contact = { ...complaint.complainant_contact, ...patch.contact }
    const kept = Object.entries(contact).filter(([, value]) => value !== null)
    complaint.complainant_contact = patch.contact === null || kept.length === 0 ? null : Object.fromEntries(kept)
  }
  // which fields, never their values: the trail holds no personal data
  d.tell({ type: 'complaint_updated', data: { fields } })
}
