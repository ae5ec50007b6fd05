/**
 * The refund plan: one proposed settlement, made of remedies. Parties offer and answer, staff propose, a supervisor approves or imposes,
 * and both sides' consent (or an imposition) turns it into steps that are carried out one by one. This table rules it.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { namesPerson, samePerson } from '../../platform/access/people.ts'
import type { ComplaintState } from '../../words/complaints.ts'
import { type PlanState, planStateNames } from '../../words/refund-plans.ts'
import { confirmingSide, type Subject, type Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase, notWhoFixedLiability } from '../complaints/deciders.ts'
import { unlessLastResort } from '../complaints/last-resort.ts'
import { needsApproval } from './approval.ts'

export type PlanAction =
  | 'create'
  | 'submit'
  | 'approve'
  | 'send_back'
  | 'propose'
  | 'accept'
  | 'decline'
  | 'counter'
  | 'impose'
  | 'expire'
  | 'cancel'

const caseIn = (...states: ComplaintState[]): Condition<Subject> => ({
  says: `the case is ${states.join(' or ')}`,
  holds: ({ file }) => states.includes(file.complaint.status),
})

const beingArgued = caseIn('negotiating', 'investigating', 'awaiting_confirmation')
const beingConfirmed = caseIn('awaiting_confirmation')

const notTheAuthor: Condition<Subject> = {
  says: 'somebody other than the author of the plan',
  holds: ({ plan, actor }) => plan === undefined || !samePerson(plan.author_id, actor.id),
}

/** What somebody has stated of the order, somebody else must find right. */
const notWhoRaisedOrder: Condition<Subject> = {
  says: 'somebody who has not raised a bound of the order, where the plan moves money',
  holds: ({ file: { order }, plan, actor }) =>
    plan === undefined || plan.currency === null || !order?.raised?.by.some((name) => namesPerson(name, actor.id)),
}

/** The separation of duties for whoever approves a plan, or imposes one. The last resort need not meet it. */
export const approvalSeparations: readonly Condition<Subject>[] = [notTheAuthor, notWhoRaisedOrder]
export const impositionSeparations: readonly Condition<Subject>[] = [notTheAuthor, notWhoRaisedOrder, notWhoFixedLiability]

const staff = ['agent', 'supervisor'] as const
const confirmers = ['complainant', 'respondent', 'staff_for_respondent'] as const
const backToTalks = [{ from: ['awaiting_confirmation'], to: ['negotiating', 'investigating'] }] as const

export const planLifecycle = {
  resource: 'refund_plan',
  states: planStateNames,
  initial: 'draft',
  final: ['executed', 'superseded', 'cancelled', 'failed'],
  actions: {
    create: {
      summary: 'Write a plan: a party’s offer, or a draft of the platform. Bounds are checked and the need for approval is set.',
      allow: [{ by: ['complainant', 'respondent', ...staff], from: [], to: ['draft'] }],
      apart: [notAnotherAgentsCase],
      when: [caseIn('negotiating', 'investigating')],
    },
    submit: {
      summary: 'Hand a plan that needs approval to a supervisor.',
      allow: [{ by: ['author'], from: ['draft'], to: ['in_review'] }],
      apart: [notAnotherAgentsCase],
      when: [
        beingArgued,
        { says: 'the plan needs approval', holds: (subject: Subject) => subject.plan === undefined || needsApproval(subject) },
      ],
    },
    approve: {
      summary: 'Approve a plan as a supervisor who did not write it.',
      allow: [{ by: ['supervisor'], from: ['in_review'], to: ['approved'] }],
      meets: ['approval'],
      apart: unlessLastResort(...approvalSeparations),
      when: [beingArgued],
    },
    send_back: {
      summary: 'Return a plan to its author as a supervisor who did not write it.',
      allow: [{ by: ['supervisor'], from: ['in_review'], to: ['draft'] }],
      meets: ['approval'],
      apart: [notTheAuthor],
      when: [beingArgued],
    },
    propose: {
      summary:
        'Put the plan to both sides; it supersedes one that is open, an own offer counts as its author’s acceptance, and what staff put forward against the platform as the platform’s.',
      allow: [{ by: ['author', ...staff], from: ['draft', 'approved'], to: ['proposed', 'executing'] }],
      moves: [
        { from: ['negotiating', 'investigating'], to: ['awaiting_confirmation'] },
        { from: ['investigating', 'awaiting_confirmation'], to: ['executing'] },
      ],
      meets: ['respondent_response', 'intervention'],
      apart: [notAnotherAgentsCase],
      when: [
        beingArgued,
        {
          says: 'the plan holds no statutory damages, which are imposed',
          holds: ({ plan }: Subject) => plan === undefined || plan.statutory_damages_amount === 0,
        },
        {
          says: 'the plan needs no approval, or has it',
          holds: ({ file, policy, plan }: Subject) =>
            plan === undefined || plan.status !== 'draft' || !needsApproval({ file, policy, plan }),
        },
      ],
    },
    accept: {
      summary: 'Accept the proposal; when both sides have, its money is reserved and its steps begin.',
      allow: [{ by: [...confirmers, 'system'], from: ['proposed'], to: ['proposed', 'executing'] }],
      moves: [
        { from: ['awaiting_confirmation'], to: ['executing'] },
        // silence on the complaint itself, where the policy takes that for an agreement
        { from: ['negotiating'], to: ['executing'] },
      ],
      meets: ['confirmation', 'respondent_response'],
      apart: [notAnotherAgentsCase],
      when: [
        beingConfirmed,
        {
          says: 'this side has not accepted yet',
          holds: ({ plan, file, actor }: Subject) => {
            const side = confirmingSide(file.complaint, actor)
            return plan === undefined || side === null || plan.confirmations[side].status === 'pending'
          },
        },
      ],
    },
    decline: {
      summary: 'Decline the proposal; the case goes back to where it came from.',
      allow: [{ by: confirmers, from: ['proposed'], to: ['declined'] }],
      moves: backToTalks,
      meets: ['confirmation', 'respondent_response'],
      apart: [notAnotherAgentsCase],
      when: [beingConfirmed],
    },
    counter: {
      summary: 'Answer the proposal with another one, proposed in the same step.',
      allow: [{ by: confirmers, from: ['proposed'], to: ['superseded'] }],
      meets: ['confirmation', 'respondent_response'],
      apart: [notAnotherAgentsCase],
      when: [beingConfirmed],
    },
    impose: {
      summary: 'Decide the plan without consent, as a supervisor who did not write it; both parties may appeal.',
      allow: [{ by: ['supervisor'], from: ['draft', 'approved', 'proposed', 'declined', 'expired'], to: ['executing'] }],
      moves: [{ from: ['investigating', 'awaiting_confirmation'], to: ['executing'] }],
      meets: ['resolution'],
      apart: unlessLastResort(...impositionSeparations),
      when: [
        caseIn('investigating', 'awaiting_confirmation'),
        { says: 'liability is fixed', holds: ({ file }: Subject) => file.complaint.liability !== null },
      ],
    },
    expire: {
      summary:
        'Nobody confirmed in time; the case goes back and is escalated, or closes when the complainant was silent twice in a row.',
      allow: [{ by: ['system'], from: ['proposed'], to: ['expired'] }],
      moves: [{ from: ['awaiting_confirmation'], to: ['negotiating', 'investigating', 'closed'] }],
      when: [beingConfirmed],
    },
    cancel: {
      summary: 'Take the plan off the table.',
      allow: [
        { by: ['author', 'supervisor'], from: ['draft', 'in_review', 'approved', 'proposed'], to: ['cancelled'] },
        { by: ['system'], from: ['draft', 'in_review', 'approved', 'proposed', 'executing'], to: ['cancelled'] },
      ],
      moves: backToTalks,
      apart: [notAnotherAgentsCase],
      when: [
        {
          says: beingArgued.says,
          holds: (subject: Subject) => subject.actor.role === 'system' || beingArgued.holds(subject),
        },
      ],
    },
  },
  cascades: {
    supersede: { summary: 'Another plan of the case is proposed or imposed.', from: ['proposed'], to: ['superseded'] },
    end_execution: {
      summary: 'Nothing more is to come of any of its steps; where one was given up and its owner decides anew, it has failed.',
      from: ['executing'],
      to: ['executed', 'failed'],
    },
    execute_again: {
      summary: 'A payment came back, or the complainant named an account for money that was left unclaimed.',
      from: ['executed'],
      to: ['executing'],
    },
  },
} as const satisfies Lifecycle<PlanState, PlanAction, Who, Subject>

export const setPlanStatus = statusSetter<PlanState>(planLifecycle)

export const planStates = Object.keys(planLifecycle.states) as PlanState[]

/** The states of the plans that a case cancels when it ends. */
export const livePlanStates: readonly PlanState[] = ['draft', 'in_review', 'approved', 'proposed', 'executing']
