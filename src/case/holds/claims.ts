/** What claims a held settlement: while anything does, it is not let go. Pure. */

import { isOpenAdvance } from '../../words/advances.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { isOpen } from '../deadlines/due.ts'
import { isOwed } from '../receivables/lifecycle.ts'
import { isOpenAttempt } from '../refund-plans/attempts.ts'
import type { PlanRow } from '../refund-plans/table.ts'

/** Whether a plan has a refund to pay, or a payment that is not answered. */
const isToBePaid = ({ status, steps }: PlanRow): boolean =>
  steps.some(
    ({ kind, status: step, attempts = [] }) =>
      attempts.some(isOpenAttempt) || (status === 'executing' && kind === 'refund' && step !== 'done' && step !== 'skipped'),
  )

/** Whether only the case itself claims what is held for it: nothing is to be paid or paid back, and no appeal decides about that. */
export const isIdle = ({ complaint, advances, receivables, plans }: CaseFile): boolean =>
  complaint.status !== 'under_appeal' &&
  !advances.some((advance) => isOpenAdvance(advance) || advance.frozen_amount > 0) &&
  !receivables.some((debt) => debt.debtor_role === 'merchant' && isOwed(debt)) &&
  !plans.some(isToBePaid)

/** Whether the case is at its end, nobody can contest it any more, and nothing is owed because of it. */
export const isFinal = (file: CaseFile): boolean =>
  file.complaint.status === 'closed' &&
  isIdle(file) &&
  !file.deadlines.some((clock) => clock.kind === 'appeal_window' && isOpen(clock))
