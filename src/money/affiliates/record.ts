/** The only writer of affiliates. */
import type { Trx } from '../../foundation/sql/database.ts'
import type { AffiliatesRow } from './table.ts'

// the driver would send an array as one of Postgres
const sent = <Row extends Pick<AffiliatesRow, 'affiliates'>>(row: Row): Row => ({
  ...row,
  affiliates: JSON.stringify(row.affiliates) as never,
})

/** Writes a new row, or the next version of one that is there. @returns whether nobody was faster */
export const writeAffiliates = async (trx: Trx, row: AffiliatesRow): Promise<boolean> => {
  const { platform_id, merchant_id, created_at: _, ...changed } = row
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('merchant_affiliates')
    .values(sent(row))
    .onConflict((conflict) =>
      conflict
        .columns(['platform_id', 'merchant_id'])
        .doUpdateSet(sent(changed))
        .where('merchant_affiliates.platform_id', '=', platform_id)
        .where('merchant_affiliates.version', '=', row.version - 1),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
