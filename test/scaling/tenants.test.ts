/**
 * One platform's work never leads into another's rows: every statement the service sends names the platform of its caller by a parameter,
 * on each table that it touches, and every key leads with the platform. That keeps tenants apart, and lets a distributed Postgres send each
 * statement to the one node where the platform is. Those that look at all platforms at once stand in files of one name.
 */
import { randomBytes } from 'node:crypto'
import { globSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import * as ofCases from '../../src/case/across-platforms.ts'
import { forgetAdvanceDays } from '../../src/case/advances/record.ts'
import { collectOrphans } from '../../src/case/evidence/orphans.ts'
import { beginning, forgetOrders, restsBefore } from '../../src/case/orders/forget.ts'
import { payMerchants, settleDebts } from '../../src/case/receivables/settle.ts'
import { forgetSettlementRules } from '../../src/case/settlement-rules/record.ts'
import { findLearntGrams, findLearntWeights, findLessons } from '../../src/case/understanding/find.ts'
import {
  addChoices,
  addGrams,
  insertDigestKey,
  lockLearning,
  markLearnt,
  replaceDigestKey,
} from '../../src/case/understanding/record.ts'
import * as ofClockwork from '../../src/clockwork/across-platforms.ts'
import { findRunning } from '../../src/clockwork/recomputations/find.ts'
import { continueRecomputations } from '../../src/clockwork/recomputations/work.ts'
import { findCalls } from '../../src/clockwork/sweeps/find.ts'
import { forgetOldRuns } from '../../src/clockwork/sweeps/record.ts'
import { sweepAll } from '../../src/clockwork/sweeps/sweep.ts'
import { DAY, toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import { keyRing } from '../../src/foundation/key-ring.ts'
import { transact } from '../../src/foundation/sql/transaction.ts'
import * as ofMoney from '../../src/money/across-platforms.ts'
import { coverMovements, endDueMovements } from '../../src/money/movements/by-the-clock.ts'
import { findMovementWork } from '../../src/money/movements/find.ts'
import { proveLedger } from '../../src/money/proof/prove.ts'
import * as ofOutside from '../../src/outward/across-platforms.ts'
import { createCourier } from '../../src/outward/delivery/courier.ts'
import { finish } from '../../src/outward/delivery/finish.ts'
import { included } from '../../src/outward/delivery/included.ts'
import { outcomeOf } from '../../src/outward/delivery/outcome.ts'
import { claim, findWorkOf, release, takeFromFeed } from '../../src/outward/delivery/queue.ts'
import { forgetEvents } from '../../src/outward/feed/forget.ts'
import { disableEndpoint, forgetDeliveries, resealEndpoints } from '../../src/outward/webhooks/record.ts'
import { digestOf, newApiKey } from '../../src/platform/access/keys.ts'
import * as ofPlatforms from '../../src/platform/across-platforms.ts'
import { forgetOldKeys } from '../../src/platform/idempotency/idempotency.ts'
import { leaveNobodyOut } from '../../src/platform/platforms/ask-each.ts'
import * as ofRules from '../../src/rules/across-platforms.ts'
import { findStale } from '../../src/rules/calendars/find.ts'
import { refreshPublishedHolidays } from '../../src/rules/calendars/refresh.ts'
import { ensureFirstPlatform } from '../../src/rules/new-platforms/create.ts'
import { findPlatformWithoutRules } from '../../src/rules/policy/find.ts'
import { payIn } from '../support/advances.ts'
import { secretsKey, type TestApp, testApp } from '../support/app.ts'
import { sessionUrl } from '../support/pooler.ts'
import { bindingsOf } from './bindings.ts'
import { conditionsOf, planOf, type Recorder, recordStatements, type Scan, type Statement, scansOf } from './statements.ts'
import { tour } from './tour.ts'

/** Tables that belong to no platform, or are looked into before the platform is known: copied whole to every node. */
const referenceTables = ['platforms', 'api_keys']
/** Every other one has its rows where their platform is. */
const distributedTables = [
  'advance_bounds',
  'advances',
  'appeals',
  'calendars',
  'case_events',
  'complaints',
  'deadlines',
  'event_feeds',
  'event_outbox',
  'event_subjects',
  'evidence',
  'filing_watches',
  'fund_movements',
  'deposit_shortages',
  'idempotency_keys',
  'ledger_accounts',
  'ledger_transfers',
  'merchant_affiliates',
  'mass_cases',
  'messages',
  'orders',
  'order_limits',
  'order_records',
  'order_statements',
  'order_refunds_elsewhere',
  'policies',
  'category_choices',
  'category_grams',
  'category_keys',
  'category_lexicons',
  'receivables',
  'recent_items',
  'recomputations',
  'refund_plans',
  'return_instructions',
  'settlement_holds',
  'settlement_rules',
  'stuck_cases',
  'sweep_runs',
  'webhook_attempts',
  'webhook_deliveries',
  'webhook_endpoints',
]

/** The files whose statements name no platform, by wing. */
const acrossPlatforms = {
  'platform/across-platforms.ts': ofPlatforms,
  'rules/across-platforms.ts': ofRules,
  'money/across-platforms.ts': ofMoney,
  'case/across-platforms.ts': ofCases,
  'clockwork/across-platforms.ts': ofClockwork,
  'outward/across-platforms.ts': ofOutside,
}
type AcrossPlatforms = (typeof acrossPlatforms)[keyof typeof acrossPlatforms]
type Name = AcrossPlatforms extends infer File ? (File extends object ? keyof File & string : never) : never

/** What looks at all platforms at once, and why. None of it answers a caller about a case. */
const whole = ({ db, clock, platformId }: TestApp): Record<Name, { why: string; ask: () => Promise<unknown> }> => {
  const now = toTime(clock.nowMs())
  return {
    findCredential: {
      why: 'the digest of a key tells whose it is',
      ask: () => ofPlatforms.findCredential(db, digestOf(newApiKey('test')), now),
    },
    findOldestAnswers: { why: 'what is too old goes, whosever it is', ask: () => ofPlatforms.findOldestAnswers(db, now, 10) },
    deleteAnswers: {
      why: 'what is too old goes, whosever it is',
      ask: () => ofPlatforms.deleteAnswers(db, { first_at: now, last_at: now, answers: 1 }),
    },
    continueMovedFeeds: {
      why: 'asked by each start: whether the rows come from another server',
      ask: () => ofPlatforms.continueMovedFeeds(db),
    },
    findPlatformsWithoutRules: { why: 'asked by each start', ask: () => ofRules.findPlatformsWithoutRules(db) },
    findAllStale: { why: 'asked once a day, about all calendars', ask: () => ofRules.findAllStale(db) },
    findAllMovementWork: {
      why: 'on which platforms money is due',
      ask: () => ofMoney.findAllMovementWork(db, clock.nowMs()),
    },
    countStuckCases: { why: 'a gauge of the whole service', ask: () => ofCases.countStuckCases(db) },
    findAllCalls: { why: 'which platforms a sweep has to visit', ask: () => ofClockwork.findAllCalls(db, clock.nowMs()) },
    findAllRunning: { why: 'on which platforms a recomputation is at work', ask: () => ofClockwork.findAllRunning(db) },
    deleteRuns: {
      why: 'what is too old goes, whosever it is',
      ask: () => ofClockwork.deleteRuns(db, '2000-01-01T00:00:00.000Z'),
    },
    countBacklog: { why: 'gauges of the whole service', ask: () => ofOutside.countBacklog(db, now) },
    findAllRemoved: { why: 'what is gone goes, whosever it is', ask: () => ofOutside.findAllRemoved(db) },
    findAllDeliveryWork: {
      why: 'for which endpoints there is something to do',
      ask: () => ofOutside.findAllDeliveryWork(db, clock.nowMs()),
    },
    countWebhooks: { why: 'gauges of the whole service', ask: () => ofOutside.countWebhooks(db, clock.nowMs()) },
    findNewestPositions: {
      why: 'one question for all who wait for events',
      ask: () => ofOutside.findNewestPositions(db, [platformId]),
    },
  }
}

/** Tells who is asking what while the tour runs. */
const watched = async (t: Test) => {
  let recorder: Recorder | undefined
  const answered = new Set<string>()
  const one = await testApp(t, {
    config: { webhooks: { allowPrivate: 'always', ports: [] } },
    routes: (root) => {
      root.addHook('onRequest', async ({ method, routeOptions }) => recorder?.during(`${method} ${routeOptions.url}`))
      root.addHook('onResponse', async ({ method, routeOptions }, { statusCode }) => {
        if (statusCode < 300) answered.add(`${method} ${routeOptions.url}`)
      })
    },
  })
  recorder = recordStatements(t, one.url)
  return { one, recorder, answered }
}

const operationsOf = ({ app }: TestApp): string[] => {
  const { paths } = app.swagger() as unknown as { paths: Record<string, object> }
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
}

/** Whether the platform of a scan's rows is given: as a value, by rows that were handed over, or by another scan that is itself bound. */
const isBound = (
  scan: Scan,
  all: readonly Scan[],
  statement: Statement,
  platformId: string,
  passed: readonly Scan[] = [],
): boolean =>
  conditionsOf(scan, scan.node['Relation Name'] === 'platforms' ? 'id' : 'platform_id').some((other) => {
    const parameter = /^\$(\d+)/.exec(other)?.[1]
    if (parameter !== undefined) return statement.values[Number(parameter) - 1] === platformId
    const source = all.find(({ node }) => node.Alias === other.split('.')[0])
    return source === undefined || (!passed.includes(source) && isBound(source, all, statement, platformId, [...passed, scan]))
  })

/** Every platform that the rows in a statement's values name. */
const platformsIn = ({ values }: Statement): string[] =>
  values.flatMap((value) => [...String(value).matchAll(/"platform_id":"([^"]+)"/g)].map(([, id]) => id ?? ''))

/** All that a deliverer does about an endpoint, one after the other. */
const deliveries = async ({ db, deps, clock, platformId, call }: TestApp): Promise<void> => {
  const { body } = await call('POST', '/v1/webhook-endpoints', { body: { url: 'https://127.0.0.1:1/' } })
  await db.updateTable('webhook_endpoints').set({ feed_position: 0 }).where('platform_id', '=', platformId).execute()
  const name = { platformId, endpointId: body.id }
  const nowMs = clock.nowMs()
  await takeFromFeed(db, name, { nowMs, leaseMs: 60_000, most: 1 })
  const [claimed, ...others] = (await claim(db, name, { nowMs, leaseMs: 60_000, most: 3 })).claimed
  if (claimed === undefined || deps.secrets === undefined) throw new Error('there is nothing to deliver')
  await included(db, platformId, claimed)
  const attempt = await createCourier(deps, deps.secrets, deps.connections).deliver(name, 'test', claimed)
  const outcome = outcomeOf(attempt, 0, { failures: 0, failingSinceMs: null }, nowMs, 0.5)
  await finish(db, name, [{ claimed, attempt, outcome }], nowMs)
  await release(
    db,
    name,
    others.map(({ id }) => id),
  )
  await disableEndpoint(db, name, 'gone', nowMs)
  await resealEndpoints(db, keyRing([randomBytes(32), secretsKey]), platformId)
}

/** The deposit of a merchant that the tour leaves with a debt has money again and pays, and the fund what it owes to merchants. */
const settling = async ({ db, deps, platformId }: TestApp): Promise<void> => {
  await payIn(db, platformId, [
    { kind: 'deposit_received', amount: 10_000, owner: 'M-A2' },
    { kind: 'owed_to_merchant', amount: 500, owner: 'M-A2' },
  ])
  if ((await settleDebts(deps, platformId, 10)) === 0) throw new Error('the tour leaves no debt')
  if ((await payMerchants(deps, platformId, 10)) === 0) throw new Error('nothing is owed to a merchant')
}

/** What is learnt from the choices of staff, with a lesson of nobody: the tour has too few people to learn from. */
const learn = async ({ db, deps: { learning }, platformId, clock }: TestApp): Promise<void> => {
  await learning.fold(db, platformId)
  const lesson = { id: newId(), category: 'other', person: 'agent:nobody', description: '' } as const
  await findLessons(db, platformId, { ...lesson, texts: 1 }, 1)
  await insertDigestKey(db, platformId, Buffer.from('sealed'), toTime(clock.nowMs()))
  await replaceDigestKey(db, platformId, Buffer.from('sealed anew'))
  await transact(db, async (trx) => {
    await lockLearning(trx, platformId)
    await markLearnt(trx, platformId, [lesson])
    await addChoices(trx, platformId, '2020-01', [{ ...lesson, texts: 1 }])
    await addGrams(trx, platformId, '2020-01', 'other', new Map([[1, 1]]))
  })
  await findLearntGrams(db, platformId, '2020-01')
  await findLearntWeights(db, platformId, '2020-01')
  await learning.forget(db, platformId, 10)
}

/** Everything that the service does by itself. */
const ownWork = async (one: TestApp, during: Recorder['during']): Promise<void> => {
  const { db, deps, clock, platformId } = one
  during('start')
  await ensureFirstPlatform(db, { mode: 'live', adminKey: newApiKey('live'), clock })
  await refreshPublishedHolidays(db, clock, leaveNobodyOut)
  during('sweep')
  await sweepAll(deps, () => false)
  during('recomputation')
  await continueRecomputations(deps, () => false)
  during('cleaning up')
  await forgetOldKeys(db, clock.nowMs())
  await forgetOldRuns(db, clock.nowMs())
  await forgetEvents(db, platformId, clock.nowMs(), 10)
  await forgetDeliveries(db, platformId, 10)
  during('delivering')
  await deliveries(one)
  during('cleaning up')
  await collectOrphans(deps, clock.nowMs() - DAY)
  await forgetSettlementRules(db, platformId, clock.nowMs() - 400 * DAY, 10)
  during('learning')
  await learn(one)
  during('the fund')
  await endDueMovements(db, clock, platformId, () => false)
  await coverMovements(db, clock, platformId, () => false)
  await proveLedger(db, platformId, () => false)
  during('cleaning up')
  await forgetOrders(db, platformId, await restsBefore(db, platformId, clock.nowMs(), 400), beginning, 10)
  await forgetAdvanceDays(db, platformId, '2020-01-01')
  during('paying what is owed')
  await settling(one)
  during('asking each platform by itself')
  await findMovementWork(db, platformId, clock.nowMs())
  await findWorkOf(db, platformId, clock.nowMs())
  await findCalls(db, platformId, clock.nowMs())
  await findRunning(db, platformId)
  await findStale(db, platformId)
  await findPlatformWithoutRules(db, platformId)
}

/** The statements, each text once. */
const distinct = (statements: readonly Statement[]): Statement[] =>
  [...Map.groupBy(statements, ({ during, text }) => `${during}\n${text}`).values()].flatMap(([first]) => first ?? [])

/** The tables of a statement whose platform is not named by a parameter with this platform's id. */
const unboundIn = ({ text, values }: Statement, withPlatform: ReadonlySet<string>, platformId: string): string[] =>
  bindingsOf(text, withPlatform)
    .filter(({ parameters }) => parameters.length === 0 || parameters.some((n) => values[n - 1] !== platformId))
    .map(({ table }) => table)

await t.test('every statement names the platform of its caller, on each table', async (t) => {
  const { one, recorder, answered } = await watched(t)
  const { statements, during } = recorder
  await tour(one)
  t.strictSame(
    operationsOf(one).filter((operation) => !answered.has(operation)),
    [],
    'the tour leaves no operation out',
  )
  one.clock.advance(DAY)
  await ownWork(one, during)
  const sent = distinct(statements.splice(0))
  t.ok(sent.length > 200, `${sent.length} statements`)

  const withPlatform: ReadonlySet<string> = new Set(
    (await one.db.introspection.getTables())
      .filter(({ columns }) => columns.some(({ name }) => name === 'platform_id'))
      .map(({ name }) => name),
  )
  t.equal(withPlatform.size, distributedTables.length + 1, 'every table but that of the platforms')

  await t.test('but for those of the files that say so', async (t) => {
    const files = globSync('**/across-platforms.ts', { cwd: path.join(import.meta.dirname, '../../src') })
    t.strictSame(files.map((file) => file.replaceAll(path.sep, '/')).sort(), Object.keys(acrossPlatforms).sort())
    const asked = whole(one)
    t.strictSame(
      Object.values(acrossPlatforms)
        .flatMap((file) => Object.keys(file))
        .sort(),
      Object.keys(asked).sort(),
      'each of their questions is known here',
    )
    for (const [name, { why, ask }] of Object.entries(asked)) {
      during(name)
      await ask()
      t.ok(
        statements.some(
          (statement) => statement.during === name && unboundIn(statement, withPlatform, one.platformId).length > 0,
        ),
        `${name} has to be there: ${why}`,
      )
    }
    during()
    const exempt = new Set(statements.map(({ text }) => text))
    for (const statement of sent.filter(({ text }) => !exempt.has(text)))
      t.strictSame(
        unboundIn(statement, withPlatform, one.platformId),
        [],
        `${statement.during}: ${statement.text.slice(0, 2000)}`,
      )
  })

  await t.test('and its plan is bound as well', async (t) => {
    const client = new pg.Client({ connectionString: sessionUrl(one.url), options: '-c TimeZone=UTC' })
    await client.connect()
    t.teardown(() => client.end())
    // joins by one row after the other: then each scan shows what binds it
    for (const way of ['seqscan', 'hashjoin', 'mergejoin']) await client.query(`set enable_${way} = off`)
    const exempt = new Set(statements.map(({ text }) => text))
    for (const statement of sent.filter(({ text }) => !exempt.has(text))) {
      t.strictSame(
        [...new Set(platformsIn(statement))].filter((id) => id !== one.platformId),
        [],
        `rows written by ${statement.during}`,
      )
      const scans = scansOf(await planOf(client, statement, 'force_generic_plan', { run: false }))
      const unbound = scans
        .filter(({ node }) => distributedTables.includes(node['Relation Name'] ?? ''))
        .filter((scan) => !isBound(scan, scans, statement, one.platformId))
      t.strictSame(
        unbound.map(({ node }) => node['Relation Name']),
        [],
        `${statement.during}: ${statement.text.slice(0, 2000)}`,
      )
    }
  })
})

await t.test('every key leads with the platform', async (t) => {
  const { db } = await testApp(t)
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  t.strictSame(tables.toSorted(), [...distributedTables, ...referenceTables].sort(), 'each table is one or the other')

  const { rows: indexes } = await sql<{ name: string; table: string; leads: string; unique: boolean }>`
    select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table, a.attname as leads, i.indisunique as unique
      from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = any(${distributedTables}::regclass[])`.execute(db)
  t.ok(indexes.length > 25, `${indexes.length} indexes`)
  const other = indexes.filter(({ leads }) => leads !== 'platform_id')
  t.strictSame(
    other.filter(({ unique }) => unique),
    [],
    'uniqueness is always within a platform',
  )
  t.strictSame(other.map(({ name }) => name).sort(), ['idempotency_keys_by_age', 'sweep_runs_by_age'], 'what is removed by age')

  const { rows: foreignKeys } = await sql<{ name: string; to: string; from: string[]; columns: string[] }>`
    select c.conname as name, c.confrelid::regclass::text as to,
           array(select attname::text from unnest(c.conkey) with ordinality k(n, i) join pg_attribute on attrelid = c.conrelid and attnum = n order by i) as from,
           array(select attname::text from unnest(c.confkey) with ordinality k(n, i) join pg_attribute on attrelid = c.confrelid and attnum = n order by i) as columns
      from pg_constraint c where c.contype = 'f' and c.conrelid = any(${distributedTables}::regclass[])`.execute(db)
  t.ok(foreignKeys.length > 10, `${foreignKeys.length} foreign keys`)
  for (const { name, to, from, columns } of foreignKeys) {
    t.equal(from[0], 'platform_id', `${name} begins with the platform`)
    t.equal(columns[0], to === 'platforms' ? 'id' : 'platform_id', `and so does what it points at in ${to}`)
  }
})
