/** Cases told over HTTP for tests in which several act at once, and the books they must leave behind. */
import { sql } from 'kysely'
import type { Test } from 'tap'
import type { EventType } from '../../src/case/case-events/catalogue.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { type Called, type CallOptions, type Json, type TestApp, type TestAppOptions, testApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { stateOrder } from '../support/orders.ts'

export const buyer = 'buyer:B-1'
export const merchant = 'merchant:M-1'
export const agent = 'agent:alice'
export const supervisor = 'supervisor:zhao'
export const reviewer = 'supervisor:qian'

/** A further instance of the service on the same database, with connections of its own. */
export const instance = async (t: Test, one: TestApp, options: Omit<TestAppOptions, 'beside'> = {}): Promise<TestApp> => {
  const db = openDb(one.url)
  t.teardown(() => db.destroy())
  return testApp(t, { ...options, beside: { ...one, db } })
}

type Caller = Pick<TestApp, 'call'>

/** Posts what has to succeed, and gives the answer's body. */
export const done = async (
  { call }: Caller,
  as: string,
  url: string,
  body: object = {},
  options: CallOptions = {},
): Promise<Json> => {
  const answer = await call('POST', url, { as, body, ...options })
  if (answer.status >= 300) throw new Error(`${as} POST ${url}: ${answer.status} ${answer.text}`)
  return answer.body
}

export const order = (id: string, paid: number) => ({
  id,
  currency: 'CNY',
  paid_amount: paid,
  lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: paid }],
})

/** What the buyer B-1 files against the merchant M-1. */
export const filing = (change: object = {}) => ({
  channel: 'portal',
  category: 'other',
  complainant: { role: 'buyer', id: 'B-1' },
  respondent: { role: 'merchant', id: 'M-1' },
  description: '少发了保护膜',
  ...change,
})

/** What the buyer B-1 files against the platform: its staff need nobody else's consent. */
export const filingAgainstPlatform = (change: object = {}) =>
  filing({ respondent: { role: 'platform', id: 'platform' }, ...change })

/** Files a complaint about an order that the platform knows; its clock `first_response` runs for an hour. */
export const file = async (app: Caller, body: object = filing(), options: CallOptions = {}): Promise<Json> => {
  await stateOrder(app, (body as Json).order, options.key)
  return done(app, buyer, '/v1/complaints', body, options)
}

/** Accepted by an agent: buyer and merchant negotiate. */
export const negotiating = async (app: Caller, body?: object): Promise<Json> => {
  const { id } = await file(app, body)
  return done(app, agent, `/v1/complaints/${id}/accept`)
}

export const investigating = async (app: Caller, body?: object): Promise<Json> => {
  const { id, status } = await negotiating(app, body)
  return status === 'investigating'
    ? { id, status }
    : done(app, agent, `/v1/complaints/${id}/escalate`, { reason_code: 'no_agreement' })
}

/** An agent's plan on the table of a case of its own. */
export const proposed = async (app: Caller, remedies: object[], body?: object): Promise<{ caseId: string; planId: string }> => {
  const { id } = await investigating(app, body)
  const plan = await done(app, agent, `/v1/complaints/${id}/refund-plans`, { remedies, explanation: '部分退款' })
  await done(app, agent, `/v1/refund-plans/${plan.id}/propose`)
  return { caseId: id, planId: plan.id }
}

export const liability = {
  shares: [{ party: 'platform', percent: 100 }],
  reason_code: 'missing_item',
  root_cause: '仓库漏发',
  explanation: '装箱单缺少配件',
}

/** Not upheld: resolved, so that the auto-close and the complainant's appeal window run for seven days. */
export const dismissed = async (app: Caller): Promise<Json> => {
  const { id } = await investigating(app, filingAgainstPlatform())
  await done(app, agent, `/v1/complaints/${id}/determine-liability`, {
    ...liability,
    shares: [{ party: 'buyer', percent: 100 }],
  })
  return done(app, agent, `/v1/complaints/${id}/dismiss`, { explanation: '装箱记录完整' })
}

/** Copies a case without plans and appeals, clocks and trail included. The ids of events go on telling their time. */
export const copyCase = async (db: Db, id: string, copies: number): Promise<void> => {
  // neither is a new complaint, after which the service would look at others of the same people
  await sql`
    insert into filing_watches (platform_id, looked_to)
    select platform_id, 'ffffffff-ffff-4fff-bfff-ffffffffffff' from complaints where id = ${id}
    on conflict (platform_id) do update set looked_to = excluded.looked_to`.execute(db)
  const copyOf = (table: string, change: string) =>
    sql.raw(
      `insert into ${table} select made.*
         from ${table} x cross join copy
         cross join lateral jsonb_populate_record(null::${table}, to_jsonb(x) || jsonb_build_object(${change})) made where x.${table === 'complaints' ? 'id' : 'complaint_id'} =`,
    )
  await sql`
    with copy as materialized (select gen_random_uuid() as copy_id, n from generate_series(1, ${copies}::integer) n),
      complaint as (${copyOf('complaints', "'id', copy_id, 'case_number', x.case_number || '-' || n")} ${id}),
      clock as (${copyOf('deadlines', "'id', gen_random_uuid(), 'complaint_id', copy_id")} ${id})
    ${copyOf('case_events', "'id', substr(x.id::text, 1, 18) || substr(gen_random_uuid()::text, 19), 'complaint_id', copy_id")} ${id}`.execute(
    db,
  )
  await sql`
    insert into event_outbox
    select made.*
      from case_events e join event_outbox o on o.platform_id = e.platform_id and o.sequence = e.sequence and o.subject_id = ${id}
      cross join lateral jsonb_populate_record(null::event_outbox, to_jsonb(o) || jsonb_build_object('id', e.id, 'subject_id', e.complaint_id)) made
     where not exists (select 1 from event_outbox t where t.platform_id = e.platform_id and t.id = e.id)`.execute(db)
}

/** How often something happened, by case. */
export const happened = async (db: Db, type: EventType): Promise<Map<string, number>> => {
  const { rows } = await sql<{ id: string; times: number }>`
    select c.id, count(e.id)::integer as times from complaints c
      left join case_events e on e.platform_id = c.platform_id and e.complaint_id = c.id and e.type = ${type} group by c.id`.execute(
    db,
  )
  return new Map(rows.map(({ id, times }) => [id, times]))
}

/**
 * What must hold in the rows of any database at any time, whoever acted at once or was killed: every line returned is a fault.
 * Written against the tables alone, so that it shares no code with what it checks.
 */
export const faultsInBooks = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ fault: string }>`
    select 'trail of ' || c.id || ' has a gap' as fault from complaints c
      left join lateral (select count(*) as n, max(sequence) as last from case_events e
        where e.platform_id = c.platform_id and e.complaint_id = c.id) e on true
     where e.n <> c.event_count or coalesce(e.last, 0) <> c.event_count
    union all
    select 'feed of ' || c.id from complaints c
      left join lateral (select count(*) as n, count(*) filter (where o.id = e.id and o.type = e.type) as same, max(o.feed_position) as last
        from event_outbox o left join case_events e
          on e.platform_id = o.platform_id and e.complaint_id = c.id and e.sequence = o.sequence
        where o.platform_id = c.platform_id and o.subject_type = 'complaint' and o.subject_id = c.id::text) o on true
     where o.n <> c.event_count or o.same <> o.n or o.last <> c.feed_position
    union all
    select 'money of order ' || o.id from orders o
      left join lateral (select sum(p.refund_in_force + too.refund) as refund, sum(p.compensation_in_force + too.compensation) as compensation
        from complaints c join refund_plans p on p.platform_id = c.platform_id and p.complaint_id = c.id
          cross join lateral (select
              coalesce(sum((s ->> 'overpaid')::bigint) filter (where s ->> 'kind' = 'refund'), 0) as refund,
              coalesce(sum((s ->> 'overpaid')::bigint) filter (where s ->> 'kind' = 'compensation'), 0) as compensation
            from jsonb_array_elements(p.steps) s) too
        where c.platform_id = o.platform_id and c.order_id = o.id) p on true
      left join lateral (select sum(e.amount) as refund from order_refunds_elsewhere e
        where e.platform_id = o.platform_id and e.order_id = o.id) e on true
     where o.refund_in_force <> coalesce(p.refund, 0) + coalesce(e.refund, 0)
        or o.compensation_in_force <> coalesce(p.compensation, 0)
        or o.refund_excess <> greatest(0, o.refund_in_force - o.paid_amount)
    union all
    select 'statutory damages of order ' || l.order_id from
      (select platform_id, order_id, sum(in_force) as in_force from order_limits where kind = 'statutory_damages' group by 1, 2) l
      left join lateral (select sum(p.statutory_damages_in_force + too.much) as in_force
        from complaints c join refund_plans p on p.platform_id = c.platform_id and p.complaint_id = c.id
          cross join lateral (select coalesce(sum((s ->> 'overpaid')::bigint) filter (where s ->> 'kind' = 'statutory_damages'), 0) as much
            from jsonb_array_elements(p.steps) s) too
        where c.platform_id = l.platform_id and c.order_id = l.order_id) p on true
     where l.in_force <> coalesce(p.in_force, 0)
    union all
    select format('%s %s of order %s', l.kind, l.key, l.order_id) from order_limits l
      left join lateral (select sum((a ->> 'amount')::bigint) as amount
        from complaints c join refund_plans p on p.platform_id = c.platform_id and p.complaint_id = c.id,
          jsonb_array_elements(p.steps) s, jsonb_array_elements(coalesce(s -> 'counted', s -> 'allocation')) a
        where c.platform_id = l.platform_id and c.order_id = l.order_id and (s ? 'counted' or s ->> 'status' not in ('skipped', 'failed') or s ? 'attempts')
          and a ->> 'kind' = l.kind and a ->> 'key' = l.key) p on true
      left join lateral (select sum((a ->> 'amount')::bigint) as amount
        from order_refunds_elsewhere e, jsonb_array_elements(e.pots) a
        where e.platform_id = l.platform_id and e.order_id = l.order_id and a ->> 'kind' = l.kind and a ->> 'key' = l.key) e on true
      left join lateral (select sum(case when h.status = 'asked' then h.amount else h.held_amount + h.taken_amount end) as amount
        from settlement_holds h
        where h.platform_id = l.platform_id and h.order_id = l.order_id and l.kind = 'settlement' and h.limit_key = l.key) h on true
     where l.in_force <> coalesce(p.amount, 0) + coalesce(e.amount, 0) + coalesce(h.amount, 0) or l.excess <> greatest(0, l.in_force - l.bound)
    union all
    select 'appeal of ' || c.id || ', ' || c.status from complaints c
     where (c.status = 'under_appeal') <> exists (select 1 from appeals a
       where a.platform_id = c.platform_id and a.complaint_id = c.id and a.status in ('submitted', 'under_review'))
    union all
    select 'live plan of ' || c.id || ', ' || c.status from complaints c join refund_plans p
        on p.platform_id = c.platform_id and p.complaint_id = c.id
     where (p.status = 'proposed' and c.status <> 'awaiting_confirmation')
        or (p.status = 'executing' and c.status not in ('executing', 'under_appeal'))
    union all
    select 'due time of ' || c.id from complaints c
     where c.next_due_at <> coalesce((select min(d.due_at) from deadlines d
       where d.platform_id = c.platform_id and d.complaint_id = c.id and d.status = 'running' and d.kind not in ('appeal_window', 'notice', 'held_silence')), 'infinity')
    union all
    select 'nothing runs in ' || c.id from complaints c where c.status <> 'closed' and c.next_due_at = 'infinity'
  `.execute(db)
  return rows.map(({ fault }) => fault)
}

/** How many answers there were of each kind: `200`, or a problem's status and code. */
export const tally = (answers: readonly Called[]): Record<string, number> => {
  const kinds = answers.map(({ status, body }) => (status < 300 ? String(status) : `${status} ${body?.code}`))
  return Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]).sort())
}
