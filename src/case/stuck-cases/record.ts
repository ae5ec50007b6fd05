/** The only writer of stuck cases. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { insertRows, setOnConflict, writeStages } from '../../foundation/sql/rows.ts'
import { isMeant, type Which } from './find.ts'
import type { StuckCaseRow } from './table.ts'

/** The columns that change with each further try. */
const changing = [
  'deadline_id',
  'kind',
  'error_class',
  'tries',
  'last_tried_at',
  'next_try_at',
  'logged_at',
  'sleep_ends_at',
] as const

/** Stores failed tries. Called in the transaction that puts the clocks of these cases to sleep. */
export const keepStuck = async (trx: Trx, rows: readonly StuckCaseRow[]): Promise<void> => {
  const [first] = rows
  if (first === undefined) return
  const conflict = setOnConflict(changing, 'platform_id, complaint_id')
  await writeStages(trx, first.platform_id, [[insertRows('stuck_kept', 'stuck_cases', rows, { conflict })]])
}

/** Deletes the rows of cases that were decided after all. Called in the transaction that records the decisions. */
export const forgetStuck = async (trx: Trx, platformId: string, complaintIds: readonly string[]): Promise<void> => {
  if (complaintIds.length === 0) return
  await trx
    .deleteFrom('stuck_cases')
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`complaint_id = any(${complaintIds}::uuid[])`)
    .execute()
}

/** Puts the clocks of a case to sleep without a decision, where the database refuses even the decision that would do so. */
export const putToSleep = async (
  trx: Trx,
  { platform_id, complaint_id, sleep_ends_at }: StuckCaseRow,
  now: Time,
): Promise<void> => {
  await trx
    .updateTable('deadlines')
    .set({ wakes_at: sleep_ends_at })
    .where('platform_id', '=', platform_id)
    .where('complaint_id', '=', complaint_id)
    .where(sql<boolean>`status = 'running'`)
    .where('wakes_at', '<=', now)
    .execute()
}

/** Lets the next sweep try these stuck cases. @returns how many */
export const tryAgain = async (db: Db, platformId: string, which: Which, realNow: Time): Promise<number> => {
  const { numUpdatedRows } = await db
    .updateTable('stuck_cases')
    .set({ next_try_at: realNow })
    .where('platform_id', '=', platformId)
    .where(isMeant(which))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
