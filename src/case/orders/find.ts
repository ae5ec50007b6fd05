import type { Db } from '../../foundation/sql/database.ts'
import type { OrderRow } from './table.ts'

/** The order as the platform knows it, if it does. */
export const findOrder = (db: Db, platformId: string, id: string): Promise<OrderRow | undefined> =>
  db.selectFrom('orders').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()
