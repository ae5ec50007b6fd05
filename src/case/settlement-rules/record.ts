/** The only writer of settlement rules: versions are added, never changed. */
import type { Trx } from '../../foundation/sql/database.ts'
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
