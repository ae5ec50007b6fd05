/**
 * One platform's work never leads into another's rows: every statement the service sends is bound to the platform of its caller, and every
 * key leads with the platform. That keeps tenants apart, and lets a distributed Postgres keep each platform on one node.
 */
import { sql } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import { continueRecomputations } from '../../src/clockwork/recomputations/work.ts'
import { forgetOldRuns } from '../../src/clockwork/sweeps/record.ts'
import { sweepAll } from '../../src/clockwork/sweeps/sweep.ts'
import { DAY } from '../../src/foundation/clock.ts'
import { forgetOldKeys } from '../../src/platform/idempotency/idempotency.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { sessionUrl } from '../support/pooler.ts'
import { conditionsOf, planOf, type Recorder, recordStatements, type Scan, type Statement, scansOf } from './statements.ts'
import { tour } from './tour.ts'

/** Tables that belong to no platform, or are looked into before the platform is known: copied whole to every node. */
const referenceTables = ['platforms', 'api_keys']
/** Every other one has its rows where their platform is. */
const distributedTables = [
  'appeals',
  'calendars',
  'case_events',
  'complaints',
  'deadlines',
  'evidence',
  'idempotency_keys',
  'messages',
  'orders',
  'policies',
  'recomputations',
  'refund_plans',
  'stuck_cases',
  'sweep_runs',
]

/** Who looks at all platforms at once, and why. None of them answers a caller about a case. */
const acrossPlatforms: readonly { during: string; table: string; why: string }[] = [
  { during: 'GET /metrics', table: 'complaints', why: 'counts the backlog of the whole service, platform by platform' },
  { during: 'sweep', table: 'deadlines', why: 'asks which platforms have something due, platform by platform' },
  { during: 'sweep', table: 'stuck_cases', why: 'asks on which platforms one is to be tried again, platform by platform' },
  { during: 'GET /metrics', table: 'stuck_cases', why: 'counts those of the whole service' },
  { during: 'recomputation', table: 'recomputations', why: 'asks on which platforms one is at work' },
  { during: 'forgetting answers', table: 'idempotency_keys', why: 'removes what is too old, whosever it is' },
  { during: 'forgetting runs', table: 'sweep_runs', why: 'removes what is too old, whosever it is' },
]

/** Tells who is asking what while the tour runs. */
const watched = async (t: Test) => {
  let recorder: Recorder | undefined
  const answered = new Set<string>()
  const one = await testApp(t, {
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

await t.test('every statement is bound to the platform of its caller', async (t) => {
  const { one, recorder, answered } = await watched(t)
  const { statements, during } = recorder
  await tour(one)
  t.strictSame(
    operationsOf(one).filter((operation) => !answered.has(operation)),
    [],
    'the tour leaves no operation out',
  )
  one.clock.advance(DAY)
  during('sweep')
  await sweepAll(one.deps, () => false)
  during('recomputation')
  await continueRecomputations(one.deps, () => false)
  during('forgetting answers')
  await forgetOldKeys(one.db, one.clock.nowMs())
  during('forgetting runs')
  await forgetOldRuns(one.db, one.clock.nowMs())
  during()

  const client = new pg.Client({ connectionString: sessionUrl(one.url), options: '-c TimeZone=UTC' })
  await client.connect()
  t.teardown(() => client.end())
  // joins by one row after the other: then each scan shows what binds it
  for (const way of ['seqscan', 'hashjoin', 'mergejoin']) await client.query(`set enable_${way} = off`)

  const distinct = [...Map.groupBy(statements, ({ during, text }) => `${during}\n${text}`).values()].map(
    ([first]) => first as Statement,
  )
  t.ok(distinct.length > 200, `${distinct.length} statements`)
  const unbound = new Set<string>()
  for (const statement of distinct) {
    t.strictSame(
      [...new Set(platformsIn(statement))].filter((id) => id !== one.platformId),
      [],
      `rows written by ${statement.during}`,
    )
    const plan = await planOf(client, statement, 'force_generic_plan', { run: false })
    const scans = scansOf(plan)
    for (const scan of scans) {
      const table = scan.node['Relation Name'] ?? ''
      if (!distributedTables.includes(table) || isBound(scan, scans, statement, one.platformId)) continue
      unbound.add(`${statement.during}: ${table}`)
    }
  }
  t.strictSame([...unbound].sort(), acrossPlatforms.map(({ during, table }) => `${during}: ${table}`).sort())
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
