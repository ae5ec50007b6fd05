import { type RawBuilder, sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { DeadlineKind } from '../../words/deadlines.ts'
import type { ErrorClass } from '../../words/stuck-cases.ts'
import type { Parties } from '../case-file/case-file.ts'
import type { StuckCaseRow } from './table.ts'

/** A stuck case as the list shows it, and whose case it is. */
export interface ListedStuckCase extends StuckCaseRow, Parties {
  case_number: string
  /** Of the clock that was due first; null where there is none. */
  due_at: Time | null
}

/** Filters on stuck cases; without any, all of a platform are meant. */
export interface Which {
  complaintId?: string
  error_class?: readonly ErrorClass[] | undefined
  kind?: readonly DeadlineKind[] | undefined
}

const anyOf = (column: string, values: readonly string[] | undefined): RawBuilder<boolean> =>
  values === undefined ? sql`true` : sql`${sql.ref(column)} = any(${values}::text[])`

/** The SQL condition of these filters. */
export const isMeant = ({ complaintId, error_class, kind }: Which): RawBuilder<boolean> =>
  sql`${complaintId === undefined ? sql`true` : sql`complaint_id = ${complaintId}`}
    and ${anyOf('error_class', error_class)} and ${anyOf('kind', kind)}`

/** One page of stuck cases, newest first, `limit + 1` rows of it. */
export const findStuckCases = async (db: Db, platformId: string, which: Which, page: Page): Promise<ListedStuckCase[]> => {
  const newest = db
    .selectFrom('stuck_cases')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where(isMeant(which))
    .where(beyond(page, ['stuck_since', 'complaint_id'], 'desc'))
    .orderBy('stuck_since', 'desc')
    .orderBy('complaint_id', 'desc')
    .limit(page.limit + 1)
  return (
    db
      .selectFrom(newest.as('s'))
      .selectAll('s')
      // one look-up for each row of the page, whatever the planner believes of its length
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
