/**
 * Messages have no states: writing one is the only action. The parties and staff write while the case is open; a closed case takes words
 * only while money of it is on its way, and the internal ones of staff always.
 */
import type { ActionRule } from '../../foundation/lifecycle.ts'
import { isStaff } from '../../platform/access/caller.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import { complaintStates } from '../complaints/lifecycle.ts'
import { movesMoney } from '../refund-plans/steps.ts'

export const postRule: ActionRule<string, Who, Subject> = {
  summary: 'Write a message',
  allow: [{ by: ['complainant', 'respondent', 'agent', 'supervisor'], from: complaintStates }],
}

/** Whether the payment system was asked for money in this case and has not reported the payment. */
const awaitsMoney = ({ plans }: CaseFile): boolean =>
  plans.some(({ steps }) =>
    steps.some(
      ({ kind, status, due_at }) => movesMoney(kind) && due_at !== null && (status === 'pending' || status === 'skipped'),
    ),
  )

/** Whether what is written for a party is still taken. */
export const takesWords = (file: CaseFile): boolean => file.complaint.status !== 'closed' || awaitsMoney(file)

/** Whether this person can write anything at all now. */
export const mayPost = ({ file, actor }: Pick<Subject, 'file' | 'actor'>): boolean => isStaff(actor.role) || takesWords(file)
