/**
 * Books large enough that a bad plan shows: 10,000 cases of one platform and as many of everything else that grows, multiplied by Postgres
 * itself from one case that the service wrote. The statistics then say a hundred times as much.
 */
import { type RawBuilder, sql } from 'kysely'
import { complaintStates } from '../../src/case/complaints/lifecycle.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import type { CaseStory } from '../support/story.ts'

const CASES = 10_000
const OTHER_PLATFORMS = 300
/** What the planner is told of each row's kind: so many times the rows there are. */
const TIMES = 100

/** Everything that grows with the use of the service. */
export const growing = [
  'orders',
  'complaints',
  'deadlines',
  'refund_plans',
  'appeals',
  'evidence',
  'messages',
  'case_events',
  'idempotency_keys',
  'api_keys',
  'stuck_cases',
  'sweep_runs',
  'platforms',
  'event_outbox',
  'webhook_endpoints',
  'webhook_deliveries',
  'webhook_attempts',
  'advances',
  'advance_bounds',
  'receivables',
  'ledger_accounts',
  'ledger_transfers',
] as const

type Changes = Record<string, RawBuilder<unknown>>

const merged = (changes: Changes): RawBuilder<unknown> =>
  sql`jsonb_build_object(${sql.join(Object.entries(changes).flatMap(([column, value]) => [sql.lit(column), value]))})`

/** Adds copies of one row, numbered `n` from 1, with some columns changed. */
const copies = async (db: Db, table: string, row: RawBuilder<unknown>, from: RawBuilder<unknown>, changes: Changes) => {
  await sql`
    insert into ${sql.table(table)}
    select r.* from (select * from ${sql.table(table)} where ${row} limit 1) x cross join (select * from ${from}) f
     cross join lateral jsonb_populate_record(null::${sql.table(table)}, to_jsonb(x) || ${merged(changes)}) r`.execute(db)
}

const id = sql`gen_random_uuid()`
const numbers = (count: number) => sql`generate_series(1, ${sql.lit(count)}) n`
/** The cases made so far, but for the sample, each with its number. */
const cases = sql`(select id as case_id, substr(case_number, 6)::integer as n, status as case_status, created_at as case_at from complaints where starts_with(case_number, 'BOOK-')) c`
const minutesAgo = (n: RawBuilder<unknown>, now: string) => sql`${now}::timestamptz - ${n} * interval '1 minute'`

/**
 * Fills the database from the sample: a case with a plan, an appeal, a proof and a message, and an endpoint that gets all events. Case `n` was filed `n` minutes before `now`; one
 * in five is open, of these one in ten owes something since long and one in ten an answer; it is of buyer `B-<n % 500>` and merchant `M-<n % 50>`, about order
 * `BO-<1 + n % 5000>`, with owner `agent:a<n % 20>` (nobody in place of `a0`) and reference `R-<n>`. Then the sample itself gets hundreds of everything.
 */
export const fillBooks = async (db: Db, sample: CaseStory, endpointId: string, now: string): Promise<void> => {
  const ofCase = sql`complaint_id = ${sample.id}`
  await sql`insert into platforms select gen_random_uuid(), 'other ' || n, 'live', 0, ${now} from ${numbers(OTHER_PLATFORMS)}`.execute(
    db,
  )
  await copies(db, 'api_keys', sql`true`, numbers(5000), {
    id,
    roles: sql`array['buyer', 'merchant']`,
    digest: sql`'\\x' || encode(sha256(n::text::bytea), 'hex')`,
    created_at: minutesAgo(sql`n`, now),
  })
  await copies(db, 'api_keys', sql`true`, sql`(select id as other_id from platforms where starts_with(name, 'other ')) p`, {
    id,
    platform_id: sql`other_id`,
    digest: sql`'\\x' || encode(sha256(other_id::text::bytea), 'hex')`,
  })
  await copies(db, 'sweep_runs', sql`true`, numbers(CASES), { id, started_at: minutesAgo(sql`n`, now) })
  await copies(db, 'idempotency_keys', sql`true`, numbers(CASES), { key: sql`'book-' || n`, created_at: minutesAgo(sql`n`, now) })

  await copies(db, 'orders', sql`id = (select order_id from complaints where id = ${sample.id})`, numbers(5000), {
    id: sql`'BO-' || n`,
  })
  const closed = complaintStates.length
  const status = sql`case when n % 5 > 0 then 'closed' else (${sql.val([...complaintStates])}::text[])[1 + (n / 5) % ${sql.lit(closed - 1)}] end`
  await copies(db, 'complaints', sql`id = ${sample.id}`, numbers(CASES), {
    id,
    case_number: sql`'BOOK-' || n`,
    reference: sql`'R-' || n`,
    status,
    level: sql`1 + n % 3`,
    category: sql`(array['logistics', 'wrong_or_missing_item', 'other'])[1 + n % 3]`,
    channel: sql`(array['portal', 'chat', 'email'])[1 + n % 3]`,
    buyer_id: sql`'B-' || n % 500`,
    complainant_id: sql`'B-' || n % 500`,
    merchant_id: sql`'M-' || n % 50`,
    respondent_id: sql`'M-' || n % 50`,
    order_id: sql`'BO-' || 1 + n % 5000`,
    owner: sql`'agent:a' || nullif(n % 20, 0)`,
    created_at: minutesAgo(sql`n`, now),
    closed_at: sql`case when n % 5 > 0 then ${now}::timestamptz end`,
    next_due_at: sql`case when n % 5 > 0 then 'infinity' else ${now}::timestamptz + (1 + n % 3000) * interval '1 minute' end`,
    owed_since: sql`case when n % 50 = 0 then ${minutesAgo(sql`n`, now)} end`,
    risk_level: sql`case when n % 100 = 7 then 'high' when n % 1000 = 9 then 'critical' else 'low' end`,
    unanswered_since: sql`case when n % 50 = 5 then ${minutesAgo(sql`n`, now)} end`,
  })
  const child = { id, complaint_id: sql`case_id`, created_at: sql`case_at`, updated_at: sql`case_at` }
  await copies(db, 'deadlines', sql`${ofCase} and status = 'running'`, sql`${cases} where case_status <> 'closed'`, {
    ...child,
    due_at: sql`${now}::timestamptz + (1 + n % 3000) * interval '1 minute'`,
    wakes_at: sql`${now}::timestamptz + (1 + n % 3000) * interval '1 minute'`,
  })
  await copies(db, 'deadlines', sql`${ofCase} and ended_at is not null`, cases, { ...child, started_at: sql`case_at` })
  await copies(db, 'case_events', ofCase, sql`${cases} cross join generate_series(1, 3) s`, {
    id,
    complaint_id: sql`case_id`,
    sequence: sql`s`,
  })
  await copies(db, 'evidence', ofCase, cases, child)
  await copies(db, 'messages', ofCase, cases, child)
  await copies(db, 'refund_plans', ofCase, cases, { ...child, status: sql`'declined'` })
  await copies(db, 'appeals', ofCase, sql`${cases} where n % 3 = 0`, {
    ...child,
    decision_id: id,
    status: sql`case when n % 15 = 0 then 'submitted' else 'denied' end`,
  })
  // twenty are to be tried again now
  await sql`
    insert into stuck_cases (platform_id, complaint_id, deadline_id, kind, error_class, stuck_since, tries, last_tried_at, next_try_at, logged_at, sleep_ends_at)
    select c.platform_id, c.id, null, (array['resolution', 'refund', 'step'])[1 + n % 3], (array['policy_missing', 'internal'])[1 + n % 2],
           ${minutesAgo(sql`n`, now)}, 3, ${now}, ${now}::timestamptz + (n - 26) * interval '1 minute', ${now}, ${now}::timestamptz + interval '1 day'
      from (select platform_id, id, substr(case_number, 6)::integer as n from complaints where starts_with(case_number, 'BOOK-') and status = 'closed') c`.execute(
    db,
  )
  await advance(db, now)
  await lengthen(db, sample, now)
  await sendOut(db, sample, endpointId, now)
  await pretend(db)
}

/**
 * What the guarantee fund has done: an advance of every third case, of which one in five is open; a debt of its merchant, of which one in fifty is owed still;
 * two transfers of each case; accounts of 5,000 merchants and as many buyers, of whom the fund owes to some; and what was put aside on each of many days.
 */
const advance = async (db: Db, now: string): Promise<void> => {
  const those = sql`(select c.platform_id, c.id, c.buyer_id, c.merchant_id, c.created_at, substr(c.case_number, 6)::integer as n
    from complaints c where starts_with(c.case_number, 'BOOK-')) c`
  await sql`
    insert into advances (platform_id, id, complaint_id, version, status, plan_id, step_id, mode, currency, amount, buyer_id, merchant_id, asked_by, explanation,
                          overrides, merchant_part, frozen_amount, paid_amount, bounced_amount, recovered_amount, owed_amount, provisional_amount, shares,
                          frozen_at, created_at, updated_at)
    select platform_id, gen_random_uuid(), id, 1, case when n % 15 = 0 then 'frozen' else 'closed' end, gen_random_uuid(), gen_random_uuid(), 'at_once', 'CNY', 5000,
           buyer_id, merchant_id, 'agent:a1', '…', '[]', 0, 0, 0, 0, 0, 0, 0, '[]', created_at, created_at, created_at from ${those} where n % 3 = 0`.execute(
    db,
  )
  await sql`
    insert into receivables (platform_id, id, complaint_id, advance_id, version, status, debtor_role, debtor_id, reason_code, currency, amount, paid_amount,
                             created_at, updated_at)
    select platform_id, gen_random_uuid(), id, gen_random_uuid(), 1, case when n % 150 = 0 then 'open' else 'paid' end,
           case when n % 2 = 0 then 'merchant' else 'buyer' end, case when n % 2 = 0 then merchant_id else buyer_id end, 'advance_not_covered', 'CNY', 5000, 0,
           created_at, created_at from ${those} where n % 3 = 0`.execute(db)
  await sql`
    insert into ledger_accounts (platform_id, id, kind, owner, currency, balance)
    select p.id, k.kind || ':CNY' || case when k.owner = '' then '' else ':' || k.owner || n end, k.kind, case when k.owner = '' then '' else k.owner || n end, 'CNY', 100000
      from (select platform_id as id from complaints limit 1) p
     cross join (values ('fund', '', 1), ('frozen', '', 1), ('outside', '', 1), ('deposit', 'M-', 5000), ('buyer_receivable', 'B-', 5000), ('merchant_payable', 'M-', 20)) k (kind, owner, most)
     cross join lateral generate_series(1, k.most) n
    on conflict do nothing`.execute(db)
  await sql`
    insert into ledger_transfers (platform_id, id, journal_id, kind, debit, credit, currency, amount, complaint_id, created_at)
    select c.platform_id, gen_random_uuid(), gen_random_uuid(), k.kind, k.debit, k.credit, 'CNY', 100, c.id, c.created_at
      from ${those}, lateral (values ('advance_frozen', 'fund:CNY', 'frozen:CNY'), ('deposit_taken', 'deposit:CNY:M-' || 1 + n % 50, 'fund:CNY')) k (kind, debit, credit)`.execute(
    db,
  )
  await sql`
    insert into advance_bounds (platform_id, kind, key, bound, in_force)
    select p.id, k.kind, k.prefix || n, 1000000, 1 from (select platform_id as id from complaints limit 1) p
     cross join (values ('open_of_buyer', 'B-'), ('buyer_and_day', to_char(${now}::timestamptz, 'YYYY-MM-DD') || ' CNY B-'), ('open_of_merchant', 'CNY M-')) k (kind, prefix)
     cross join generate_series(1, ${sql.lit(CASES)}) n`.execute(db)
}

/**
 * An event of each case, the oldest first, and their deliveries to one endpoint. One in five hundred was given up, one in seven hundred waits for its
 * next attempt, some are to be sent now; all others arrived at once. Each platform has an endpoint, this one ten more.
 */
const sendOut = async (db: Db, sample: CaseStory, endpointId: string, now: string): Promise<void> => {
  await copies(db, 'event_outbox', sql`subject_id = ${sample.id}`, cases, {
    // of a month ago
    id: sql`'01a00000-' || substr(gen_random_uuid()::text, 10)`,
    // as if one transaction in a hundred events: all below those that are yet to come
    feed_position: sql`1 + (${sql.lit(CASES)} - n) / 100`,
    subject_id: sql`case_id`,
    sequence: sql`1`,
    merchant_id: sql`'M-' || n % 50`,
  })
  const ofEndpoint = sql`id = ${endpointId}`
  await copies(db, 'webhook_endpoints', ofEndpoint, numbers(10), {
    id,
    state: sql`'disabled'`,
    disabled_reason: sql`'by_admin'`,
    description: sql`'copy ' || n`,
  })
  await copies(
    db,
    'webhook_endpoints',
    ofEndpoint,
    sql`(select id as other_id from platforms where starts_with(name, 'other ')) p`,
    {
      id,
      platform_id: sql`other_id`,
    },
  )
  await sql`
    insert into webhook_deliveries (platform_id, endpoint_id, feed_position, subject_type, subject_id, sequence, event_id, event_type, state, attempts, tries,
                                    created_at, next_at, ended_at)
    select o.platform_id, e.id, o.feed_position, o.subject_type, o.subject_id, o.sequence, o.id, o.type, o.state, 1, 1,
           ${minutesAgo(sql`o.n`, now)}, case when o.state = 'pending' then ${now}::timestamptz + (1 + n % 1000) * interval '1 minute' end,
           case when o.state <> 'pending' then ${now}::timestamptz end
      from webhook_endpoints e
      join (select o.*, case when n % 500 = 0 then 'failed' when n % 700 = 0 then 'pending' when n % 1900 = 0 then 'skipped' else 'delivered' end as state
              from (select o.*, row_number() over (order by feed_position desc, subject_id, sequence) as n from event_outbox o) o) o on o.platform_id = e.platform_id
     where e.id = ${endpointId}`.execute(db)
  await sql`
    insert into webhook_attempts (platform_id, delivery_id, number, at, duration_ms, status, error, response)
    select platform_id, id, 1, created_at, 12, 204, null, '' from webhook_deliveries`.execute(db)
  // the last hundred events are still to come
  await sql`
    update webhook_endpoints set feed_position = ${sql.lit(CASES / 100 - 1)} where id = ${endpointId}`.execute(db)
}

/** Much of everything in the sample itself: more than a page, and of what is read as a whole no more than a case may have. */
const lengthen = async (db: Db, sample: CaseStory, now: string): Promise<void> => {
  const ofCase = sql`complaint_id = ${sample.id}`
  const at = { id, created_at: minutesAgo(sql`n`, now), updated_at: minutesAgo(sql`n`, now) }
  await copies(db, 'case_events', ofCase, numbers(300), { id, sequence: sql`1000 + n` })
  await copies(db, 'messages', ofCase, numbers(300), at)
  await copies(db, 'evidence', ofCase, numbers(90), { ...at, position: sql`1000 + n` })
  await copies(db, 'appeals', ofCase, numbers(30), { ...at, decision_id: id, status: sql`'denied'` })
}

/** Counts what is there, and then tells the planner that there is much more of it. */
const pretend = async (db: Db): Promise<void> => {
  for (const table of growing) {
    // a count by the housekeeper in the middle of the test would undo this
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(db)
    await sql`vacuum (analyze) ${sql.table(table)}`.execute(db)
    await sql`
      update pg_class set reltuples = reltuples * ${sql.lit(TIMES)}
       where oid = ${table}::regclass or oid in (select indexrelid from pg_index where indrelid = ${table}::regclass)`.execute(db)
  }
}
