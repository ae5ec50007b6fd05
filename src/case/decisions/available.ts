/**
 * What a caller can do with a case now: the lifecycle tables, judged for this person. `available_actions` is this list. The same judgement
 * (`mayTake`) refuses or admits every action, so the list and the service cannot disagree.
 */

import { type ActionRule, judge, kebab, type Verdict } from '../../foundation/lifecycle.ts'
import { type Actor, isStaff } from '../../platform/access/caller.ts'
import type { AvailableActionOut } from '../../platform/wire/available-action.ts'
import type { Side } from '../../words/deadlines.ts'
import { unreadable } from '../../words/stuck-cases.ts'
import { advanceAsks, advanceOperations, newAdvanceOperations } from '../advances/asks.ts'
import { advanceLifecycle } from '../advances/lifecycle.ts'
import { seesAdvance } from '../advances/visible.ts'
import { appealAsks, appealOperations, newAppealOperations } from '../appeals/asks.ts'
import { appealLifecycle, openAppealStates } from '../appeals/lifecycle.ts'
import {
  againstPlatform,
  type CaseFile,
  capacitiesOf,
  isPartyInDisguise,
  knows,
  partySide,
  type Subject,
  type Who,
} from '../case-file/case-file.ts'
import type { ActionOperation, AsksOf } from '../case-file/operations.ts'
import type { PartName } from '../case-file/parts.ts'
import { complaintAsks, complaintOperations } from '../complaints/asks.ts'
import { complaintLifecycle } from '../complaints/lifecycle.ts'
import { keptFrom } from '../complaints/recusals.ts'
import { evidenceOperations, newEvidenceOperations } from '../evidence/asks.ts'
import { evidenceLifecycle } from '../evidence/lifecycle.ts'
import type { EvidenceRow } from '../evidence/table.ts'
import { holdAsks, holdOperations, newHoldOperations } from '../holds/asks.ts'
import { holdLifecycle } from '../holds/lifecycle.ts'
import { seesHold } from '../holds/visible.ts'
import { messageAsks, messageOperations } from '../messages/asks.ts'
import { mayPost, postRule } from '../messages/lifecycle.ts'
import { receivableAsks, receivableOperations } from '../receivables/asks.ts'
import { receivableLifecycle } from '../receivables/lifecycle.ts'
import { seesReceivable } from '../receivables/visible.ts'
import { newPlanOperations, planAsks, planOperations, stepOperations } from '../refund-plans/asks.ts'
import { planLifecycle } from '../refund-plans/lifecycle.ts'
import { stepLifecycle } from '../refund-plans/step-lifecycle.ts'
import type { PlanRow } from '../refund-plans/table.ts'
import { stepSegment, stepToday } from '../refund-plans/today.ts'

type Rule = ActionRule<string, Who, Subject>
type Table = Readonly<Record<string, Rule>>

const complaintRules: Table = complaintLifecycle.actions
const planRules: Table = planLifecycle.actions
const stepRules: Table = stepLifecycle.actions
const appealRules: Table = appealLifecycle.actions
const advanceRules: Table = advanceLifecycle.actions
const receivableRules: Table = receivableLifecycle.actions
const holdRules: Table = holdLifecycle.actions
const evidenceRules: Table = evidenceLifecycle.actions

/** May this subject's actor take this action now? `state` is that of the resource itself, `undefined` for one that is yet to be made. */
export const mayTake = (action: string, rule: Rule, state: string | undefined, subject: Subject): Verdict => {
  const kept = isPartyInDisguise(subject.file.complaint, subject.actor)
    ? 'A party of this case does nothing else in it.'
    : keptFrom(action, subject)
  return kept === undefined
    ? judge(action, rule, state, capacitiesOf(subject), subject)
    : { may: false, because: 'separation_of_duties', detail: kept }
}

/** Whether this actor may see a plan. Until it is proposed or imposed, only its author's side and the people of the platform may. */
export const seesPlan = (file: CaseFile, plan: PlanRow, actor: Actor): boolean => {
  const side = partySide(file.complaint, actor)
  return side === null || plan.proposed_at !== null || plan.author_side === side
}

/** The sides whose duties this person can meet. */
const sidesOf = (file: CaseFile, actor: Actor): Side[] => {
  const side = partySide(file.complaint, actor)
  if (side) return [side]
  if (!isStaff(actor.role)) return []
  return againstPlatform(file.complaint) ? ['platform', 'respondent'] : ['platform']
}

/** The actions that belong to one kind of place: how they are judged, called, and what they ask for. */
interface Kind {
  resource: AvailableActionOut['resource']
  rules: Table
  operations: Readonly<Record<string, ActionOperation>>
  asks: AsksOf
}

interface Place extends Kind {
  state: string | undefined
  subject: Subject
  href: (action: string) => string
  /** The `subject_id` of a clock about this resource; `undefined` for the case as a whole. */
  subjectId?: string
}

/** Whether this instance can decide nothing in a case: its rules cannot be read, or this version does not know a word in it. */
export const cannotBeDecided = (file: CaseFile): boolean =>
  Boolean(file.stuck && unreadable.has(file.stuck.error_class)) || !knows(file)

/** Whether a rule names one of these capacities in this state. A cheap check before `mayTake`, which most rules do not pass. */
const isForOneOf = (capacities: ReadonlySet<Who>, rule: Rule, state: string | undefined): boolean =>
  rule.allow.some(({ by, from }) => (state === undefined || from.includes(state)) && by.some((who) => capacities.has(who)))

/** How an action is taken as the case stands, whatever clock it meets. */
export const offered = (
  { resource, asks, subject, href }: Pick<Place, 'resource' | 'asks' | 'subject' | 'href'>,
  action: string,
  { id, bodySchema, required }: ActionOperation,
) => {
  const asked = asks[action]?.(subject)
  return {
    resource,
    action,
    operation_id: id,
    method: 'POST' as const,
    href: href(action),
    body_schema: bodySchema,
    required: [...new Set([...required, ...(asked?.required ?? [])])],
    limits: asked?.limits ?? null,
    step_kind: subject.step?.kind ?? null,
  }
}

const listed = (place: Place): AvailableActionOut[] => {
  const { file, actor } = place.subject
  // no action could be decided anyway
  if (cannotBeDecided(file)) return []
  const capacities = capacitiesOf(place.subject)
  const mine = sidesOf(file, actor)
  return Object.entries(place.operations).flatMap(([action, operation]) => {
    const rule = place.rules[action] as Rule
    if (!isForOneOf(capacities, rule, place.state) || !mayTake(action, rule, place.state, place.subject).may) return []
    const duty = file.deadlines.find(
      (x) =>
        x.status === 'running' &&
        mine.includes(x.party) &&
        rule.meets?.includes(x.kind) &&
        (x.subject_id === null || place.subjectId === undefined || x.subject_id === place.subjectId),
    )
    return [
      {
        ...offered(place, action, operation),
        mandatory: duty !== undefined,
        due_at: duty?.due_at ?? null,
        on_silence: duty?.on_silence ?? null,
      },
    ]
  })
}

const ofPlan = { resource: 'refund_plan', rules: planRules, operations: planOperations, asks: planAsks } as const satisfies Kind
const ofStep = { ...ofPlan, rules: stepRules, operations: stepOperations } as const satisfies Kind

/** The person for whom actions are judged, with the time and the policy. A `Decision` is one, too. */
export type Viewer = Pick<Subject, 'actor' | 'now' | 'policy'>

/** What can be done with one plan and its steps. */
export const planActionsFor = (file: CaseFile, plan: PlanRow, { actor, now, policy }: Viewer): AvailableActionOut[] => {
  const base = `/v1/refund-plans/${plan.id}`
  const subject = { file, actor, now, policy, plan }
  const state = plan.status
  return [
    ...listed({ ...ofPlan, state, subject, href: (action) => `${base}/${kebab(action)}`, subjectId: plan.id }),
    ...plan.steps.flatMap((step) =>
      listed({
        ...ofStep,
        state: step.status,
        subject: { ...subject, step: stepToday(plan, step) },
        href: (action) => `${base}/steps/${step.id}/${stepSegment(action)}`,
        subjectId: step.id,
      }),
    ),
  ]
}

/** What can be done with one appeal. */
export const appealActionsFor = (
  file: CaseFile,
  appeal: CaseFile['appeals'][number],
  { actor, now, policy }: Viewer,
): AvailableActionOut[] =>
  listed({
    resource: 'appeal',
    rules: appealRules,
    operations: appealOperations,
    asks: appealAsks,
    state: appeal.status,
    subject: { file, actor, now, policy, appeal },
    href: (action) => `/v1/appeals/${appeal.id}/${kebab(action)}`,
    subjectId: appeal.id,
  })

/** What can be done with one proof. */
export const evidenceActionsFor = (file: CaseFile, evidence: EvidenceRow, { actor, now, policy }: Viewer): AvailableActionOut[] =>
  listed({
    resource: 'evidence',
    rules: evidenceRules,
    operations: evidenceOperations,
    asks: {},
    state: evidence.status,
    subject: { file, actor, now, policy, evidence },
    href: (action) => `/v1/evidence/${evidence.id}/${kebab(action)}`,
  })

const ofAdvance = {
  resource: 'advance',
  rules: advanceRules,
  operations: advanceOperations,
  asks: advanceAsks,
} as const satisfies Kind

/** What can be done with one advance. */
export const advanceActionsFor = (
  file: CaseFile,
  advance: CaseFile['advances'][number],
  { actor, now, policy }: Viewer,
): AvailableActionOut[] =>
  listed({
    ...ofAdvance,
    state: advance.status,
    subject: { file, actor, now, policy, advance },
    href: (action) => `/v1/advances/${advance.id}/${kebab(action)}`,
    subjectId: advance.id,
  })

/** What can be done with one debt to the fund. */
export const receivableActionsFor = (
  file: CaseFile,
  receivable: CaseFile['receivables'][number],
  { actor, now, policy }: Viewer,
): AvailableActionOut[] =>
  listed({
    resource: 'receivable',
    rules: receivableRules,
    operations: receivableOperations,
    asks: receivableAsks,
    state: receivable.status,
    subject: { file, actor, now, policy, receivable },
    href: (action) => `/v1/receivables/${receivable.id}/${kebab(action)}`,
    subjectId: receivable.id,
  })

const ofHold = { resource: 'hold', rules: holdRules, operations: holdOperations, asks: holdAsks } as const satisfies Kind

/** What can be done with one held settlement. */
export const holdActionsFor = (
  file: CaseFile,
  hold: CaseFile['holds'][number],
  { actor, now, policy }: Viewer,
): AvailableActionOut[] =>
  listed({
    ...ofHold,
    state: hold.status,
    subject: { file, actor, now, policy, hold },
    href: (action) => `/v1/holds/${hold.id}/${kebab(action)}`,
    subjectId: hold.id,
  })

type Listing = (file: CaseFile, viewer: Viewer) => AvailableActionOut[]

/** The actions of one kind on the case itself, at `/v1/complaints/{id}/…`. */
const ofCase =
  (kind: Kind, path: (action: string) => string, state: (file: CaseFile) => string | undefined = () => undefined): Listing =>
  (file, { actor, now, policy }) =>
    listed({
      ...kind,
      state: state(file),
      subject: { file, actor, now, policy },
      href: (action) => `/v1/complaints/${file.complaint.id}/${path(action)}`,
    })

const postMessage = ofCase(
  { resource: 'message', rules: { post: postRule }, operations: messageOperations, asks: messageAsks },
  () => 'messages',
)

/** What each part of a case offers: an action that adds to it, and what can be done with what is there. */
const offers: Readonly<Record<PartName, { adds?: Listing; there?: Listing }>> = {
  complaint: {
    adds: ofCase(
      { resource: 'complaint', rules: complaintRules, operations: complaintOperations, asks: complaintAsks },
      kebab,
      ({ complaint }) => complaint.status,
    ),
  },
  evidence: {
    adds: ofCase({ resource: 'evidence', rules: evidenceRules, operations: newEvidenceOperations, asks: {} }, () => 'evidence'),
  },
  plans: {
    adds: ofCase({ ...ofPlan, operations: newPlanOperations }, () => 'refund-plans'),
    there: (file, viewer) =>
      file.plans.filter((plan) => seesPlan(file, plan, viewer.actor)).flatMap((plan) => planActionsFor(file, plan, viewer)),
  },
  appeals: {
    adds: ofCase({ resource: 'appeal', rules: appealRules, operations: newAppealOperations, asks: appealAsks }, () => 'appeals'),
    there: (file, viewer) =>
      file.appeals
        .filter((appeal) => openAppealStates.includes(appeal.status))
        .flatMap((appeal) => appealActionsFor(file, appeal, viewer)),
  },
  advances: {
    adds: ofCase({ ...ofAdvance, operations: newAdvanceOperations }, () => 'advances'),
    there: (file, viewer) =>
      file.advances
        .filter((advance) => seesAdvance(file, advance, viewer.actor))
        .flatMap((advance) => advanceActionsFor(file, advance, viewer)),
  },
  receivables: {
    there: (file, viewer) =>
      file.receivables
        .filter((debt) => seesReceivable(file, debt, viewer.actor))
        .flatMap((debt) => receivableActionsFor(file, debt, viewer)),
  },
  holds: {
    adds: ofCase({ ...ofHold, operations: newHoldOperations }, () => 'holds'),
    there: (file, viewer) =>
      file.holds.filter((hold) => seesHold(file, hold, viewer.actor)).flatMap((hold) => holdActionsFor(file, hold, viewer)),
  },
  messages: { adds: (file, viewer) => (mayPost({ file, actor: viewer.actor }) ? postMessage(file, viewer) : []) },
  // not listed: planned actions are a list of their own
  deadlines: {},
  order: {},
  limits: {},
  otherCases: {},
  affiliates: {},
  stuck: {},
  accounts: {},
  transfers: {},
  settlementRules: {},
  returnInstructions: {},
  events: {},
}

/** What can be done with a case: itself, what can be added to it, its plans and steps, its open appeal. */
export const actionsFor: Listing = (file, viewer) => [
  ...Object.values(offers).flatMap(({ adds }) => adds?.(file, viewer) ?? []),
  ...Object.values(offers).flatMap(({ there }) => there?.(file, viewer) ?? []),
]
