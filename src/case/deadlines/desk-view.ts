import type { Time } from '../../foundation/clock.ts'
import { isDuty, isOpen, isStillOwed } from './due.ts'
import type { DeskRow } from './find.ts'
import type { DeskDeadlineWire } from './schema.ts'
import type { DeadlineRow } from './table.ts'
import { deadlineView } from './view.ts'

/** Whether a duty is past its due time and still owed. */
const isOverdue = (deadline: DeadlineRow, now: Time): boolean =>
  isDuty(deadline) &&
  (isStillOwed(deadline) ||
    (isOpen(deadline) && (deadline.owed_since !== null || (deadline.status === 'running' && deadline.due_at <= now))))

/** A clock with what the desk must know of its case. */
export const deskView = (row: DeskRow, now: Time): DeskDeadlineWire => ({
  ...deadlineView(row, 'all'),
  overdue: isOverdue(row, now),
  complaint_id: row.complaint_id,
  case_number: row.case_number,
  channel: row.channel,
  category: row.category,
  level: row.level,
  owner: row.owner,
  unanswered_since: row.unanswered_since,
})
