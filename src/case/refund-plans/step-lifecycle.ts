/**
 * The step of a plan. Whoever has the turn reports on it, staff decide how one goes on that came to nothing, and the payment system says
 * what became of money, in every state of plan and case and as often as it likes.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { isStaff } from '../../platform/access/caller.ts'
import { type StepState, stepStateNames } from '../../words/refund-plans.ts'
import type { Subject, Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase } from '../complaints/deciders.ts'
import { apartFromWhatIsPaid } from '../complaints/reporters.ts'
import { isOpen } from '../deadlines/due.ts'
import { arrivalBefore, movesMoney, reportClocks, tellsProgress } from './steps.ts'
import type { Step } from './table.ts'

export type StepAction =
  | 'complete_step'
  | 'fail_step'
  | 'progress_step'
  | 'return_step'
  | 'retry_step'
  | 'skip_step'
  | 'cancel_step'
  | 'name_payee_step'

const staff = ['agent', 'supervisor'] as const
/** Who reports what became of money. */
const reporters = [...staff, 'payments'] as const

const on = (says: string, holds: (step: Step, subject: Subject) => boolean): Condition<Subject> => ({
  says,
  holds: (subject) => subject.step === undefined || holds(subject.step, subject),
})

const isItsTurn = ({ status, due_at }: Step): boolean => (status === 'pending' || status === 'under_way') && due_at !== null
const wasAsked = ({ kind, due_at }: Step): boolean => movesMoney(kind) && due_at !== null

const reportable = on(
  'its turn has come and the case is executing (who inspects or repairs what came back need not report its arrival first); or money that the payment system was asked for, whatever became of plan and case',
  (step, { file, plan }) =>
    wasAsked(step) ||
    ((isItsTurn(step) || (plan !== undefined && arrivalBefore(plan, step) !== undefined)) &&
      file.complaint.status === 'executing'),
)
const isDisputed = ({ data }: Step): boolean => data.disputed === true
const notDisputedBefore = on(
  'not by the same side once more, where it said already that the goods did not arrive',
  (step, { actor }) => !isDisputed(step) || isStaff(actor.role),
)
const isOfStaff = ({ actor }: Subject): boolean => actor.role === 'agent' || actor.role === 'supervisor'
const isPaymentSystem = ({ actor }: Subject): boolean => actor.role === 'payments'
const moneyAlone = on(
  'the payment system reports on money alone',
  ({ kind }, subject) => !isPaymentSystem(subject) || movesMoney(kind) || kind === 'difference',
)
const contestInTurn = on(
  'a contest is raised by its side, and decided by staff once it is',
  ({ kind, data }, subject) => kind !== 'contest' || (data.contested === true) === isOfStaff(subject),
)
const paidToPlatform = on(
  'the payment of a difference is reported by staff, for the payment system',
  ({ kind }, subject) => kind !== 'difference' || isOfStaff(subject) || isPaymentSystem(subject),
)
const withProgress = on(
  'money that was asked for, or a repair or shipment that takes its time',
  ({ kind }) => movesMoney(kind) || tellsProgress.includes(kind),
)
const money = on('money that the payment system was asked for', wasAsked)
const outsideAppeal: Condition<Subject> = {
  says: 'no appeal is open',
  holds: ({ file }) => file.complaint.status !== 'under_appeal',
}
/** A step of goods lives with its plan; money that was paid once is owed on, whatever became of the plan. */
const stillWanted = on(
  'it is still wanted: neither given up nor left unclaimed, its plan not cancelled (but for what somebody laid out), and executing where it moves no money',
  ({ stopped, unclaimed_at, kind, due_at }, { plan }) =>
    stopped === undefined &&
    unclaimed_at === undefined &&
    due_at !== null &&
    (kind === 'reimbursement' ||
      (plan?.status !== 'cancelled' && (movesMoney(kind) ? plan?.status !== 'superseded' : plan?.status === 'executing'))),
)
const payeeAsked = on(
  'an account is asked for, or the money was left unclaimed',
  (step, { file }) =>
    step.stopped === undefined &&
    (step.unclaimed_at !== undefined ||
      file.deadlines.some((x) => isOpen(x) && x.kind === 'payee_details' && x.subject_id === step.id)),
)
/** Money that was left unclaimed is paid in its plan, which must not stand beside another one. */
const mayGoOn: Condition<Subject> = {
  says: 'the plan is executing, or the case rests and can take it up again',
  holds: ({ plan, file }) =>
    plan === undefined ||
    plan.status !== 'executed' ||
    file.complaint.status === 'resolved' ||
    file.complaint.status === 'closed',
}

const endsPlan = [{ from: ['executing'], to: ['resolved', 'investigating'] }] as const

export const stepLifecycle = {
  resource: 'step',
  states: stepStateNames,
  initial: 'pending',
  final: ['done', 'skipped'],
  actions: {
    complete_step: {
      summary:
        'Report a step as done; the next one of its remedy begins, and after the last one of the plan the case is resolved. Money may be reported in any state and again: the same reports come to the same.',
      allow: [
        {
          by: ['step_party', ...reporters, 'system'],
          from: ['pending', 'under_way'],
          to: ['done', 'partly_done', 'failed'],
        },
        { by: reporters, from: ['partly_done', 'failed', 'returned'], to: ['done', 'partly_done'] },
        { by: reporters, from: ['cancelling', 'skipped'], to: ['done'] },
        { by: reporters, from: ['cancelling'], to: ['skipped'] },
        { by: reporters, from: ['done'] },
      ],
      moves: endsPlan,
      meets: [...reportClocks, 'step_decision', 'payee_details'],
      apart: [apartFromWhatIsPaid],
      when: [reportable, moneyAlone, contestInTurn, paidToPlatform],
    },
    fail_step: {
      summary:
        'Report that a step cannot be done, or that a payment failed; what it holds stays held until staff try again or give it up.',
      allow: [
        { by: ['step_party', ...reporters], from: ['pending', 'under_way'], to: ['failed', 'partly_done'] },
        { by: reporters, from: ['cancelling'], to: ['skipped'] },
        { by: reporters, from: ['partly_done', 'done', 'failed', 'returned', 'skipped'] },
      ],
      moves: [...endsPlan, { from: ['executing'], to: ['closed'] }],
      meets: reportClocks,
      apart: [apartFromWhatIsPaid],
      when: [reportable, moneyAlone, notDisputedBefore, contestInTurn],
    },
    progress_step: {
      summary:
        'Tell that a step is under way; for the payment system that starts its own time, for anybody else it stops no clock.',
      allow: [
        { by: ['step_party', ...reporters], from: ['pending', 'under_way'], to: ['under_way'] },
        { by: reporters, from: ['partly_done', 'done', 'failed', 'returned', 'cancelling', 'skipped'] },
      ],
      apart: [apartFromWhatIsPaid],
      when: [reportable, moneyAlone, withProgress],
    },
    return_step: {
      summary:
        'Report that a payment came back; a plan that was executed is executed again, with its case where that rests, and no window to appeal opens by it.',
      allow: [
        { by: reporters, from: ['pending', 'under_way', 'partly_done', 'failed'], to: ['returned'] },
        { by: reporters, from: ['partly_done'], to: ['failed'] },
        {
          by: reporters,
          from: ['done'],
          to: ['returned', 'failed', 'partly_done', 'pending', 'under_way', 'cancelling', 'skipped'],
        },
        { by: reporters, from: ['cancelling'], to: ['skipped'] },
        { by: reporters, from: ['returned', 'skipped'] },
      ],
      moves: [{ from: ['resolved', 'closed'], to: ['executing'] }, ...endsPlan],
      apart: [apartFromWhatIsPaid],
      when: [money],
    },
    retry_step: {
      summary: 'Try a step again that came to nothing: money by a new attempt, goods by sending them again.',
      allow: [{ by: staff, from: ['failed', 'returned', 'partly_done'], to: ['pending'] }],
      meets: ['step_decision'],
      when: [stillWanted, outsideAppeal],
    },
    skip_step: {
      summary:
        'Give a step up that came to nothing: what it and the rest of its remedy hold is free again, the other remedies go on.',
      allow: [{ by: staff, from: ['failed', 'returned', 'partly_done'], to: ['skipped'] }],
      moves: endsPlan,
      meets: ['step_decision'],
      apart: [notAnotherAgentsCase],
      when: [stillWanted, outsideAppeal],
    },
    cancel_step: {
      summary: 'Ask the payment system to leave what it has not paid; the money stays held until it answers.',
      allow: [{ by: staff, from: ['pending', 'under_way'], to: ['cancelling'] }],
      apart: [notAnotherAgentsCase],
      when: [money, stillWanted, outsideAppeal],
    },
    name_payee_step: {
      summary: 'Confirm the account to pay to, as the payment system calls it; the money is asked for again at once.',
      allow: [{ by: ['complainant'], from: ['failed', 'returned', 'partly_done'], to: ['pending'] }],
      moves: [{ from: ['resolved', 'closed'], to: ['executing'] }],
      meets: ['payee_details'],
      when: [payeeAsked, mayGoOn, outsideAppeal],
    },
  },
  cascades: {
    end_plan: {
      summary:
        'Its plan ends before it is done, or an earlier step of its remedy was given up; money that was asked for is asked back.',
      from: ['pending', 'under_way', 'failed', 'returned', 'partly_done'],
      to: ['skipped'],
    },
    ask_back: {
      summary: 'The same where the payment system has not answered.',
      from: ['pending', 'under_way'],
      to: ['cancelling'],
    },
    hold_back: {
      summary: 'Its turn comes, but the order does not hold its money any more.',
      from: ['pending'],
      to: ['failed'],
    },
    send_again: {
      summary: 'What it sent did not arrive, and staff have it sent again.',
      from: ['done'],
      to: ['pending'],
    },
  },
} as const satisfies Lifecycle<StepState, StepAction, Who, Subject>

export const setStepStatus = statusSetter<StepState>(stepLifecycle)
