/**
 * The complaint: a case of a complainant against a respondent, from the first word to the closed file. Parties argue, agents and
 * supervisors steer, the system keeps the clocks. This table says who may do what, and when; `decide.ts` says what each action does.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { type ComplaintState, complaintStateNames, HIGHEST_LEVEL, undecidedStates } from '../../words/complaints.ts'
import { appealLifecycle } from '../appeals/lifecycle.ts'
import { againstPlatform, partySide, type Subject, type Who } from '../case-file/case-file.ts'
import { isHeard } from '../deadlines/due.ts'
import { isPersonOfStaff, unansweredSides } from '../deadlines/heard.ts'
import { planLifecycle } from '../refund-plans/lifecycle.ts'
import { stepLifecycle } from '../refund-plans/step-lifecycle.ts'
import { dismissalSeparations, notAnotherAgentsCase } from './deciders.ts'
import { unlessLastResort } from './last-resort.ts'
import { hasOpenChallenge, notChallengedBefore, notTheChallenged } from './recusals.ts'

export type ComplaintAction =
  | 'accept'
  | 'reject'
  | 'request_information'
  | 'provide_information'
  | 'respond'
  | 'escalate'
  | 'assign'
  | 'determine_liability'
  | 'dismiss'
  | 'suspend'
  | 'resume'
  | 'withdraw'
  | 'confirm'
  | 'reopen'
  | 'close'
  | 'no_answer_needed'
  | 'stand_down'
  | 'challenge'
  | 'judge_challenge'
  | 'confirm_risk'
  | 'set_risk'

const staff = ['agent', 'supervisor'] as const
const parties = ['complainant', 'respondent'] as const
const open = [
  'submitted',
  'awaiting_information',
  'negotiating',
  'investigating',
  'awaiting_confirmation',
  'executing',
  'resolved',
  'rejected',
  'suspended',
  'under_appeal',
] as const satisfies readonly ComplaintState[]
const closable = [...undecidedStates, 'resolved', 'rejected'] as const

/** `notAnotherAgentsCase`, but only while the case is `submitted`. An agent who comes after another has accepted it gets 409, not 403. */
const whileNobodyElses: Condition<Subject> = {
  says: notAnotherAgentsCase.says,
  holds: (subject) => subject.file.complaint.status !== 'submitted' || notAnotherAgentsCase.holds(subject),
}

export const complaintLifecycle = {
  resource: 'complaint',
  states: complaintStateNames,
  initial: 'submitted',
  final: ['closed'],
  actions: {
    accept: {
      summary:
        'Take the complaint on; the actor becomes its owner unless another is named. A settlement rule of the respondent may agree or offer at once.',
      allow: [{ by: staff, from: ['submitted'], to: ['negotiating', 'awaiting_confirmation', 'investigating'] }],
      meets: ['first_response'],
      apart: [whileNobodyElses],
    },
    reject: {
      summary: 'Refuse the complaint with a reason code and an explanation for the complainant.',
      allow: [{ by: staff, from: ['submitted', 'awaiting_information'], to: ['rejected'] }],
      meets: ['first_response'],
      apart: [notAnotherAgentsCase],
      when: [
        {
          says: 'the complaint has not been accepted yet',
          holds: ({ file: { complaint } }: Subject) => complaint.status === 'submitted' || complaint.returns_to === 'submitted',
        },
      ],
    },
    request_information: {
      summary: 'Ask the complainant for everything that is missing, once and as one list; business clocks pause.',
      allow: [{ by: staff, from: ['submitted', 'negotiating', 'investigating'], to: ['awaiting_information'] }],
      meets: ['first_response'],
      apart: [notAnotherAgentsCase],
    },
    provide_information: {
      summary: 'Answer the request for information; the case returns to where it was and its clocks resume.',
      allow: [
        { by: ['complainant', 'agent'], from: ['awaiting_information'], to: ['submitted', 'negotiating', 'investigating'] },
      ],
      meets: ['information'],
    },
    respond: {
      summary: 'Answer as the respondent: agree to what is wanted (which proposes it as a plan) or dispute it with a statement.',
      allow: [{ by: ['respondent'], from: ['negotiating'], to: ['awaiting_confirmation', 'negotiating'] }],
      meets: ['respondent_response'],
    },
    escalate: {
      summary: 'Ask the next level in; out of a negotiation the platform steps in.',
      allow: [
        { by: [...parties, ...staff, 'system'], from: ['negotiating'], to: ['investigating'] },
        { by: [...staff, 'system'], from: ['investigating', 'awaiting_confirmation', 'executing'] },
        {
          by: ['system'],
          from: ['submitted', 'under_appeal', 'awaiting_information', 'suspended', 'resolved', 'rejected', 'closed'],
        },
      ],
      when: [
        {
          says: 'a level above the present one, or a negotiation to step into',
          holds: ({ file: { complaint }, actor }: Subject) =>
            complaint.level < HIGHEST_LEVEL || complaint.status === 'negotiating' || actor.role === 'system',
        },
      ],
    },
    assign: {
      summary: 'Name the one owner of the case.',
      allow: [{ by: staff, from: open }],
      when: [
        {
          says: 'a supervisor, or a case without an owner',
          holds: ({ file: { complaint }, actor }: Subject) => actor.role === 'supervisor' || complaint.owner === null,
        },
      ],
    },
    determine_liability: {
      summary: 'Fix who is at fault: shares that add up to 100 percent, with root cause and explanation.',
      allow: [{ by: staff, from: ['investigating'] }],
      meets: ['intervention'],
      apart: [notAnotherAgentsCase],
    },
    dismiss: {
      summary: 'Decide that the complaint is not upheld.',
      allow: [{ by: staff, from: ['investigating'], to: ['resolved'] }],
      meets: ['resolution'],
      apart: [notAnotherAgentsCase, ...unlessLastResort(...dismissalSeparations)],
      when: [{ says: 'liability is fixed', holds: ({ file }: Subject) => file.complaint.liability !== null }],
    },
    suspend: {
      summary: 'Wait for a court, the police, agreed talks or a laboratory; business clocks pause.',
      allow: [{ by: staff, from: ['investigating'], to: ['suspended'] }],
      apart: [notAnotherAgentsCase],
    },
    resume: {
      summary: 'Go on with a suspended case; its clocks resume.',
      allow: [{ by: [...staff, 'system'], from: ['suspended'], to: ['investigating'] }],
      meets: ['suspension'],
      apart: [notAnotherAgentsCase],
    },
    withdraw: {
      summary: 'Take the complaint back.',
      allow: [{ by: ['complainant'], from: undecidedStates, to: ['closed'] }],
    },
    confirm: {
      summary: 'Confirm that the matter is settled; this gives up the complainant’s appeal.',
      allow: [{ by: ['complainant'], from: ['resolved'], to: ['closed'] }],
      meets: ['auto_close'],
    },
    reopen: {
      summary: 'Say within the auto-close time why it is not settled; the complainant once per case.',
      allow: [{ by: ['complainant', 'supervisor'], from: ['resolved'], to: ['investigating'] }],
      meets: ['auto_close'],
      when: [
        {
          says: 'the complainant has not reopened this case before',
          holds: ({ file: { complaint }, actor }: Subject) =>
            partySide(complaint, actor) !== 'complainant' || !complaint.reopened_by_complainant,
        },
        {
          says: 'the auto-close time is still running',
          holds: ({ file, now }: Subject) =>
            file.deadlines.some((x) => x.kind === 'auto_close' && (isHeard(x) || (x.status === 'running' && x.due_at > now))),
        },
      ],
    },
    close: {
      summary: 'End the case with a reason code; live plans are cancelled and their money is released.',
      allow: [
        { by: ['supervisor', 'system'], from: closable, to: ['closed'] },
        { by: ['system'], from: ['executing'], to: ['closed'] },
      ],
    },
    no_answer_needed: {
      summary: 'Say that what a side said needs no answer; what its words hold goes on.',
      allow: [{ by: staff, from: open }],
      meets: ['next_reply'],
      when: [
        { says: 'words that wait for an answer', holds: ({ file }: Subject) => unansweredSides(file).length > 0 },
        { says: 'a person, named by `Redress-Actor`', holds: ({ actor }: Subject) => isPersonOfStaff(actor) },
      ],
    },
    stand_down: {
      summary: 'Give the case out of one’s hands: it is unowned at once, and who stood down decides nothing more in it.',
      allow: [{ by: ['owner'], from: open }],
    },
    challenge: {
      summary:
        'Ask for somebody else than the owner: once per side and person, before the decision; another supervisor judges it.',
      allow: [{ by: parties, from: undecidedStates }],
      when: [
        { says: 'a case that has an owner', holds: ({ file }: Subject) => file.complaint.owner !== null },
        notChallengedBefore,
      ],
    },
    judge_challenge: {
      summary: 'Judge a challenge of the owner or of a reviewer; sustained, the person leaves the case at once.',
      allow: [{ by: ['supervisor'], from: open }],
      meets: ['challenge'],
      apart: [notTheChallenged],
      when: [hasOpenChallenge],
    },
    confirm_risk: {
      summary: 'Say that a critical risk which words of the complainant suggest is one; in silence it holds, too.',
      allow: [{ by: ['supervisor'], from: open }],
      meets: ['risk_review'],
      when: [
        {
          says: 'a critical risk that is suspected',
          holds: ({ file: { complaint } }: Subject) => complaint.risk?.standing === 'suspected',
        },
      ],
    },
    set_risk: {
      summary: 'Set the risk of the case, with a reason; only a supervisor lowers a critical one, which ends the fast lane.',
      allow: [{ by: staff, from: open }],
    },
  },
} as const satisfies Lifecycle<ComplaintState, ComplaintAction, Who, Subject>

export const setComplaintStatus = statusSetter<ComplaintState>(complaintLifecycle, planLifecycle, stepLifecycle, appealLifecycle)

export const complaintStates = Object.keys(complaintLifecycle.states) as ComplaintState[]

/** Where an accepted complaint goes: parties talk first, the platform investigates what is held against itself. */
export const stateAfterAcceptance = (subject: Pick<Subject, 'file'>): ComplaintState =>
  againstPlatform(subject.file.complaint) ? 'investigating' : 'negotiating'
