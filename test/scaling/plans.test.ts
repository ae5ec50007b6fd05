/**
 * What the service asks costs as much as its answer shows, however large the books are. Every statement is taken as it was sent, planned
 * on books of a million cases and run: none may scan a table that grows, sort more than a page, or read far more than it shows.
 */
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import { forgetAdvanceDays } from '../../src/case/advances/record.ts'
import { payMerchants, settleDebts } from '../../src/case/receivables/settle.ts'
import { forgetOldRuns } from '../../src/clockwork/sweeps/record.ts'
import { sweepAll } from '../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { Trx } from '../../src/foundation/sql/database.ts'
import { findAllDeliveryWork, findAllRemoved } from '../../src/outward/across-platforms.ts'
import { finish } from '../../src/outward/delivery/finish.ts'
import { outcomeOf } from '../../src/outward/delivery/outcome.ts'
import { type Claimed, claim, EVENTS_AT_ONCE, findWorkOf, release, takeFromFeed } from '../../src/outward/delivery/queue.ts'
import { forgetEvents } from '../../src/outward/feed/forget.ts'
import {
  forgetDeliveries,
  forgetRemoved,
  hurrySubject,
  queueAgain,
  removeEndpoint,
  skipDelivery,
} from '../../src/outward/webhooks/record.ts'
import { forgetOldKeys } from '../../src/platform/idempotency/idempotency.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { sessionUrl } from '../support/pooler.ts'
import { alice } from '../support/story.ts'
import { fillBooks, growing } from './books.ts'
import { allNodes, type PlanNode, planners, planOf, type Recorder, recordStatements, rowsRead } from './statements.ts'
import { oneOfEverything, readsOf, tour } from './tour.ts'

const LIMIT = 5
/** Events of one case that wait; as good as a hundred times that, since what is looked at has a bound. */
const GIANT = 5_000
/** A page of three ranges and what a narrowing filter drops; the clocks of one case. The books are a hundred times that. */
const MOST_ROWS = 100

const WRITES = /\b(insert into|update|delete from)\s/i

const merchant = 'merchant:M-1'
const buyer = 'buyer:B-1'

/** What the list of complaints promises to walk by an index, and who asks. */
const lists: readonly [query: string, as?: string][] = [
  [''],
  ['sort=created_at'],
  ['status=investigating'],
  ['status=closed&sort=created_at'],
  ['status=submitted,investigating,closed'],
  ['status=negotiating&sort=due_at'],
  ['status=negotiating,executing&sort=due_at'],
  ['owner=agent:a1'],
  ['owner=agent:a1,agent:a2&sort=created_at'],
  ['owner=agent:a1&sort=due_at'],
  ['owner=agent:a1,agent:a2&sort=due_at'],
  ['owner=unassigned'],
  ['owner=unassigned&sort=created_at'],
  ['owner=unassigned&sort=due_at'],
  ['owner=unassigned,agent:a1'],
  ['owner=unassigned,agent:a1,agent:a2&sort=due_at'],
  ['owner=unassigned&status=submitted&sort=due_at'],
  ['owner=agent:a5&status=submitted,awaiting_information,negotiating&sort=due_at'],
  ['buyer=B-7'],
  ['buyer=B-7,B-8&sort=created_at'],
  ['merchant=M-7'],
  ['merchant=M-7,M-8&sort=created_at'],
  ['order=BO-7'],
  ['order=BO-7,BO-8'],
  ['reference=R-7'],
  ['reference=R-7,R-8'],
  ['q=BO-7'],
  ['q=BOOK-7'],
  ['category=logistics,other'],
  ['channel=chat'],
  ['level=2'],
  ['created_from=2026-11-20T00:00:00Z&created_to=2026-11-21T00:00:00Z'],
  ['updated_from=2026-11-20T00:00:00Z&sort=updated_at'],
  ['overdue=true'],
  ['overdue=true&sort=created_at'],
  ['overdue=true&status=investigating,negotiating'],
  ['overdue=false'],
  ['unanswered=true'],
  ['unanswered=true&sort=created_at'],
  ['unanswered=true&status=investigating,negotiating'],
  ['unanswered=true&owner=agent:a5'],
  ['unanswered=false'],
  ['risk=critical'],
  ['risk=high,critical'],
  ['risk=high,critical&sort=created_at'],
  ['risk=high&sort=risk'],
  ['risk=high,critical&sort=risk'],
  ['risk=high,critical&sort=risk&category=logistics'],
  ['risk=low,normal'],
  ['risk=high&merchant=M-7'],
  ['', merchant],
  ['sort=created_at', buyer],
  ['status=closed', merchant],
]
const appealLists: readonly [query: string, as?: string][] = [
  [''],
  ['status=submitted'],
  ['status=submitted,denied'],
  ['', merchant],
  ['', buyer],
  ['status=denied', merchant],
]

/** Two pages of a list. */
const walk = async (one: TestApp, path: string, query: string, as = alice): Promise<void> => {
  const url = `${path}?${[...(query ? [query] : []), `limit=${LIMIT}`].join('&')}`
  const first = await one.call('GET', url, { as })
  const next = /^<(.*)>; rel="next"$/.exec(first.headers.link ?? '')?.[1]
  const second = next === undefined ? first : await one.call('GET', next, { as })
  for (const { status, text } of [first, second]) if (status !== 200) throw new Error(`${url}: ${text}`)
}

/** What reads the whole of something, and why it may. */
const wholes: readonly [during: RegExp, table: string][] = [
  // each platform has a clock of its own, and there are few platforms
  [/^(sweep|deliver|GET .metrics)$/, 'platforms'],
  // counts what is open, at most every 15 seconds; what is closed it does not read
  [/^GET .metrics$/, 'complaints'],
  // each endpoint has a place of its own in the feed, and there are few of them
  [/^(deliver|housekeeping of events|DELETE .v1.webhook-endpoints.*|GET .metrics)$/, 'webhook_endpoints'],
  // counts what cannot be decided, or has all of it tried again: a few, or something is wrong
  [/^(GET .metrics|POST .v1.stuck-cases.retry)$/, 'stuck_cases'],
  // looks at two hundred rows at a time, most of which differ in nothing, and at what belongs to them
  [/^GET .v1.reconciliation/, 'orders'],
  [/^GET .v1.reconciliation/, 'complaints'],
  [/^GET .v1.reconciliation/, 'refund_plans'],
  [/^GET .v1.reconciliation/, 'ledger_accounts'],
  // asks again and again while the work goes on: a batch of cases, each with its clocks
  [/^GET .v1.policy.recomputations.[^/]+$/, 'deadlines'],
  // those who complained about one item are read and decided together, each with its clocks
  [/^POST .v1.sweeps$/, 'deadlines'],
  // looks at up to five hundred new complaints at once, and for each at some of its buyer, its order and its merchant
  [/^POST .v1.sweeps$/, 'complaints'],
  // sums what all accounts of a platform have
  [/^GET .v1.fund$/, 'ledger_accounts'],
  // what an account had at a time is the sum of what came before, from an index that holds the amounts; a file has larger pages
  [/^GET .v1.merchants.[^/]+.account.statement/, 'ledger_transfers'],
  // every open debt of a merchant, with its deposit, and every merchant that the fund owes something: money may have come for any; what nobody pays is written off
  [/^(settle debts|pay merchants)$/, 'receivables'],
  [/^(settle debts|pay merchants)$/, 'ledger_accounts'],
]

/** What is wrong with a plan, one line each. */
const faultsOf = (plan: PlanNode, during: string, most = MOST_ROWS): string[] => {
  const nodes = allNodes(plan).filter((node) => node['Relation Name'] === undefined || isGrowing(node))
  const reads = nodes.filter(isGrowing)
  const mayReadAll = ({ 'Relation Name': table }: PlanNode) => wholes.some(([of, whole]) => of.test(during) && whole === table)
  return [
    ...reads
      .filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'platforms')
      .filter(
        (node) =>
          !['stuck_cases', 'webhook_endpoints', 'ledger_accounts'].includes(node['Relation Name'] ?? '') || !mayReadAll(node),
      )
      .map((node) => `reads all of ${node['Relation Name']}`),
    ...reads
      .filter((node) => rowsRead(node) > most && !mayReadAll(node))
      .map((node) => `reads ${rowsRead(node)} rows of ${node['Relation Name']} by ${node['Index Name'] ?? node['Node Type']}`),
    ...nodes
      .filter((node) => !reads.every(mayReadAll) && node['Node Type'].endsWith('Sort') && (node['Actual Rows'] ?? 0) > most)
      .map((node) => `sorts ${node['Actual Rows']} rows`),
  ]
}

const isGrowing = (node: PlanNode): boolean => (growing as readonly string[]).includes(node['Relation Name'] ?? '')

await t.test('plans', async (t) => {
  let recorder: Recorder | undefined
  const one = await testApp(t, {
    config: { sweepBatch: 10 },
    routes: (root) => void root.addHook('onRequest', async ({ method, url }) => recorder?.during(`${method} ${url}`)),
  })
  const sample = await oneOfEverything(one, { reference: 'SAMPLE' })
  await one.call('POST', '/v1/sweeps', { headers: { 'idempotency-key': 'sample' } })
  const endpoint = await one.call('POST', '/v1/webhook-endpoints', { body: { url: 'https://127.0.0.1:1/' } })
  await fillBooks(one.owner, sample, endpoint.body.id, toTime(one.clock.nowMs()))
  recorder = recordStatements(t, one.url)
  const { statements, during } = recorder
  const client = new pg.Client({ connectionString: sessionUrl(one.url), options: '-c TimeZone=UTC' })
  await client.connect()
  t.teardown(() => client.end())

  /**
   * Runs what was recorded once more under each planner, and fails for what costs too much.
   * @param most rows that a statement that writes may read; without it such a statement is planned and not run
   */
  const check = async (t: Test, { most }: { most?: number } = {}) => {
    during()
    const asked = statements.splice(0)
    t.ok(asked.length > 0, 'something was asked')
    for (const statement of asked) {
      for (const planner of planners) {
        const writes = WRITES.test(statement.text)
        const plan = await planOf(client, statement, planner, { run: most !== undefined || !writes })
        const faults = faultsOf(plan, statement.during, writes ? most : undefined)
        t.strictSame(faults, [], `${statement.during}, ${planner}`)
      }
    }
  }

  await t.test('lists of complaints', async (t) => {
    for (const [query, as] of lists) await walk(one, '/v1/complaints', query, as)
    await check(t)
  })
  await t.test('lists of appeals', async (t) => {
    for (const [query, as] of appealLists) await walk(one, '/v1/appeals', query, as)
    await check(t)
  })
  await t.test('a case and its lists', async (t) => {
    for (const as of [alice, buyer, merchant]) {
      for (const url of readsOf(sample)) await one.call('GET', url, { as })
      for (const part of ['events', 'messages', 'evidence', 'appeals'])
        await walk(one, `/v1/complaints/${sample.id}/${part}`, '', as)
    }
    await check(t)
  })
  await t.test('keys, runs of sweeps and what is stuck', async (t) => {
    for (const path of ['/v1/api-keys', '/v1/sweeps']) await walk(one, path, '', 'admin:root')
    for (const query of ['', 'error_class=internal', 'kind=refund,step']) await walk(one, '/v1/stuck-cases', query, 'admin:root')
    await check(t)
  })
  await t.test('the walk of what is overdue finds all of it, and nothing else', async (t) => {
    one.clock.advance(3 * HOUR)
    const now = sql`${toTime(one.clock.nowMs())}::timestamptz + (select clock_offset_ms from platforms where id = ${one.platformId}) * interval '1 ms'`
    for (const [sort, order] of [
      ['created_at', sql`asc`],
      ['-created_at', sql`desc`],
    ] as const) {
      const found: string[] = []
      let next: string | undefined = `/v1/complaints?overdue=true&sort=${sort}&limit=100`
      while (next !== undefined) {
        const { body, headers } = await one.call('GET', next, { as: alice })
        found.push(...body.data.map((row: { id: string }) => row.id))
        next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
      }
      const { rows } = await sql<{ id: string }>`
        select id from complaints where platform_id = ${one.platformId} and status <> 'closed' and least(owed_since, next_due_at) <= ${now}
         order by created_at ${order}, id ${order}`.execute(one.db)
      t.ok(rows.length > 250, `${rows.length} overdue`)
      t.strictSame(
        found,
        rows.map(({ id }) => id),
      )
    }
    // larger pages than those whose cost is bounded
    statements.splice(0)
  })
  await t.test('tour', async (t) => {
    await tour(one)
    await check(t)
  })
  await t.test('sweep', async (t) => {
    one.clock.advance(20 * 60_000)
    during('sweep')
    await sweepAll({ ...one.deps, config: { ...one.deps.config, sweepBatch: 10 } }, () => statements.length > 200)
    await check(t)
  })
  await t.test('the feed, endpoints and logs of deliveries', async (t) => {
    const as = 'integration:erp'
    const read = async (url: string) => {
      const { status, body, text } = await one.call('GET', url, { as })
      if (status !== 200) throw new Error(`${url}: ${text}`)
      return body
    }
    for (const query of ['', 'types=plan_*', 'types=complaint_submitted', 'merchant=M-7', `complaint=${sample.id}`]) {
      const { next_cursor: next } = await read(`/v1/events?limit=${LIMIT}&${query}`)
      await read(`/v1/events?limit=${LIMIT}&${query}&after=${next}`)
    }
    await walk(one, '/v1/webhook-endpoints', '', as)
    const url = `/v1/webhook-endpoints/${endpoint.body.id}`
    t.ok((await read(url)).held.length > 0)
    for (const query of ['', 'state=delivered', 'state=pending', 'state=failed', 'state=skipped,failed,pending'])
      await walk(one, `${url}/deliveries`, query, as)
    await check(t)
  })
  await t.test('deliveries', async (t) => {
    const { db, platformId, clock } = one
    const name = { platformId, endpointId: endpoint.body.id }
    during('deliver')
    const taking = { nowMs: clock.nowMs(), leaseMs: 60_000, most: LIMIT }
    const take = async () => (await claim(db, name, taking)).claimed
    const attempted = (error: 'status' | null) => ({
      atMs: clock.nowMs(),
      durationMs: 1,
      status: 500,
      error,
      response: '',
      retryAfter: undefined,
    })
    await findAllDeliveryWork(db, clock.nowMs())
    await findWorkOf(db, platformId, clock.nowMs())
    t.ok((await takeFromFeed(db, name, taking)).events > 0)
    const claimed = await take()
    t.equal(claimed.length, LIMIT)
    const outcomes = claimed.map((one, n) => {
      const attempt = attempted(n === 0 ? 'status' : null)
      return {
        claimed: one,
        attempt,
        outcome: outcomeOf(attempt, one.tries, { failures: 0, failingSinceMs: null }, clock.nowMs(), 0),
      }
    })
    await finish(db, name, outcomes, clock.nowMs())
    await release(
      db,
      name,
      (await take()).map(({ id }) => id),
    )
    const [delivery] = claimed
    await queueAgain(db, platformId, delivery?.id ?? '', clock.nowMs())
    await skipDelivery(db, platformId, delivery?.id ?? '', clock.nowMs())
    await hurrySubject(db, platformId, delivery?.id ?? '', clock.nowMs())
    await check(t, { most: 3 * EVENTS_AT_ONCE })
  })
  await t.test('a subject with very many events that wait, before others that can go', async (t) => {
    const { db, platformId, clock } = one
    const name = { platformId, endpointId: endpoint.body.id }
    const taking = { nowMs: clock.nowMs(), leaseMs: 60_000, most: LIMIT }
    // due before all others, the first of them under way
    const [giant, others] = [newId(), Array.from({ length: LIMIT }, newId)]
    const wait = (subject: RawBuilder<unknown>, from: number, to: number, days: number) =>
      sql`
      insert into webhook_deliveries (platform_id, endpoint_id, feed_position, subject_type, subject_id, sequence, event_id, event_type, state, created_at, next_at)
      select ${platformId}, ${name.endpointId}, 0, 'complaint', s.id, n, gen_random_uuid(), 'message_posted', 'pending',
             ${toTime(clock.nowMs() - HOUR)}, ${toTime(clock.nowMs() - days * DAY)}::timestamptz + n * interval '1 microsecond'
        from ${subject} s(id) cross join generate_series(${from}::integer, ${to}::integer) n`.execute(db)
    await wait(sql`unnest(array[${giant}])`, 1, GIANT, 30)
    await wait(sql`unnest(${others}::text[])`, 1, 2, 20)
    const takeFirst = async () => (await claim(db, name, { ...taking, most: 1 })).claimed
    t.match(await takeFirst(), [{ subject_id: giant, sequence: 1 }])
    await db
      .updateTable('webhook_deliveries')
      .set({ leased_until: null, next_at: toTime(clock.nowMs() - 31 * DAY) })
      .where('subject_id', '=', giant)
      .where('sequence', '=', 1)
      .execute()

    during('deliver')
    const [first] = await takeFirst()
    const found = new Set<string>()
    let asked = 0
    while (found.size < LIMIT && asked < GIANT) {
      asked += 1
      for (const { subject_id, sequence } of (await claim(db, name, taking)).claimed) {
        t.not(subject_id, giant, 'its next waits for the first')
        if (others.includes(subject_id)) found.add(`${subject_id} ${sequence}`)
      }
    }
    t.strictSame(found, new Set(others.map((id) => `${id} 1`)), 'the others are found behind it')
    t.ok(asked < GIANT / LIMIT, `${asked} looks`)
    // a failure puts the next of them off, a success brings the next one back
    const ended = async (claimed: Claimed, error: 'status' | null) => {
      const attempt = {
        atMs: clock.nowMs(),
        durationMs: 1,
        status: error ? 500 : 204,
        error,
        response: '',
        retryAfter: undefined,
      }
      const outcome = outcomeOf(attempt, claimed.tries, { failures: 0, failingSinceMs: null }, clock.nowMs(), 0.5)
      return finish(db, name, [{ claimed, attempt, outcome }], clock.nowMs())
    }
    await ended(first as Claimed, 'status')
    await skipDelivery(db, platformId, (first as Claimed).id, clock.nowMs())
    await hurrySubject(db, platformId, (first as Claimed).id, clock.nowMs())
    await check(t, { most: 3 * EVENTS_AT_ONCE })
    const nextOfGiant = async (): Promise<Claimed | undefined> => {
      for (let n = 0; n < GIANT; n++) {
        const { claimed, isMoreDue } = await claim(db, name, { ...taking, most: 1 })
        if (claimed[0]?.subject_id === giant) return claimed[0]
        if (claimed.length === 0 && !isMoreDue) return undefined
      }
      return undefined
    }
    const taken: number[] = []
    for (let n = 0; n < 3; n++) {
      const next = await nextOfGiant()
      if (next === undefined) break
      taken.push(next.sequence)
      await ended(next, null)
    }
    t.strictSame(taken, [2, 3, 4], 'one after the other, without a wait')
    statements.splice(0)
  })
  await t.test('housekeeping of events', async (t) => {
    const { db, platformId, clock } = one
    during('housekeeping of events')
    t.ok((await forgetEvents(db, platformId, clock.nowMs() + 365 * DAY, 50)) > 0)
    t.ok((await forgetDeliveries(db, platformId, 50)) > 0)
    const name = { platformId, endpointId: endpoint.body.id }
    await removeEndpoint(db as Trx, name, clock.nowMs())
    t.strictSame(await findAllRemoved(db), [name])
    t.equal(await forgetRemoved(db, name, 50), 50)
    await check(t, { most: 2 * 50 })
  })
  await t.test('debts that are settled', async (t) => {
    const { db, deps, platformId } = one
    during('settle debts')
    await settleDebts(deps, platformId, 1)
    during('pay merchants')
    t.equal(await payMerchants(deps, platformId, 1), 1)
    await check(t)
    during('forget days')
    t.equal(await forgetAdvanceDays(db, platformId, '2020-01-01'), 0)
    await check(t, { most: 50 })
  })
  await t.test('housekeeping', async (t) => {
    during('housekeeping')
    await forgetOldKeys(one.db, one.clock.nowMs() + 2 * DAY, 50)
    await forgetOldRuns(one.db, one.clock.nowMs())
    await check(t)
  })
})
