import { sql } from 'kysely'
import type { Parties } from '../case-file/case-file.ts'
import type { Db } from '../database.ts'
import type { DeadlineKind } from '../deadlines/words.ts'
import type { Time } from '../foundation/clock.ts'
import { beyond, type Page } from '../foundation/pagination.ts'
import type { StuckCaseRow } from './table.ts'
import type { ErrorClass } from './words.ts'

/** A stuck case as the list shows it, and whose case it is. */
export interface ListedStuckCase extends StuckCaseRow, Parties {
  case_number: string
  /** Of the clock that was due first; null where there is none. */
  due_at: Time | null
}

interface Filters {
  complaintId?: string
  error_class?: readonly ErrorClass[] | undefined
  kind?: readonly DeadlineKind[] | undefined
}

/** Newest first; of a page one more than it shows. */
export const findStuckCases = async (
  db: Db,
  platformId: string,
  { complaintId, error_class, kind }: Filters,
  page: Page,
): Promise<ListedStuckCase[]> => {
  let rows = db.selectFrom('stuck_cases').selectAll().where('platform_id', '=', platformId)
  if (complaintId !== undefined) rows = rows.where('complaint_id', '=', complaintId)
  if (error_class !== undefined) rows = rows.where(sql<boolean>`error_class = any(${error_class}::text[])`)
  if (kind !== undefined) rows = rows.where(sql<boolean>`kind = any(${kind}::text[])`)
  const newest = rows
    .where(beyond(page, ['stuck_since', 'complaint_id'], 'desc'))
    .orderBy('stuck_since', 'desc')
    .orderBy('complaint_id', 'desc')
    .limit(page.limit + 1)
  return (
    db
      .selectFrom(newest.as('s'))
      .selectAll('s')
      // one look-up each, whatever the planner believes of the page's length
      .crossJoinLateral((eb) =>
        eb
          .selectFrom('complaints')
          .select(['case_number', 'complainant_role', 'complainant_id', 'respondent_role', 'respondent_id'])
          .where('platform_id', '=', platformId)
          .where('id', '=', sql<string>`s.complaint_id`)
          .limit(1)
          .as('c'),
      )
      .selectAll('c')
      .select([
        sql<Time | null>`(select d.due_at from deadlines d where d.platform_id = ${platformId} and d.id = s.deadline_id)`.as(
          'due_at',
        ),
      ])
      .orderBy('s.stuck_since', 'desc')
      .orderBy('s.complaint_id', 'desc')
      .execute()
  )
}

/** One stuck case; `undefined` for a case that is not stuck. */
export const findStuckCase = async (db: Db, platformId: string, complaintId: string): Promise<ListedStuckCase | undefined> =>
  (await findStuckCases(db, platformId, { complaintId }, { limit: 0, after: undefined }))[0]
