import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Actor, seesAll } from '../../platform/access/caller.ts'
import type { AppealQuery } from './schema.ts'
import type { AppealRow } from './table.ts'

/** One page of appeals, newest first, `limit + 1` rows of it: for a party those in its own cases, else those of the whole platform. */
export const findAppeals = async (
  db: Db,
  platformId: string,
  actor: Actor,
  query: AppealQuery & { complaintId?: string },
  page: Page,
): Promise<AppealRow[]> => {
  let select = db.selectFrom('appeals').selectAll().where('platform_id', '=', platformId)
  if (query.complaintId !== undefined) select = select.where('complaint_id', '=', query.complaintId)
  if (query.status !== undefined) select = select.where('status', 'in', query.status)
  if (!seesAll(actor.role)) {
    select = select.where(actor.role === 'buyer' ? 'buyer_id' : 'merchant_id', '=', actor.id)
  }
  return select
    .where(beyond(page, ['created_at', 'id'], 'desc'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
