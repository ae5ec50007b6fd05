/**
 * Messages have no states: writing one is the only action. The parties and staff write while the case is open; a closed case takes words
 * only while money of it is on its way, and the internal ones of staff always.
 */
import type { ActionRule } from '../../foundation/lifecycle.ts'
import { isStaff } from '../../platform/access/caller.ts'
import type { StepState } from '../../words/refund-plans.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import { complaintStates } from '../complaints/lifecycle.ts'
import { movesMoney } from '../refund-plans/steps.ts'

export const postRule: ActionRule<string, Who, Subject> = {
  summary: 'Write a message',
  allow: [{ by: ['complainant', 'respondent', 'agent', 'supervisor'], from: complaintStates }],
}

/** The states of a money step of which something more is to come. */
const unsettled: readonly StepState[] = ['pending', 'under_way', 'partly_done', 'failed', 'returned', 'cancelling']

/** Whether the payment system was asked for money in this case that is still awaited or owed. */
const awaitsMoney = ({ plans }: CaseFile): boolean =>
  plans.some(({ steps }) =>
    steps.some(({ kind, status, due_at, attempts }) => {
      if (!movesMoney(kind) || due_at === null) return false
      // a version of the service before this one skipped what it had asked for, and did not wait for an answer
      return attempts === undefined ? status === 'pending' || status === 'skipped' : unsettled.includes(status)
    }),
  )

/** Whether what is written for a party is still taken. */
export const takesWords = (file: CaseFile): boolean => file.complaint.status !== 'closed' || awaitsMoney(file)

/** Whether this person can write anything at all now. */
export const mayPost = ({ file, actor }: Pick<Subject, 'file' | 'actor'>): boolean => isStaff(actor.role) || takesWords(file)
