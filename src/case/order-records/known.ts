import type { Db } from '../../foundation/sql/database.ts'
import type { Actor } from '../../platform/access/caller.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { statementOf } from '../orders/book.ts'
import { findOrder } from '../orders/find.ts'
import { findProvenBy } from './find.ts'
import { seesOrderRecord } from './visibility.ts'

/** What the platform's own systems know of the order of a complaint, and what of it this actor may read. */
export const findKnownRecords = async (db: Db, complaint: ComplaintRow, actor: Actor) => {
  const { platform_id, order_id } = complaint
  const records = order_id === null ? [] : await findProvenBy(db, platform_id, order_id)
  const order = order_id === null || records.length === 0 ? undefined : await findOrder(db, platform_id, order_id)
  if (order === undefined) return []
  const facts = statementOf(order, complaint)
  return records.map((record) => ({
    id: record.id,
    type: record.type,
    isShown: seesOrderRecord(complaint, facts, record, actor),
  }))
}
