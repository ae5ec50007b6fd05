/** The only writer of the records of orders. Rows are only added. */
import type { Trx } from '../../foundation/sql/database.ts'
import type { OrderRecordRow } from './table.ts'

export const insertOrderRecord = async (trx: Trx, row: OrderRecordRow): Promise<void> => {
  // the driver would send an array as one of Postgres
  const sent = { ...row, line_ids: JSON.stringify(row.line_ids), record: JSON.stringify(row.record) } as unknown as OrderRecordRow
  await trx.insertInto('order_records').values(sent).execute()
}
