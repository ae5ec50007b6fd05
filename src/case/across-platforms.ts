/** The statements of this wing that name no platform; see `platform/across-platforms.ts`. */
import type { Db } from '../foundation/sql/database.ts'
import type { ErrorClass } from '../words/stuck-cases.ts'

/** How many cases are stuck in the whole service, by what keeps the system from deciding them. */
export const countStuckCases = (db: Db): Promise<{ error_class: ErrorClass; cases: number }[]> =>
  db
    .selectFrom('stuck_cases')
    .groupBy('error_class')
    .select(({ fn }) => ['error_class', fn.countAll<number>().as('cases')])
    .execute()
