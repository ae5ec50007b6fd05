/** While a node of a distributed Postgres is away, the platforms on it wait and nobody else does. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { insertRecomputation } from '../../src/clockwork/recomputations/record.ts'
import { continueRecomputations } from '../../src/clockwork/recomputations/work.ts'
import { sweepAll } from '../../src/clockwork/sweeps/sweep.ts'
import { HOUR, toTime } from '../../src/foundation/clock.ts'
import { refreshPublishedHolidays } from '../../src/rules/calendars/refresh.ts'
import { ensureFirstPlatform } from '../../src/rules/new-platforms/create.ts'
import { copyCase, file, filing, happened } from '../races/cases.ts'
import { mortalDb } from '../simulation/mortal.ts'
import { type Json, type TestApp, testApp } from '../support/app.ts'
import { type PartedDb, partedDb } from './parted.ts'

const never = () => false

/** Three platforms, each with as many cases that are due, on a database in parts. */
const three = async (t: Test, cases: number, sweepBatch = 500) => {
  const one = await testApp(t, { config: { sweepBatch } })
  const others = [await one.platform('live'), await one.platform('live')] as const
  for (const { key } of [{ key: one.everyRole }, ...others]) {
    const { id } = await file(one, filing(), { key })
    await copyCase(one.db, id, cases - 1)
  }
  one.clock.advance(HOUR)
  const [here, there] = others.map(({ platformId }) => platformId) as [string, string]
  const parted = partedDb(one, [one.platformId, here, there])
  t.teardown(parted.end)
  return { one, here, there, keyOfThere: others[1].key, ...parted }
}

/** Begins a recomputation on each. */
const recompute = async ({ db, clock }: TestApp, platforms: readonly string[]): Promise<void> => {
  const job = { applies: 'policy_and_calendars', explanation: null, by: { role: 'admin', id: 'root' }, policyVersion: 1 } as const
  for (const platformId of platforms)
    await db.transaction().execute((trx) => insertRecomputation(trx, { ...job, platformId, now: toTime(clock.nowMs()) }))
}
const statesOf = async ({ db }: TestApp): Promise<Record<string, string>> => {
  const rows = await db.selectFrom('recomputations').select(['platform_id', 'status']).execute()
  return Object.fromEntries(rows.map(({ platform_id, status }) => [platform_id, status]))
}

const errorsOf = ({ logs }: TestApp): Json[] => logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error')
const metric = async (one: TestApp, name: string): Promise<string | undefined> =>
  (await one.call('GET', '/metrics', { key: null })).text.split('\n').find((line) => line.startsWith(`${name} `))

await t.test('a sweep leaves out the platforms of the node, and comes back to them', async (t) => {
  const { one, deps, here, there, away } = await three(t, 2)
  away.add(there)
  const swept = await sweepAll(deps, never)
  t.strictSame(new Set(swept.keys()), new Set([one.platformId, here]))
  t.match(swept.get(here), { due: 2, escalated: 2, failed: 0 })
  t.match(
    errorsOf(one),
    [{ msg: 'platforms could not be swept; the next tick tries', count: 1, platforms: [there] }],
    'it is told',
  )
  t.equal(errorsOf(one).length, 1, 'once')
  t.equal(await metric(one, 'redress_sweep_platforms_failed_total'), 'redress_sweep_platforms_failed_total 1', 'and counted')
  away.clear()
  t.strictSame([...(await sweepAll(deps, never)).keys()], [there])
  t.strictSame(
    new Set((await happened(one.db, 'complaint_escalated')).values()),
    new Set([1]),
    'each case has been acted on once',
  )
})

for (const [when, statement] of [
  ['asks what is due', /^select due\./],
  ['writes what it has decided', /^with complaints_changed/],
  ['looks for what is stopped', /^select from platforms/],
] as const)
  await t.test(`a node goes away while the sweep ${when}`, async (t) => {
    const { one, deps, here, there, leavesAt, away } = await three(t, 5, 2)
    leavesAt.set(there, statement)
    const swept = await sweepAll(deps, never)
    t.match(swept.get(one.platformId), { due: 5, escalated: 5 })
    t.match(swept.get(here), { due: 5, escalated: 5 })
    t.match(errorsOf(one), [{ count: 1, platforms: [there] }])
    const { rows } = await sql<{ platform_id: string; status: string }>`
      select platform_id, status from sweep_runs where platform_id <> ${there}`.execute(one.db)
    t.strictSame(
      rows.map(({ status }) => status),
      ['done', 'done'],
      'the runs of the others came to their end',
    )
    leavesAt.clear()
    away.clear()
    await sweepAll(deps, never)
    t.strictSame(new Set((await happened(one.db, 'complaint_escalated')).values()), new Set([1]))
  })

await t.test('a sweep by request fails where the node is away, and nowhere else', async (t) => {
  const { one, deps, there, keyOfThere, away } = await three(t, 1)
  const second = await testApp(t, { beside: { ...one, db: deps.db } })
  away.add(there)
  t.match(await second.call('POST', '/v1/sweeps', { key: keyOfThere }), { status: 503, body: { code: 'unavailable' } })
  t.match(await second.call('POST', '/v1/sweeps'), { status: 200, body: { due: 1 } })
})

await t.test('without any database the sweep gives up at once', async (t) => {
  const { one } = await three(t, 1)
  const mortal = mortalDb(one.url)
  t.teardown(mortal.end)
  mortal.live({ statement: 'select p.id, coalesce', spared: 0, when: 'before', takes: 'process' })
  await t.rejects(sweepAll({ ...one.deps, db: mortal.db }, never))
  t.ok(mortal.died())
  t.strictSame([...mortal.seen], [['select p.id, coalesce', 1]], 'and asks no platform by itself')
  t.strictSame(errorsOf(one), [])
})

await t.test('a tick without anything due costs as little with a thousand platforms as with three', async (t) => {
  const { one, deps, sent } = await three(t, 1)
  await sweepAll(deps, never)
  const costOfTick = async (): Promise<number> => {
    const before = sent()
    t.equal((await sweepAll(deps, never)).size, 0)
    await continueRecomputations(deps, never)
    return sent() - before
  }
  const few = await costOfTick()
  await sql`insert into platforms select gen_random_uuid(), 'other ' || n, 'live', 0, now() from generate_series(1, 1000) n`.execute(
    one.db,
  )
  await sql`
    insert into policies (platform_id, version, document, created_at, created_by)
    select p.id, 1, q.document, q.created_at, q.created_by
      from platforms p, policies q where q.platform_id = ${one.platformId} and q.version = 1 and p.name like 'other %'`.execute(
    one.db,
  )
  t.equal(await costOfTick(), few)
  t.equal(few, 2)
})

await t.test('a recomputation goes on where the node is there', async (t) => {
  const { one, deps, here, there, away } = await three(t, 3)
  await recompute(one, [here, there])
  away.add(there)
  await continueRecomputations(deps, never)
  t.strictSame(await statesOf(one), { [here]: 'done', [there]: 'running' })
  t.match(errorsOf(one), [{ msg: 'a recomputation stopped; the next turn goes on with it', platform: there }])
  away.clear()
  await continueRecomputations(deps, never)
  t.strictSame(await statesOf(one), { [here]: 'done', [there]: 'done' })
})

await t.test('one that goes away in the middle stops its own recomputation alone', async (t) => {
  const { one, deps, here, there, leavesAt } = await three(t, 3)
  await recompute(one, [here, there])
  leavesAt.set(there, /^select row_to_json/)
  await continueRecomputations(deps, never)
  t.strictSame(await statesOf(one), { [here]: 'done', [there]: 'running' })
})

for (const [when, leave] of [
  ['is away', ({ away }, there) => away.add(there)],
  ['goes away while a calendar is being renewed', ({ leavesAt }, there) => leavesAt.set(there, /for no key update$/)],
] as const satisfies readonly [string, (parted: PartedDb, platformId: string) => unknown][])
  await t.test(`newly published holidays reach the calendars of the others when a node ${when}`, async (t) => {
    const { one, here, there, ...parted } = await three(t, 1)
    await sql`
      insert into calendars
      select (jsonb_populate_record(null::calendars, to_jsonb(c) || jsonb_build_object('version', 2, 'resolved', to_jsonb(c.resolved) || '{"source": "chinese-days 0.0.1", "holidays": []}'))).*
        from calendars c where c.name = 'china' and c.version = 1 and c.platform_id = any(${[here, there]}::uuid[])`.execute(
      one.db,
    )
    leave(parted, there)
    const leftOut: string[] = []
    const { renewed } = await refreshPublishedHolidays(parted.deps.db, one.clock, (platformId) => leftOut.push(platformId))
    t.match(renewed, [{ platformId: here, name: 'china', version: 3 }])
    t.equal(renewed.length, 1)
    t.strictSame(leftOut, [there])
  })

await t.test('an instance starts', async (t) => {
  const { one, deps, there, away } = await three(t, 1)
  away.add(there)
  t.strictSame(await ensureFirstPlatform(deps.db, { mode: 'live', clock: one.clock }), { created: false })
})
