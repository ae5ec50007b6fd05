import { sql } from 'kysely'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { Duration } from '../../rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../rules/policy/default-policy.ts'
import type { OrderLimitRow, OrderRow, RefundElsewhereRow } from './table.ts'

/** The order as the platform knows it, if it does. */
export const findOrder = (db: Db, platformId: string, id: string): Promise<OrderRow | undefined> =>
  db.selectFrom('orders').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

export const findLimits = (db: Db, platformId: string, orderId: string): Promise<OrderLimitRow[]> =>
  db
    .selectFrom('order_limits')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('order_id', '=', orderId)
    .orderBy('kind')
    .orderBy('key')
    .execute()

/** How many refunds elsewhere an order shows. */
const MOST_SHOWN = 100

/** The newest first. */
export const findRefundsElsewhere = (db: Db, platformId: string, orderId: string): Promise<RefundElsewhereRow[]> =>
  db
    .selectFrom('order_refunds_elsewhere')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('order_id', '=', orderId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST_SHOWN)
    .execute()

export const findRefundByReference = (
  db: Db,
  platformId: string,
  orderId: string,
  reference: string,
): Promise<RefundElsewhereRow | undefined> =>
  db
    .selectFrom('order_refunds_elsewhere')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('order_id', '=', orderId)
    .where('reference', '=', reference)
    .executeTakeFirst()

/** So long after a payment its return has taken a case up again, by any version of the policy. */
export const findReturnWindows = async (db: Db, platformId: string): Promise<Duration[]> => {
  const { rows } = await sql<{ allow: Duration }>`
    select distinct (document -> 'payments' -> 'returned_within')::jsonb as allow from policies
     where platform_id = ${platformId}::uuid and document -> 'payments' -> 'returned_within' is not null`.execute(db)
  return [defaultPolicy.payments.returned_within, ...rows.map(({ allow }) => allow)]
}

/** How many open cases of an order are told of a change of it; more than that nobody has. */
const MOST_TOLD = 200

/**
 * Locks the open cases of an order, ascending, and then the order itself, in the order of all locks. The cases are the oldest `MOST_TOLD`.
 */
export const lockOrder = async (
  trx: Trx,
  platformId: string,
  id: string,
): Promise<{ order: OrderRow | undefined; caseIds: string[] }> => {
  const open = await trx
    .selectFrom('complaints')
    .select('id')
    .where('platform_id', '=', platformId)
    .where('order_id', '=', id)
    .where('status', '<>', 'closed')
    .orderBy('created_at')
    .orderBy('id')
    .limit(MOST_TOLD)
    .execute()
  const caseIds = open.map((row) => row.id).sort()
  if (caseIds.length > 0)
    await trx
      .selectFrom('complaints')
      .select('id')
      .where('platform_id', '=', platformId)
      .where('id', 'in', caseIds)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return { order, caseIds }
}
