/** What each instance knows of the rules: never less than the case in hand needs, and never more than there is room for. */
import t, { type Test } from 'tap'
import { openCases } from '../../../src/case/decisions/store.ts'
import { insertRecomputation } from '../../../src/clockwork/recomputations/record.ts'
import { continueRecomputations } from '../../../src/clockwork/recomputations/work.ts'
import { dryRun } from '../../../src/clockwork/sweeps/dry-run.ts'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, toTime } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { type Caller, systemActor } from '../../../src/platform/access/caller.ts'
import { putCalendar } from '../../../src/rules/calendars/record.ts'
import { insertPlatform } from '../../../src/rules/new-platforms/create.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { createRuleBook } from '../../../src/rules/rule-book/rule-book.ts'
import { createShelf } from '../../../src/rules/rule-book/shelf.ts'
import { agent, copyCase, done, file, filing, merchant, negotiating } from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { document, fromMondayToFriday, week } from '../calendars/documents.ts'
import { businessDays, businessHours, changePolicy, readPolicy } from './policies.ts'

/** The platform itself as the caller. */
const systemOf = async ({ db, platformId }: TestApp): Promise<Pick<Caller, 'platform' | 'actor'>> => ({
  platform: await db
    .selectFrom('platforms')
    .select(['id', 'mode', 'clock_offset_ms', 'rules_version'])
    .where('id', '=', platformId)
    .executeTakeFirstOrThrow(),
  actor: systemActor,
})

/** An instance of the service as seen with one key. */
type Keyed = Pick<TestApp, 'call'>

/** A calendar that the platform has not had. */
const putShop = ({ call }: Keyed) => call('PUT', '/v1/calendars/shop', { body: document({ time_zone: 'Europe/Berlin' }) })

/** Two instances that trust what they have read of a key, as those of live platforms do; the second has decided a case already. */
const twoInstances = async (t: Test): Promise<{ one: Keyed; two: Keyed }> => {
  const first = await testApp(t)
  const second = await testApp(t, { beside: first })
  const { key } = await first.platform('live')
  const keyed = ({ call }: TestApp): Keyed => ({ call: (method, url, options) => call(method, url, { key, ...options }) })
  const [one, two] = [keyed(first), keyed(second)]
  await file(two, filing({ description: 'the first one' }))
  return { one, two }
}

await t.test('an instance meets a case that goes by rules it has not heard of', async (t) => {
  await t.test('a later policy, in a calendar that is new', async (t) => {
    const { one, two } = await twoInstances(t)
    t.equal((await putShop(one)).status, 200)
    await changePolicy(one, (policy) => Object.assign(policy, { calendar: 'shop' }))
    const { id } = await file(one)
    const accepted = await done(two, agent, `/v1/complaints/${id}/accept`)
    t.strictSame(
      accepted.deadlines
        .filter(({ calendar }: Json) => calendar !== null)
        .map(({ kind, calendar }: Json) => `${kind} in ${calendar}`),
      ['completion in shop', 'resolution in shop', 'respondent_response in shop'],
    )
    t.equal((await two.call('GET', `/v1/complaints/${id}/planned-actions`, { as: agent })).status, 200)
  })

  await t.test('a later policy, in a calendar that has changed before it', async (t) => {
    const { one, two } = await twoInstances(t)
    const changed = document({ hours: fromMondayToFriday('09:00-12:00') })
    t.equal((await one.call('PUT', '/v1/calendars/china', { body: changed, headers: { 'if-match': '"1"' } })).status, 200)
    await changePolicy(one, ({ clocks }) => Object.assign(clocks.respondent_response[0], { allow: businessHours(4) }))
    const { id } = await file(one)
    const { deadlines } = await done(two, agent, `/v1/complaints/${id}/accept`)
    const { due_at } = deadlines.find(({ kind }: Json) => kind === 'respondent_response')
    t.equal(due_at, '2026-11-24T02:00:00.000Z', 'three hours on Monday, one on Tuesday')
  })

  await t.test('a clock that was counted in a version that is new goes on in no older one', async (t) => {
    const { one, two } = await twoInstances(t)
    const { id } = await negotiating(two)
    const changed = document({ hours: fromMondayToFriday('09:00-12:00') })
    await one.call('PUT', '/v1/calendars/china', { body: changed, headers: { 'if-match': '"1"' } })
    await done(one, agent, `/v1/complaints/${id}/request-information`, { items: ['photo'] })
    await done(one, 'buyer:B-1', `/v1/complaints/${id}/provide-information`, { statement: 'here' })
    // two pauses and resumes the clock itself, in the calendar as the case knows it
    await done(two, agent, `/v1/complaints/${id}/request-information`, { items: ['bill'] })
    const resumed = await done(two, 'buyer:B-1', `/v1/complaints/${id}/provide-information`, { statement: 'here' })
    const { due_at } = resumed.deadlines.find(({ kind }: Json) => kind === 'respondent_response')
    t.equal(due_at, '2026-11-30T04:00:00.000Z', '18 hours of three a day from Monday on')
  })

  await t.test('a policy that is only tried names a calendar that no case goes by', async (t) => {
    const { one, two } = await twoInstances(t)
    t.equal((await putShop(one)).status, 200)
    const { document: present } = await readPolicy(two)
    const tried = { ...present, calendar: 'shop' }
    await negotiating(two)
    const { status, body } = await two.call('POST', '/v1/policy/preview', { body: { document: tried } })
    t.match({ status, changed: body.cases_changed }, { status: 200, changed: 2 })
  })
})

await t.test('rules in hand keep what they were made of, however many platforms are asked for meanwhile', async (t) => {
  const { db } = await testApp(t)
  const platforms = Array.from({ length: 720 }, () => newId())
  for (const id of platforms) {
    const row = { id, name: id, mode: 'live' as const, created_at: '2026-11-20T00:00:00.000Z' }
    await db.transaction().execute((trx) => insertPlatform(trx, row))
  }
  const book = createRuleBook(db)
  const first = await book.present({ id: platforms[0] ?? '', rules_version: 1 })
  const all = await Promise.all(platforms.map((id) => book.present({ id, rules_version: 1 })))
  t.equal(first.calendarNow('china').version, 1)
  t.equal(new Set(all.map(({ policy }) => policy)).size, 1, 'equal policies are one object')
  t.equal(new Set(all.map(({ calendarNow }) => calendarNow('china').time)).size, 1, 'and so are calendars')
  t.not(book.present({ id: platforms[0] ?? '', rules_version: 1 }) instanceof Promise, true, 'what is known is not read again')
})

await t.test('versions are kept by their size', async (t) => {
  const text = JSON.stringify(defaultPolicy)
  const shelf = createShelf<number>(10 * (text.length + 100), 0)
  for (let n = 1; n <= 100; n++) shelf.put(`version ${n}`, { ...defaultPolicy, compensation_cap_percent: n }, () => n)
  t.equal(shelf.get('version 100'), 100)
  t.equal(shelf.get('version 95'), 95)
  t.equal(shelf.get('version 80'), undefined, 'the room is for ten')
  t.equal(
    shelf.put('of another platform', { ...defaultPolicy, compensation_cap_percent: 95 }, () => 0),
    95,
    'equal contents are one',
  )
})

await t.test('a calendar from before there were limits lets every case be decided', async (t) => {
  const one = await testApp(t)
  await changePolicy(one, ({ clocks }) => {
    clocks.first_response = [{ allow: businessHours(20_000), calendar: 'always', on_silence: ['escalate'] }]
  })
  const hardlyEver = document({ hours: week({ monday: '09:00-09:01' }) })
  for (const name of ['always', 'china']) {
    await one.db.transaction().execute((trx) =>
      putCalendar(trx, {
        platform_id: one.platformId,
        name,
        version: 2,
        document: hardlyEver,
        resolved: null,
        created_at: toTime(one.clock.nowMs()),
        created_by: 'admin:root',
        holds_from: toTime(one.clock.nowMs()),
      }),
    )
  }
  const filed = await file(one)
  t.equal(filed.deadlines[0].due_at, toTime(one.clock.nowMs() + 3653 * DAY), 'it falls due after ten years at the latest')
  const accepted = await done(one, agent, `/v1/complaints/${filed.id}/accept`)
  t.equal(accepted.status, 'negotiating')
  await done(one, agent, `/v1/complaints/${filed.id}/request-information`, { items: ['photo'] })
  await done(one, 'buyer:B-1', `/v1/complaints/${filed.id}/provide-information`, { statement: 'here' })
  await done(one, merchant, `/v1/complaints/${filed.id}/respond`, { position: 'dispute', statement: 'no' })
  one.clock.advance(3653 * DAY)
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { escalated: 2, failed: 0 })
})

await t.test('a sweep, a dry run and a recomputation get by with one connection', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  await copyCase(one.db, id, 30)
  const { version } = await changePolicy(one, ({ clocks }) => Object.assign(clocks.resolution[0], { allow: businessDays(9) }))
  const now = toTime(one.clock.nowMs())
  await one.db.transaction().execute((trx) =>
    insertRecomputation(trx, {
      platformId: one.platformId,
      applies: 'policy_and_calendars',
      explanation: null,
      by: { role: 'admin', id: 'root' },
      policyVersion: version,
      now,
    }),
  )
  const db = openDb(one.url, 1)
  t.teardown(() => db.destroy())
  /** A process that has just started. */
  const fresh = () => ({
    ...one.deps,
    db,
    rules: createRuleBook(db),
    cases: openCases(db),
    config: { ...one.deps.config, sweepBatch: 10 },
  })

  await continueRecomputations(fresh(), () => false)
  const job = await one.db.selectFrom('recomputations').selectAll().executeTakeFirstOrThrow()
  t.match(job, { status: 'done', cases_seen: 31, cases_changed: 0, failed: 0 })
  one.clock.advance(2 * HOUR)
  t.match((await dryRun(fresh(), await systemOf(one), 100)).result, { due: 31, failed: 0 })
  const swept = await sweepAll(fresh(), () => false)
  t.match(swept.get(one.platformId), { escalated: 31, failed: 0 })
})
