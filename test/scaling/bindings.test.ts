import t from 'tap'
import { bindingsOf } from './bindings.ts'

const tables = new Set(['orders', 'complaints', 'deadlines'])
const told = (text: string): string[] =>
  bindingsOf(text, tables).map(({ table, parameters }) => `${table} ${parameters.map((n) => `$${n}`).join(' ')}`.trim())

await t.test('a table is bound by a parameter of its own', async (t) => {
  for (const [text, expected] of [
    ['select * from orders where platform_id = $1 and id = $2', ['orders $1']],
    ['select "id" from "orders" where "platform_id" = $3', ['orders $3']],
    ['select 1 from orders o where (o.platform_id = $1 and o.id = $2) order by id for update', ['orders $1']],
    ['update orders t set a = n.a from x n where t.platform_id = $1::uuid and t.id = n.id returning 1', ['orders $1']],
    ['delete from orders where id = $1 and platform_id = $2', ['orders $2']],
    ['select 1 from complaints c join orders o on o.platform_id = $1 where c.platform_id = $2', ['complaints $2', 'orders $1']],
    ['select 1 from platforms p left join orders o on o.platform_id = $1 where p.id = $1', ['orders $1']],
    [
      'select (select 1 from orders o where o.platform_id = $2) from complaints c where c.platform_id = $1',
      ['complaints $1', 'orders $2'],
    ],
    ['with a as (update orders set b = 1 where platform_id = $1 returning 1) select count(*) from a', ['orders $1']],
    [
      'select 1 from orders where platform_id = $1 union all select 2 from complaints where platform_id = $2',
      ['orders $1', 'complaints $2'],
    ],
    ['insert into orders (id, platform_id) select r.id, $1::uuid from r on conflict do nothing', ['orders $1']],
    ['insert into "orders" ("platform_id", "id") values ($1, $2), ($3, $4) on conflict do nothing', ['orders $1 $3']],
    ['select null::orders, n.row from f($1) as n("row" orders, expected integer)', []],
  ] as const)
    t.strictSame(told(text), expected, text)
})

await t.test('and by nothing else', async (t) => {
  for (const text of [
    'select * from orders',
    'select * from orders where id = $1',
    'select * from orders where not platform_id = $1',
    'select * from orders where platform_id = any($1)',
    'select * from orders where platform_id <> $1',
    'select * from orders where platform_id = $1 or id = $2',
    'select * from orders where id = $2 or id = $3 and platform_id = $1',
    'select * from orders where (id = $2 or platform_id = $1)',
    'select platform_id = $1 from orders where true',
    'select case when a and platform_id = $1 then 1 end from orders',
    'select * from orders where id in (select id from x where platform_id = $1)',
    'select 1 from orders o left join x on o.platform_id = $1',
    'insert into orders (platform_id) select r.platform_id from r where r.platform_id = $1',
    'insert into orders (platform_id) values ($1), (null)',
    'delete from orders',
  ])
    t.strictSame(told(text), ['orders'], text)
  t.strictSame(told('select 1 from complaints c join orders o on o.platform_id = c.platform_id where c.platform_id = $1'), [
    'complaints $1',
    'orders',
  ])
  t.strictSame(told('select 1 from complaints c, orders o where c.platform_id = $1 and o.platform_id = $1'), [
    'complaints $1',
    'orders',
  ])
  t.strictSame(told('select 1 from complaints c join orders o on true where platform_id = $1'), ['complaints', 'orders'])
  t.strictSame(
    told('select (select 1 from orders o where o.platform_id = c.platform_id) from complaints c where platform_id = $1'),
    ['complaints $1', 'orders'],
  )
})
