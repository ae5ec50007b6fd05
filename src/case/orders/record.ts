/** The only writer of orders: they become known with their first complaint, and their money moves with decisions. */
import { insertRows, type Write } from '../../foundation/sql/rows.ts'
import type { Amounts } from './money.ts'
import type { OrderRow } from './table.ts'

/** Makes orders known. Comes to nothing when one is known with another currency or another paid amount. */
export const stateOrders = (orders: readonly OrderRow[]): Write[] => {
  if (orders.length === 0) return []
  return [
    insertRows('orders_new', 'orders', orders, {
      conflict: 'on conflict do nothing',
      returning: 'platform_id, id, currency, paid_amount',
      all: false,
    }),
    {
      name: 'orders_stated',
      rows: orders.length,
      // what this very statement inserts is seen in what it returns only
      sql: (bind) => `select 1 from jsonb_populate_recordset(null::orders, ${bind(JSON.stringify(orders))}::jsonb) s
        where (s.currency, s.paid_amount) in (
          select currency, paid_amount from orders_new k where k.platform_id = s.platform_id and k.id = s.id
          union all
          select currency, paid_amount from orders k where k.platform_id = s.platform_id and k.id = s.id)`,
    },
  ]
}

/**
 * Puts money in force by guarded differences (negative ones release it); the schema's CHECKs stand behind it. Comes to nothing when an
 * order does not hold what is asked for. Orders are locked in ascending order.
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
      sql: (bind, complete) => `update orders o
        set refund_in_force = o.refund_in_force + m.refund, compensation_in_force = o.compensation_in_force + m.compensation
        from jsonb_to_recordset(${bind(JSON.stringify(rows))}::jsonb) as m(platform_id uuid, id text, refund bigint, compensation bigint)
        where o.platform_id = m.platform_id and o.id = m.id
          and o.refund_in_force + m.refund <= o.paid_amount
          and o.refund_in_force + m.refund + o.compensation_in_force + m.compensation <= o.paid_amount + o.compensation_limit
          and ${complete} returning 1`,
    },
  ]
}
