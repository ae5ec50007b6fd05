/** The only writer of return instructions: what is replaced or withdrawn is gone, since each return keeps what held for it. */
import type { Trx } from '../../foundation/sql/database.ts'
import type { ReturnInstructionsRow } from './table.ts'

/** @returns whether nobody else has written the first version meanwhile */
export const insertReturnInstructions = async (trx: Trx, row: ReturnInstructionsRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('return_instructions')
    .values(row)
    .onConflict((conflict) => conflict.columns(['platform_id', 'merchant_id']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** The caller holds the lock of the row. */
export const updateReturnInstructions = async (trx: Trx, row: ReturnInstructionsRow): Promise<void> => {
  const { version, return_to, changed_by, updated_at } = row
  await trx
    .updateTable('return_instructions')
    .set({ version, return_to, changed_by, updated_at })
    .where('platform_id', '=', row.platform_id)
    .where('merchant_id', '=', row.merchant_id)
    .execute()
}

/** The caller holds the lock of the row. */
export const deleteReturnInstructions = async (trx: Trx, platformId: string, merchantId: string): Promise<void> => {
  await trx
    .deleteFrom('return_instructions')
    .where('platform_id', '=', platformId)
    .where('merchant_id', '=', merchantId)
    .execute()
}
