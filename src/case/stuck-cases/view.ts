import type { ListedStuckCase } from './find.ts'
import type { StuckCaseWire, StuckWire } from './schema.ts'
import type { StuckCaseRow } from './table.ts'

/** What a complaint shows staff of its failed tries. */
export const stuckView = ({ stuck_since: since, error_class, tries, next_try_at }: StuckCaseRow): StuckWire => ({
  since,
  error_class,
  tries,
  next_try_at,
})

export const stuckCaseView = (row: ListedStuckCase): StuckCaseWire => ({
  complaint_id: row.complaint_id,
  case_number: row.case_number,
  deadline_id: row.deadline_id,
  kind: row.kind,
  due_at: row.due_at,
  ...stuckView(row),
  last_tried_at: row.last_tried_at,
})
