import type { CaseFile } from '../case-file/case-file.ts'
import { clocksFor } from '../deadlines/view.ts'
import { receivableActionsFor, type Viewer } from '../decisions/available.ts'
import type { ReceivableWire } from './schema.ts'
import type { ReceivableRow } from './table.ts'

/** A debt; whether the caller may see it at all is `seesReceivable`. */
export const receivableView = (file: CaseFile, debt: ReceivableRow, viewer: Viewer): ReceivableWire => ({
  id: debt.id,
  complaint_id: debt.complaint_id,
  advance_id: debt.advance_id,
  creditor: debt.creditor,
  status: debt.status,
  debtor: { role: debt.debtor_role, id: debt.debtor_id },
  reason_code: debt.reason_code,
  currency: debt.currency,
  amount: debt.amount,
  paid_amount: debt.paid_amount,
  end_explanation: debt.end_explanation,
  deadlines: clocksFor(
    file.complaint,
    viewer.actor,
    file.deadlines.filter((x) => x.subject_id === debt.id),
  ),
  available_actions: receivableActionsFor(file, debt, viewer),
  version: debt.version,
  ended_at: debt.ended_at,
  created_at: debt.created_at,
  updated_at: debt.updated_at,
})
