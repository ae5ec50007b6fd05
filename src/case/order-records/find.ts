import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { OrderRecordRow } from './table.ts'

const ofOrder = (db: Db, platformId: string, orderId: string) =>
  db.selectFrom('order_records').where('platform_id', '=', platformId).where('order_id', '=', orderId)

/** One page of the records of an order, newest first, `limit + 1` of them. */
export const findOrderRecords = (db: Db, platformId: string, orderId: string, page: Page): Promise<OrderRecordRow[]> =>
  ofOrder(db, platformId, orderId)
    .selectAll()
    .where(beyond(page, ['id'], 'desc'))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()

export const findRecordByReference = (
  db: Db,
  platformId: string,
  orderId: string,
  reference: string,
): Promise<OrderRecordRow | undefined> =>
  ofOrder(db, platformId, orderId).selectAll().where('reference', '=', reference).executeTakeFirst()

/** What every record of an order proves, and who may read it. */
export const findProvenBy = (db: Db, platformId: string, orderId: string) =>
  ofOrder(db, platformId, orderId).select(['id', 'type', 'line_ids', 'visible_to']).orderBy('id').execute()

/** How many records an order has. */
export const countOrderRecords = async (db: Db, platformId: string, orderId: string): Promise<number> => {
  const row = await ofOrder(db, platformId, orderId)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
