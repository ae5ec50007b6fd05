/** The only writer of settlement rules: versions are added, never changed, and leave when they are old and replaced. */
import { sql } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { SettlementRulesRow } from './table.ts'

/** @returns whether nobody else has added this version meanwhile */
export const insertSettlementRules = async (trx: Trx, row: SettlementRulesRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('settlement_rules')
    // the driver would send an array as one of Postgres
    .values({ ...row, rules: row.rules && (JSON.stringify(row.rules) as never) })
    .onConflict((conflict) => conflict.columns(['platform_id', 'merchant_id', 'version']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** How long a version that was replaced is kept, for the plans that came of it. Longer than any complaint waits to be taken up. */
export const KEPT_DAYS = 400

/**
 * Removes versions of one platform that others have replaced before a moment.
 * @param most how many are removed
 * @returns how many are gone
 */
export const forgetSettlementRules = async (db: Db, platformId: string, beforeMs: number, most: number): Promise<number> => {
  const { rows } = await sql<{ gone: number }>`
    with old as (
      select r.merchant_id, r.version from settlement_rules r
       where r.platform_id = ${platformId}::uuid and exists (
         select 1 from settlement_rules n
          where n.platform_id = ${platformId}::uuid and n.merchant_id = r.merchant_id and n.version > r.version
            and n.created_at < ${toTime(beforeMs)}::timestamptz)
       limit ${most}::integer),
    gone as (
      delete from settlement_rules r using old
       where r.platform_id = ${platformId}::uuid and r.merchant_id = old.merchant_id and r.version = old.version
      returning 1)
    select count(*) as gone from gone`.execute(db)
  return rows[0]?.gone ?? 0
}
