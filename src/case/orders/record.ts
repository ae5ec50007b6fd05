/** The only writer of orders: they become known with their first complaint, and their money moves with decisions. */
import { insertRows, rowsAsJson, type Write } from '../../foundation/sql/rows.ts'
import type { Amounts } from './money.ts'
import type { OrderRow } from './table.ts'

/** Inserts orders that are not known yet. The statement writes nothing when one is known with another currency or paid amount. */
export const insertOrders = (orders: readonly OrderRow[]): Write[] => {
  if (orders.length === 0) return []
  return [
    insertRows('orders_new', 'orders', orders, {
      conflict: 'on conflict do nothing',
      returning: 'id, currency, paid_amount',
      all: false,
    }),
    {
      name: 'orders_stated',
      rows: orders.length,
      // a row that this statement inserts shows in its `returning` and not in the table; on a distributed Postgres it shows in both
      sql: (given) => `select 1 from jsonb_populate_recordset(null::orders, ${rowsAsJson(given, orders, orders)}) s
        join (
          select id, currency, paid_amount from orders_new
          union
          select id, currency, paid_amount from orders
           where platform_id = ${given.platform} and id = any(${given.bind(orders.map(({ id }) => id))}::text[])) k
          on k.id = s.id and k.currency = s.currency and k.paid_amount = s.paid_amount`,
    },
  ]
}

/**
 * Puts money in force by guarded differences (negative ones release it); CHECKs of the schema guard it as well. The statement writes
 * nothing when an order has no room for a difference. Orders are locked in ascending order.
 */
export const changeMoney = (changes: readonly ({ order: OrderRow } & Amounts)[]): Write[] => {
  if (changes.length === 0) return []
  const sums = new Map<string, { platform_id: string; id: string } & Amounts>()
  for (const { order, refund, compensation } of changes) {
    const sum = sums.get(order.id) ?? { platform_id: order.platform_id, id: order.id, refund: 0, compensation: 0 }
    sums.set(order.id, { ...sum, refund: sum.refund + refund, compensation: sum.compensation + compensation })
  }
  const rows = [...sums.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return [
    {
      name: 'money_changed',
      rows: rows.length,
      sql: (given) => `update orders o
        set refund_in_force = o.refund_in_force + m.refund, compensation_in_force = o.compensation_in_force + m.compensation
        from jsonb_to_recordset(${rowsAsJson(given, rows, rows)}) as m(id text, refund bigint, compensation bigint)
        where o.platform_id = ${given.platform} and o.id = m.id
          and o.refund_in_force + m.refund <= o.paid_amount
          and o.refund_in_force + m.refund + o.compensation_in_force + m.compensation <= o.paid_amount + o.compensation_limit
          and ${given.complete} returning 1`,
    },
  ]
}
