import { type Kysely, sql } from 'kysely'

/**
 * Orders: who has stated what of them, their lines and means of payment, and how much of each may be given back. What was filed before is a
 * statement of a party. Money that is in force already counts against the lines of the order.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table orders
      -- who has stated the facts: the platform's own systems, its staff, or whoever filed a complaint
      add source text not null default 'party' constraint orders_source check (source in ('platform', 'staff', 'party')),
      add stated_by text,
      -- rises with each statement, not with money
      add version integer not null default 1,
      -- lines, means of payment, shipping, times; empty where an older instance files the order
      add facts jsonb,
      -- where staff have raised a bound: who, and what was known before
      add raised jsonb,
      -- what a correction or a refund elsewhere has put above a bound: nothing new fits until it is gone
      add refund_excess bigint not null default 0 constraint orders_refund_excess check (refund_excess >= 0),
      add compensation_excess bigint not null default 0 constraint orders_compensation_excess check (compensation_excess >= 0),
      -- the value of goods that are sent in exchange or again
      add goods_in_force bigint not null default 0 constraint orders_goods_in_force check (goods_in_force >= 0),
      add updated_at timestamptz`.execute(db)

  // An order is what its first complaint said, with the lines that later ones added.
  await sql`
    update orders o set facts = jsonb_build_object(
      'paid_at', f.details -> 'paid_at', 'shipped_at', f.details -> 'shipped_at', 'received_at', f.details -> 'received_at',
      'shipping_amount', null, 'payments', '[]'::jsonb, 'lines', f.details -> 'lines')
    from (
      select distinct on (platform_id, order_id) platform_id, order_id, order_details as details
        from complaints where order_id is not null and order_details is not null order by platform_id, order_id, created_at, id) f
    where f.platform_id = o.platform_id and f.order_id = o.id`.execute(db)

  // Bounds that older rows are above stay as they are: the excess says by how much.
  await sql`
    update orders set
      compensation_excess = greatest(0, compensation_in_force - compensation_limit)
    where compensation_in_force > compensation_limit`.execute(db)
  await sql`
    alter table orders
      drop constraint orders_refunds_within_paid,
      drop constraint orders_money_within_bound,
      add constraint orders_refunds_within_paid check (refund_in_force >= 0 and refund_in_force <= paid_amount + refund_excess),
      add constraint orders_compensations_within_share
        check (compensation_in_force >= 0 and compensation_in_force <= compensation_limit + compensation_excess)`.execute(db)

  await sql`
    create table order_limits (
      platform_id uuid not null,
      order_id text not null,
      kind text not null constraint order_limits_kind check (kind in ('line', 'quantity', 'merchant', 'means', 'shipping')),
      -- the line, the merchant, the payment; empty for shipping
      key text not null,
      bound bigint not null constraint order_limits_bound check (bound >= 0),
      in_force bigint not null constraint order_limits_in_force check (in_force >= 0),
      excess bigint not null constraint order_limits_excess check (excess >= 0),
      primary key (platform_id, order_id, kind, key),
      constraint order_limits_order foreign key (platform_id, order_id) references orders (platform_id, id),
      constraint order_limits_line check (kind <> 'line' or in_force <= bound + excess),
      constraint order_limits_quantity check (kind <> 'quantity' or in_force <= bound + excess),
      constraint order_limits_merchant check (kind <> 'merchant' or in_force <= bound + excess),
      constraint order_limits_means check (kind <> 'means' or in_force <= bound + excess),
      constraint order_limits_shipping check (kind <> 'shipping' or in_force <= bound + excess)
    ) with (fillfactor = 90)`.execute(db)

  await sql`
    create table order_statements (
      platform_id uuid not null,
      order_id text not null,
      version integer not null,
      source text not null constraint order_statements_source check (source in ('platform', 'staff', 'party')),
      stated_by text not null,
      statement jsonb not null,
      explanation text,
      created_at timestamptz not null,
      primary key (platform_id, order_id, version),
      constraint order_statements_order foreign key (platform_id, order_id) references orders (platform_id, id)
    )`.execute(db)
  await sql`create trigger order_statements_append_only before update or delete on order_statements
    for each row execute function refuse_change()`.execute(db)

  await sql`
    create table order_refunds_elsewhere (
      platform_id uuid not null,
      order_id text not null,
      id uuid not null,
      amount bigint not null constraint order_refunds_elsewhere_amount check (amount > 0),
      means text,
      lines jsonb not null,
      -- the payment system's own name for it: it is recorded once
      reference text not null,
      kind text not null,
      source text not null constraint order_refunds_elsewhere_source check (source in ('platform', 'staff')),
      stated_by text not null,
      -- what it was counted against
      pots jsonb not null,
      excess bigint not null constraint order_refunds_elsewhere_excess check (excess >= 0),
      created_at timestamptz not null,
      primary key (platform_id, id),
      constraint order_refunds_elsewhere_reference unique (platform_id, order_id, reference),
      constraint order_refunds_elsewhere_order foreign key (platform_id, order_id) references orders (platform_id, id)
    )`.execute(db)
  // The refunds elsewhere of an order, oldest first.
  await sql`create index order_refunds_elsewhere_of_order on order_refunds_elsewhere (platform_id, order_id, created_at, id)`.execute(
    db,
  )
  await sql`create trigger order_refunds_elsewhere_append_only before update or delete on order_refunds_elsewhere
    for each row execute function refuse_change()`.execute(db)

  // Where a complaint does not say of its order what is known, as pointers into the complaint.
  await sql`alter table complaints add order_statement_differs text[] not null default '{}'`.execute(db)

  await sql`
    alter table api_keys
      drop constraint api_keys_roles,
      add constraint api_keys_roles
        check (roles <@ array['buyer', 'merchant', 'agent', 'supervisor', 'admin', 'orders'] and cardinality(roles) > 0)`.execute(
    db,
  )

  await countMoneyInForce(db)
}

interface Line {
  line_id: string
  quantity: number
  unit_amount: number
}
interface Step {
  remedy: number
  kind: string
  status: string
  amount: number | null
  allocation?: { kind: string; key: string; amount: number }[]
}
interface Plan {
  platform_id: string
  id: string
  order_id: string
  paid_amount: number
  lines: Line[] | null
  remedies: { type: string; line_ids?: string[] }[]
  steps: Step[]
}

const PAGE = 500

/**
 * Refunds in force count against lines from now on: what names lines against those, anything else against all of them, in proportion to
 * what is left. Their steps say so, for the day on which they are released. Where older plans gave a line back twice, it is in excess.
 */
const countMoneyInForce = async (db: Kysely<unknown>): Promise<void> => {
  let after = { platform_id: '00000000-0000-0000-0000-000000000000', order_id: '' }
  for (;;) {
    const { rows: orders } = await sql<{ platform_id: string; order_id: string }>`
      select platform_id, id as order_id from orders
       where refund_in_force > 0 and (platform_id, id) > (${after.platform_id}, ${after.order_id})
       order by platform_id, id limit ${PAGE}`.execute(db)
    const last = orders.at(-1)
    if (last === undefined) return
    after = last
    for (const order of orders) await countOrder(db, order)
  }
}

const countOrder = async (db: Kysely<unknown>, { platform_id, order_id }: { platform_id: string; order_id: string }) => {
  const { rows: plans } = await sql<Plan>`
    select p.platform_id, p.id, c.order_id, o.paid_amount::float8 as paid_amount, o.facts -> 'lines' as lines, p.remedies, p.steps
      from complaints c
      join refund_plans p on p.platform_id = c.platform_id and p.complaint_id = c.id
      join orders o on o.platform_id = c.platform_id and o.id = c.order_id
     where c.platform_id = ${platform_id} and c.order_id = ${order_id} and p.refund_in_force > 0
     order by p.created_at, p.id`.execute(db)
  const bounds = boundsOf(plans[0])
  const inForce = new Map<string, number>()
  for (const plan of plans) {
    for (const step of plan.steps) {
      if (step.kind !== 'refund' || step.amount === null || step.status === 'failed' || step.status === 'skipped') continue
      const named = plan.remedies[step.remedy]?.line_ids?.filter((id) => bounds.has(id)) ?? []
      const lines = named.length > 0 ? named : [...bounds.keys()]
      const left = lines.map((id) => Math.max(0, (bounds.get(id) ?? 0) - (inForce.get(id) ?? 0)))
      const room = left.reduce((sum, one) => sum + one, 0)
      const parts = split(named.length > 0 ? step.amount : Math.min(step.amount, room), left)
      step.allocation = lines
        .map((key, index) => ({ kind: 'line', key, amount: parts[index] ?? 0 }))
        .filter(({ amount }) => amount > 0)
      for (const { key, amount } of step.allocation) inForce.set(key, (inForce.get(key) ?? 0) + amount)
    }
    await sql`update refund_plans set steps = ${JSON.stringify(plan.steps)}::jsonb
      where platform_id = ${platform_id} and id = ${plan.id}`.execute(db)
  }
  for (const [key, sum] of inForce) {
    const bound = bounds.get(key) ?? 0
    await sql`
      insert into order_limits (platform_id, order_id, kind, key, bound, in_force, excess)
      values (${platform_id}, ${order_id}, 'line', ${key}, ${bound}, ${sum}, ${Math.max(0, sum - bound)})`.execute(db)
  }
}

/** What was paid for each line: its price, or its share where the lines come to more than was paid. */
const boundsOf = (plan: Plan | undefined): Map<string, number> => {
  const lines = plan?.lines ?? []
  const most = BigInt(Number.MAX_SAFE_INTEGER)
  const prices = lines.map(({ quantity, unit_amount }) => BigInt(quantity) * BigInt(unit_amount))
  const capped = prices.map((price) => Number(price < most ? price : most))
  const paid = plan?.paid_amount ?? 0
  const sum = prices.reduce((all, price) => all + price, 0n)
  const values = sum > BigInt(paid) ? split(paid, capped) : capped
  return new Map(lines.map(({ line_id }, index) => [line_id, values[index] ?? 0]))
}

/** By largest remainder, exact in integers. */
const split = (total: number, weights: readonly number[]): number[] => {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? total : 0))
  const shares = weights.map((weight, index) => {
    const exact = BigInt(total) * BigInt(weight)
    return { index, part: exact / sum, remainder: exact % sum }
  })
  let units = BigInt(total) - shares.reduce((all, { part }) => all + part, 0n)
  for (const share of shares.toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index)) {
    if (units === 0n) break
    share.part += 1n
    units -= 1n
  }
  return shares.map(({ part }) => Number(part))
}
