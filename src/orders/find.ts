import type { Trx } from '../database.ts'
import type { OrderRow } from './table.ts'

/** The order as the platform knows it; the first complaint about it makes it known. */
export const knownOrder = async (trx: Trx, stated: OrderRow): Promise<OrderRow> => {
  const read = () =>
    trx
      .selectFrom('orders')
      .selectAll()
      .where('platform_id', '=', stated.platform_id)
      .where('id', '=', stated.id)
      .executeTakeFirst()
  const known = await read()
  if (known) return known
  await trx
    .insertInto('orders')
    .values(stated)
    .onConflict((c) => c.columns(['platform_id', 'id']).doNothing())
    .execute()
  // whoever inserted first, here or elsewhere, is committed or ours by now
  return (await read()) ?? stated
}
