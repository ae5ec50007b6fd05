/**
 * The only writer of orders: they become known with their first complaint or the platform's statement, their money moves with decisions,
 * statements correct their facts, and refunds elsewhere count against them.
 */
import type { Trx } from '../../foundation/sql/database.ts'
import { insertRows, rowsAsJson, updateRows, type Write } from '../../foundation/sql/rows.ts'
import { boundOf, limitsMadeBy, settlementLimits, statementOf } from './book.ts'
import { paidForLines } from './facts.ts'
import { reclaimsPromotions } from './promotions.ts'
import type { OrderLimitRow, OrderRow, OrderStatementRow, RefundElsewhereRow } from './table.ts'

/** Inserts orders that are not known yet. The statement writes nothing when one is known with other facts. */
export const insertOrders = (orders: readonly OrderRow[]): Write[] => {
  if (orders.length === 0) return []
  return [
    insertRows('orders_new', 'orders', orders, {
      conflict: 'on conflict do nothing',
      returning: 'id, currency, paid_amount, facts',
      all: false,
    }),
    {
      name: 'orders_stated',
      rows: orders.length,
      // a row that this statement inserts shows in its `returning` and not in the table; on a distributed Postgres it shows in both
      sql: (given) => `select 1 from jsonb_populate_recordset(null::orders, ${rowsAsJson(given, orders, orders)}) s
        join (
          select id, currency, paid_amount, facts from orders_new
          union
          select id, currency, paid_amount, facts from orders
           where platform_id = ${given.platform} and id = any(${given.bind(orders.map(({ id }) => id))}::text[])) k
          on k.id = s.id and k.currency = s.currency and k.paid_amount = s.paid_amount and k.facts = s.facts`,
    },
  ]
}

/** An order as a decision found it and as it leaves it. */
export interface OrderChange {
  before: OrderRow
  after: OrderRow
}

/** What the limits hold by the facts of an order, for those that money has touched. */
const restateLimits = (orders: readonly OrderRow[]): Write => {
  const rows = orders.flatMap((order) => {
    const facts = statementOf(order)
    const book = { facts, lines: paidForLines(facts) }
    const { platform_id, id: order_id } = order
    return [...limitsMadeBy(facts), ...settlementLimits(facts)].map((limit) => ({
      platform_id,
      order_id,
      ...limit,
      bound: boundOf(book, limit) ?? 0,
    }))
  })
  return {
    name: 'limits_restated',
    sql: (given) => `update order_limits l set bound = m.bound, excess = greatest(0, l.in_force - m.bound)
      from jsonb_populate_recordset(null::order_limits, ${rowsAsJson(given, rows, rows)}) m
      where l.platform_id = ${given.platform} and l.order_id = m.order_id and l.kind = m.kind and l.key = m.key
        and l.bound <> m.bound and ${given.complete} returning 1`,
  }
}

/** Writes the lines that a further complaint has named, if nobody has stated the order meanwhile. */
export const amendOrders = (changes: readonly OrderChange[]): Write[] =>
  changes.length === 0
    ? []
    : [
        updateRows(
          'orders_amended',
          'orders',
          changes.map(({ before, after }) => ({ after, expected: before.version })),
          ['version'],
          ['facts', 'version', 'updated_at'],
        ),
        restateLimits(changes.map(({ after }) => after)),
      ]

/** Above every amount. */
const MOST = Number.MAX_SAFE_INTEGER

/** The columns of an order that hold money in force. */
const sums = ['refund_in_force', 'compensation_in_force', 'goods_in_force'] as const

/** What no order has in force. */
const NEVER_READ = -1

/** What goes back of an order whose promotions are reclaimed depends on what else comes back of it; null where it does not. */
const asRead = (before: OrderRow, after: OrderRow): number | null =>
  after.facts !== null && reclaimsPromotions(after.facts) && after.refund_in_force > before.refund_in_force
    ? before.refund_in_force
    : null

/** Whether a decision counts money that was paid without being reserved. That is a fact: it is written whether there is room or not. */
const isBeyond = ({ before, after }: OrderChange): boolean =>
  after.refund_excess > before.refund_excess || after.compensation_excess > before.compensation_excess

type Sums = { platform_id: string; id: string; version: number; as_read: number | null; beyond: boolean } & Record<
  (typeof sums)[number],
  number
>

/**
 * Puts money in force by guarded differences (negative ones release it); CHECKs of the schema guard it as well. The statement writes
 * nothing when an order was stated anew since it was read, or has no room for a difference that was not paid already. Orders are locked in
 * ascending order; whoever changes a limit of an order holds its lock.
 */
export const changeMoney = (changes: readonly OrderChange[]): Write[] => {
  if (changes.length === 0) return []
  const found = new Map<string, Sums>()
  for (const change of changes) {
    const { before, after } = change
    const { platform_id, id, version } = after
    const known = found.get(id)
    const as_read = asRead(before, after)
    const none = { refund_in_force: 0, compensation_in_force: 0, goods_in_force: 0 }
    const sum = known ?? { platform_id, id, version, as_read, beyond: false, ...none }
    // of two that must know of each other one has to be decided anew
    if (known && as_read !== null) known.as_read = NEVER_READ
    sum.beyond ||= isBeyond(change)
    for (const column of sums) sum[column] += after[column] - before[column]
    found.set(id, sum)
  }
  const rows = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return [
    {
      name: 'money_changed',
      rows: rows.length,
      sql: (given) => `update orders o
        set refund_in_force = o.refund_in_force + m.refund_in_force,
            compensation_in_force = o.compensation_in_force + m.compensation_in_force,
            goods_in_force = o.goods_in_force + m.goods_in_force,
            refund_excess = least(
              case when m.beyond then ${MOST} else o.refund_excess end,
              greatest(0, o.refund_in_force + m.refund_in_force - o.paid_amount)),
            compensation_excess = least(
              case when m.beyond then ${MOST} else o.compensation_excess end,
              greatest(0, o.compensation_in_force + m.compensation_in_force - o.compensation_limit))
        from jsonb_to_recordset(${rowsAsJson(given, rows, rows)})
          as m(id text, version integer, as_read bigint, beyond boolean, refund_in_force bigint, compensation_in_force bigint, goods_in_force bigint)
        where o.platform_id = ${given.platform} and o.id = m.id and o.version = m.version
          and (m.beyond or m.refund_in_force <= 0 or o.refund_in_force + m.refund_in_force <= o.paid_amount)
          and (m.beyond or m.compensation_in_force <= 0 or o.compensation_in_force + m.compensation_in_force <= o.compensation_limit)
          and (m.as_read is null or o.refund_in_force = m.as_read)
          and ${given.complete} returning 1`,
    },
  ]
}

/** The limits of an order before and after. */
export interface LimitsChange {
  before: readonly OrderLimitRow[]
  after: readonly OrderLimitRow[]
}

const nameOf = ({ order_id, kind, key }: OrderLimitRow): string => `${order_id}\n${kind}\n${key}`

/** The limits that a decision has changed, as differences. An excess is that of money that was paid without being reserved. */
export const changedLimits = ({ before, after }: LimitsChange): OrderLimitRow[] => {
  const earlier = new Map(before.map((row) => [nameOf(row), row]))
  return after
    .map((row) => {
      const { in_force = 0, excess = 0 } = earlier.get(nameOf(row)) ?? {}
      return { ...row, in_force: row.in_force - in_force, excess: Math.max(0, row.excess - excess) }
    })
    .filter(({ in_force }) => in_force !== 0)
}

/**
 * The same for the limits of orders, whose rows come to be with the first money that touches them. Goes with `changeMoney`, which holds the
 * locks of their orders and has made sure that the bounds are those of the present facts.
 */
export const changeLimits = (changes: readonly OrderLimitRow[]): Write[] => {
  if (changes.length === 0) return []
  const found = new Map<string, OrderLimitRow>()
  for (const row of changes) {
    const sum = found.get(nameOf(row))
    found.set(nameOf(row), { ...row, in_force: row.in_force + (sum?.in_force ?? 0), excess: row.excess + (sum?.excess ?? 0) })
  }
  const rows = [...found.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const taken = rows.filter(({ in_force }) => in_force > 0)
  const released = rows.filter(({ in_force }) => in_force < 0)
  return [...(taken.length > 0 ? [takeLimits(taken)] : []), ...(released.length > 0 ? [releaseLimits(released)] : [])]
}

const takeLimits = (rows: readonly OrderLimitRow[]): Write => ({
  name: 'limits_taken',
  rows: rows.length,
  sql: (given) => `insert into order_limits (platform_id, order_id, kind, key, bound, in_force, excess)
    select ${given.platform}, m.order_id, m.kind, m.key, m.bound, m.in_force, m.excess
      from jsonb_populate_recordset(null::order_limits, ${rowsAsJson(given, rows, rows)}) m
     where ${given.complete}
    on conflict (platform_id, order_id, kind, key) do update
      set bound = excluded.bound, in_force = order_limits.in_force + excluded.in_force,
          excess = case when excluded.excess > 0 then greatest(0, order_limits.in_force + excluded.in_force - excluded.bound) else 0 end
      where excluded.excess > 0 or order_limits.in_force + excluded.in_force <= excluded.bound
    returning 1`,
})

const releaseLimits = (rows: readonly OrderLimitRow[]): Write => ({
  name: 'limits_released',
  rows: rows.length,
  sql: (given) => `update order_limits l
    set in_force = l.in_force + m.in_force, excess = least(l.excess, greatest(0, l.in_force + m.in_force - l.bound))
    from jsonb_populate_recordset(null::order_limits, ${rowsAsJson(given, rows, rows)}) m
    where l.platform_id = ${given.platform} and l.order_id = m.order_id and l.kind = m.kind and l.key = m.key
      and ${given.complete} returning 1`,
})

/** Writes a new order with its first statement. @returns whether it was not known yet */
export const insertOrder = async (trx: Trx, order: OrderRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('orders')
    .values(order)
    .onConflict((conflict) => conflict.columns(['platform_id', 'id']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Writes an order that is locked, with its limits. */
export const updateOrder = async (trx: Trx, order: OrderRow, limits: readonly OrderLimitRow[]): Promise<void> => {
  const { platform_id, id, ...columns } = order
  await trx.updateTable('orders').set(columns).where('platform_id', '=', platform_id).where('id', '=', id).execute()
  if (limits.length === 0) return
  await trx
    .insertInto('order_limits')
    .values([...limits])
    .onConflict((conflict) =>
      conflict.columns(['platform_id', 'order_id', 'kind', 'key']).doUpdateSet(({ ref }) => ({
        bound: ref('excluded.bound'),
        in_force: ref('excluded.in_force'),
        excess: ref('excluded.excess'),
      })),
    )
    .execute()
}

export const insertStatement = async (trx: Trx, row: OrderStatementRow): Promise<void> => {
  await trx.insertInto('order_statements').values(row).execute()
}

export const insertRefundElsewhere = async (trx: Trx, row: RefundElsewhereRow): Promise<void> => {
  // the driver would send an array as one of Postgres
  const sent = { ...row, lines: JSON.stringify(row.lines), pots: JSON.stringify(row.pots) } as unknown as RefundElsewhereRow
  await trx.insertInto('order_refunds_elsewhere').values(sent).execute()
}
