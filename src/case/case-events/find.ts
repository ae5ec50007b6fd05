import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { CaseEventRow, Visibility } from './table.ts'

/** The columns that a timeline shows, and those that decide how it shows them. */
const shownColumns = [
  'id',
  'sequence',
  'type',
  'at',
  'actor_role',
  'actor_id',
  'resource',
  'resource_id',
  'from_status',
  'to_status',
  'reason_code',
  'note',
  'data',
] as const satisfies readonly (keyof CaseEventRow)[]
export type ShownEvent = Pick<CaseEventRow, (typeof shownColumns)[number]>

/** One page of a case's trail, `limit + 1` rows of it. */
export const findEvents = async (
  db: Db,
  platformId: string,
  complaintId: string,
  { readers, order, page }: { readers: 'all' | readonly Visibility[]; order: 'asc' | 'desc'; page: Page },
): Promise<ShownEvent[]> => {
  const ofCase = db
    .selectFrom('case_events')
    .select(shownColumns)
    .where('platform_id', '=', platformId)
    .where('complaint_id', '=', complaintId)
  return (readers === 'all' ? ofCase : ofCase.where('visibility', 'in', readers))
    .where(beyond(page, ['sequence'], order))
    .orderBy('sequence', order)
    .limit(page.limit + 1)
    .execute()
}
