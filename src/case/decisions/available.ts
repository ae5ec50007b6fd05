/**
 * What a caller can do with a case now: the lifecycle tables, judged for this person. `available_actions` is this list. The same judgement
 * (`mayTake`) refuses or admits every action, so the list and the service cannot disagree.
 */

import { type ActionRule, judge, kebab, type Verdict } from '../../foundation/lifecycle.ts'
import { type Actor, isStaff } from '../../platform/access/caller.ts'
import type { Side } from '../../words/deadlines.ts'
import { unreadable } from '../../words/stuck-cases.ts'
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
import type { PartName } from '../case-file/parts.ts'
import type { AvailableActionOut } from '../case-file/schema.ts'
import { complaintLifecycle } from '../complaints/lifecycle.ts'
import { keptFrom } from '../complaints/recusals.ts'
import { evidenceLifecycle } from '../evidence/lifecycle.ts'
import type { EvidenceRow } from '../evidence/table.ts'
import { planLifecycle } from '../refund-plans/lifecycle.ts'
import type { PlanRow } from '../refund-plans/table.ts'

type Rule = ActionRule<string, Who, Subject>
type Table = Readonly<Record<string, Rule>>

const complaintRules: Table = complaintLifecycle.actions
const planRules: Table = planLifecycle.actions
const appealRules: Table = appealLifecycle.actions
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

interface Place {
  resource: AvailableActionOut['resource']
  rules: Table
  state: string | undefined
  subject: Subject
  /** Which of the rules belong here. */
  actions: readonly string[]
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

const listed = (place: Place): AvailableActionOut[] => {
  const { file, actor } = place.subject
  // no action could be decided anyway
  if (cannotBeDecided(file)) return []
  const capacities = capacitiesOf(place.subject)
  const mine = sidesOf(file, actor)
  return place.actions.flatMap((action) => {
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
        resource: place.resource,
        action,
        method: 'POST' as const,
        href: place.href(action),
        mandatory: duty !== undefined,
        due_at: duty?.due_at ?? null,
        on_silence: duty?.on_silence ?? null,
      },
    ]
  })
}

const stepActions = ['complete_step', 'fail_step']
const others = (rules: Table, ...made: string[]): string[] => Object.keys(rules).filter((action) => !made.includes(action))

/** The person for whom actions are judged, with the time and the policy. A `Decision` is one, too. */
export type Viewer = Pick<Subject, 'actor' | 'now' | 'policy'>

/** What can be done with one plan and its steps. */
export const planActionsFor = (file: CaseFile, plan: PlanRow, { actor, now, policy }: Viewer): AvailableActionOut[] => {
  const base = `/v1/refund-plans/${plan.id}`
  const subject = { file, actor, now, policy, plan }
  const place = { resource: 'refund_plan' as const, rules: planRules, state: plan.status }
  return [
    ...listed({
      ...place,
      subject,
      actions: others(planRules, 'create', ...stepActions),
      href: (action) => `${base}/${kebab(action)}`,
      subjectId: plan.id,
    }),
    ...plan.steps.flatMap((step) =>
      listed({
        ...place,
        subject: { ...subject, step },
        actions: stepActions,
        href: (action) => `${base}/steps/${step.id}/${action === 'complete_step' ? 'complete' : 'fail'}`,
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
    state: appeal.status,
    subject: { file, actor, now, policy, appeal },
    actions: others(appealRules, 'file'),
    href: (action) => `/v1/appeals/${appeal.id}/${kebab(action)}`,
    subjectId: appeal.id,
  })

/** What can be done with one proof. */
export const evidenceActionsFor = (file: CaseFile, evidence: EvidenceRow, { actor, now, policy }: Viewer): AvailableActionOut[] =>
  listed({
    resource: 'evidence',
    rules: evidenceRules,
    state: evidence.status,
    subject: { file, actor, now, policy, evidence },
    actions: others(evidenceRules, 'add'),
    href: (action) => `/v1/evidence/${evidence.id}/${kebab(action)}`,
  })

type Listing = (file: CaseFile, viewer: Viewer) => AvailableActionOut[]

const ofCase =
  (
    resource: Place['resource'],
    rules: Table,
    actions: readonly string[],
    state: (file: CaseFile) => string | undefined,
    path = kebab,
  ): Listing =>
  (file, { actor, now, policy }) =>
    listed({
      resource,
      rules,
      state: state(file),
      subject: { file, actor, now, policy },
      actions,
      href: (action) => `/v1/complaints/${file.complaint.id}/${path(action)}`,
    })

/** The action that makes a resource within the case. */
const adding = (resource: Place['resource'], rules: Table, action: string, path: string): Listing =>
  ofCase(
    resource,
    rules,
    [action],
    () => undefined,
    () => path,
  )

/** What each part of a case offers: an action that adds to it, and what can be done with what is there. */
const offers: Readonly<Record<PartName, { adds?: Listing; there?: Listing }>> = {
  complaint: { adds: ofCase('complaint', complaintRules, Object.keys(complaintRules), ({ complaint }) => complaint.status) },
  evidence: { adds: adding('evidence', evidenceRules, 'add', 'evidence') },
  plans: {
    adds: adding('refund_plan', planRules, 'create', 'refund-plans'),
    there: (file, viewer) =>
      file.plans.filter((plan) => seesPlan(file, plan, viewer.actor)).flatMap((plan) => planActionsFor(file, plan, viewer)),
  },
  appeals: {
    adds: adding('appeal', appealRules, 'file', 'appeals'),
    there: (file, viewer) =>
      file.appeals
        .filter((appeal) => openAppealStates.includes(appeal.status))
        .flatMap((appeal) => appealActionsFor(file, appeal, viewer)),
  },
  // not listed: the parties and staff can write in nearly every state
  messages: {},
  // not listed: planned actions are a list of their own
  deadlines: {},
  order: {},
  stuck: {},
  events: {},
}

/** What can be done with a case: itself, what can be added to it, its plans and steps, its open appeal. */
export const actionsFor: Listing = (file, viewer) => [
  ...Object.values(offers).flatMap(({ adds }) => adds?.(file, viewer) ?? []),
  ...Object.values(offers).flatMap(({ there }) => there?.(file, viewer) ?? []),
]
