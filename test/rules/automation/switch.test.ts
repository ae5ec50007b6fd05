/** The switch that stops whatever closes a case or takes silence for a word: who may set it, what it stops, and that a stop is one. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, MINUTE, SECOND, toTime } from '../../../src/foundation/clock.ts'
import { eventually } from '../../process/child.ts'
import { copyCase, dismissed, done, faultsInBooks, file, filing, happened, instance, order } from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { decree } from '../../support/policy.ts'
import { alice, qian, refundOf, returnOf, tell, tellToLiability } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

const sweep = (app: TestApp) => done(app, 'admin:root', '/v1/sweeps')
const stop = (app: TestApp, headers = {}, body: object = { explanation: '支付系统故障' }) =>
  app.call('POST', '/v1/automation/stop', { body, headers })
const start = (app: TestApp, headers = {}, body: object = {}) => app.call('POST', '/v1/automation/start', { body, headers })

const closedCases = async ({ db }: Pick<TestApp, 'db'>): Promise<number> => {
  const { rows } = await sql<{
    closed: number
  }>`select count(*)::integer as closed from complaints where status = 'closed'`.execute(db)
  return rows[0]?.closed ?? 0
}

await t.test('staff see who stopped it, when and why; admins set it', async (t) => {
  const one = await testApp(t)
  const seenBy = (as: string) => one.call('GET', '/v1/automation', { as })
  t.match(await seenBy(alice), {
    status: 200,
    headers: { etag: '"1"' },
    body: { status: 'running', stopped_at: null, changed_by: null, explanation: null, version: 1 },
  })
  for (const as of [buyer, merchant]) t.match(await seenBy(as), { status: 403, body: { code: 'forbidden' } })
  for (const as of [alice, qian, buyer]) {
    for (const path of ['stop', 'start'])
      t.match(await one.call('POST', `/v1/automation/${path}`, { as, body: { unknown: 1 } }), {
        status: 403,
        body: { code: 'forbidden' },
      })
  }
  const at = toTime(one.clock.nowMs())
  const stopped = { status: 'stopped', stopped_at: at, changed_by: 'admin:root', explanation: '支付系统故障', version: 2 }
  t.match(await stop(one), { status: 200, headers: { etag: '"2"' }, body: stopped })
  one.clock.advance(HOUR)
  t.match(
    await stop(one, {}, { explanation: '又一次' }),
    { status: 200, body: stopped },
    'what is stopped already stays as it was',
  )
  t.match(await seenBy(qian), { status: 200, body: stopped })
  const running = { status: 'running', stopped_at: null, changed_by: 'admin:root', explanation: '已恢复', version: 3 }
  t.match(await start(one, {}, { explanation: '已恢复' }), { status: 200, body: running })
  t.match(await start(one), { status: 200, body: running })
  t.match(await seenBy('admin:root'), { status: 200, headers: { etag: '"3"' }, body: running })
})

await t.test('a stop explains itself, can be bound to what was read, and is done once under its key', async (t) => {
  const one = await testApp(t)
  t.match(await stop(one, {}, {}), { status: 400, body: { code: 'validation_failed', errors: [{ pointer: '/explanation' }] } })
  t.match(await stop(one, {}, { explanation: ' ' }), { status: 400 })
  t.match(await stop(one, { 'if-match': '"7"' }), { status: 412, body: { code: 'version_stale' } })
  t.match((await one.call('GET', '/v1/automation')).body, { status: 'running' }, 'nothing of this stopped anything')
  t.match(await stop(one, { 'if-match': '"1"', 'idempotency-key': 'once' }), { status: 200, body: { version: 2 } })
  t.match(await start(one, { 'if-match': '"2"' }), { status: 200, body: { version: 3 } })
  t.match(await stop(one, { 'if-match': '"1"', 'idempotency-key': 'once' }), {
    status: 200,
    headers: { 'idempotent-replayed': 'true' },
    body: { version: 2 },
  })
  t.match((await one.call('GET', '/v1/automation')).body, { status: 'running', version: 3 })
})

/** One case of each kind of silence, all due at the latest after eleven days. */
const everySilence = async (app: TestApp): Promise<Record<string, string>> => {
  const asked = await tell(app)
  await asked.by(alice, 'request-information', { items: ['照片'] })
  const proposed = async () => {
    const story = await tellToLiability(app)
    await story.writePlan(qian, refundOf(5_000))
    return story.onPlan(qian, 'propose')
  }
  const deemed = await proposed()
  await deemed.onPlan(buyer, 'accept')
  const agreed = async () => {
    const story = await tellToLiability(app)
    await story.writePlan(qian, returnOf(5_000))
    await story.onPlan(qian, 'propose')
    await story.onPlan(buyer, 'accept')
    return story.onPlan(merchant, 'accept')
  }
  const unshipped = await agreed()
  const uninspected = await agreed()
  await uninspected.onStep(buyer, 'complete', { tracking_number: 'SF1' })
  await uninspected.onStep(merchant, 'complete')
  const silentOnce = await proposed()
  const silentTwice = await proposed()
  await sql`update complaints set silent_expiries = 1 where id = ${silentTwice.id}`.execute(app.db)
  const suspended = await tellToLiability(app)
  await suspended.by(alice, 'suspend', { reason_code: 'court', resume_at: toTime(app.clock.nowMs() + 10 * DAY) })
  const resolved: Json = await dismissed(app)
  const unanswered = await tell(app)
  return {
    asked: asked.id,
    deemed: deemed.id,
    unshipped: unshipped.id,
    uninspected: uninspected.id,
    silentOnce: silentOnce.id,
    silentTwice: silentTwice.id,
    suspended: suspended.id,
    resolved: resolved.id,
    unanswered: unanswered.id,
  }
}

const statesOf = async (app: TestApp, cases: Record<string, string>): Promise<Record<string, string>> => {
  const states: Record<string, string> = {}
  for (const [name, id] of Object.entries(cases)) {
    const { status, outcome, close_reason } = (await app.call('GET', `/v1/complaints/${id}`, { as: alice })).body
    states[name] = [status, outcome, close_reason].filter(Boolean).join(' ')
  }
  return states
}

await t.test(
  'what closes or deems is stopped and stays due; all else goes on; started again, each is acted on once',
  async (t) => {
    const one = await testApp(t)
    const cases = await everySilence(one)
    const before = await statesOf(one, cases)
    await stop(one)
    one.clock.advance(11 * DAY)
    t.match(await sweep(one), { closed: 0, deemed_accepted: 0, expired: 1, failed: 0, stopped: true, left_over: false })
    t.strictSame(
      await statesOf(one, cases),
      { ...before, silentOnce: 'investigating', suspended: 'investigating' },
      'a plan lapses without ending the case, and a suspension ends',
    )
    const unanswered = (await one.call('GET', `/v1/complaints/${cases.unanswered}`, { as: alice })).body
    t.equal(unanswered.level, 3, 'escalations go on')
    t.match(await sweep(one), { due: 0, warned: 0, stopped: true }, 'what is stopped is found and left')

    await start(one)
    t.match(await sweep(one), { closed: 4, deemed_accepted: 1, expired: 1, failed: 0, stopped: false })
    t.match(await statesOf(one, cases), {
      asked: 'closed no_response no_response',
      deemed: 'executing settled',
      unshipped: 'closed not_fulfilled return_not_shipped',
      silentTwice: 'closed no_response no_response',
      resolved: 'closed not_upheld auto_confirmed',
      uninspected: 'executing settled',
    })
    t.equal((await happened(one.db, 'step_completed')).get(cases.uninspected ?? ''), 3, 'the inspection is deemed passed')
    t.match(await sweep(one), { due: 0, stopped: false })
    const closings = await happened(one.db, 'complaint_closed')
    t.strictSame([...new Set(closings.values())].sort(), [0, 1])
    t.strictSame(await faultsInBooks(one.db), [])
  },
)

await t.test('warnings go out while it is stopped, also of what will not close by itself', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  await stop(one)
  one.clock.advance(6 * DAY + MINUTE)
  t.match(await sweep(one), { warned: 1, stopped: false })
  one.clock.advance(DAY)
  t.match(await sweep(one), { due: 1, closed: 0, stopped: true }, 'a window shuts, the case stays')
  t.equal((await one.call('GET', `/v1/complaints/${id}`, { as: alice })).body.status, 'resolved')
})

await t.test('reminders go out while it is stopped, and the close behind them waits', async (t) => {
  const one = await testApp(t)
  await decree(one, ({ clocks }) => {
    clocks.information = [{ allow: { count: 1, unit: 'days' }, on_silence: ['remind', 'close_no_response'] }]
  })
  const story = await tell(one)
  await story.by(alice, 'request-information', { items: ['照片'] })
  await stop(one)
  one.clock.advance(DAY)
  t.match(await sweep(one), { due: 1, closed: 0, stopped: false })
  t.ok((await story.eventsSeenBy(buyer)).includes('deadline_reminder'))
  one.clock.advance(7 * DAY)
  t.match(await sweep(one), { closed: 0, stopped: true })
  await start(one)
  t.match(await sweep(one), { closed: 1, stopped: false })
})

await t.test('what is due already when it is stopped, and was never warned of, is left as well', async (t) => {
  const one = await testApp(t)
  await dismissed(one)
  one.clock.advance(30 * DAY)
  await stop(one)
  t.match(await sweep(one), { due: 1, closed: 0, warned: 0, stopped: true })
  const tick = await sweepAll(one.deps, () => false)
  t.equal(tick.size, 0, 'a tick has nothing to do there')
})

await t.test('it holds on every instance with the next batch, and on no other platform', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const other = await one.platform('test')
  const service = { call: (method, url, options) => one.call(method, url, { ...options, key: other.key }) } as TestApp
  await dismissed(one)
  await dismissed(service)
  t.match(await sweep(two), { due: 0 }, 'the other instance knows the platform')
  await stop(one)
  one.clock.advance(7 * DAY)
  t.match(await sweep(two), { closed: 0, stopped: true })
  t.match(await done(two, 'admin:root', '/v1/sweeps', {}, { key: other.key }), { closed: 1, stopped: false })
  await start(two)
  t.match(await sweep(one), { closed: 1, stopped: false })
})

await t.test('the numbers tell how many platforms are stopped', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('live')
  const stopped = async () => {
    one.clock.advance(5 * SECOND)
    const { text } = await one.call('GET', '/metrics', { key: null })
    return /^redress_automation_stopped (\d+)$/m.exec(text)?.[1]
  }
  t.equal(await stopped(), '0')
  await stop(one)
  t.equal(await stopped(), '1')
  await one.call('POST', '/v1/automation/stop', { key: other.key, body: { explanation: '核查' } })
  t.equal(await stopped(), '2')
  await start(one)
  t.equal(await stopped(), '1')
})

/** An order held by a session of its own, so that whoever decides about its cases has to wait. */
const hold = async (t: Test, { url }: TestApp, orderId: string) => {
  const db = openDb(url, 2)
  const trx = await db.startTransaction().execute()
  await sql`select 1 from orders where id = ${orderId} for update`.execute(trx)
  let ended = false
  const release = async () => {
    if (!ended) await trx.rollback().execute()
    ended = true
  }
  t.teardown(async () => {
    await release()
    await db.destroy()
  })
  /** Who waits for a lock, by its kind. */
  const waiting = async () => {
    const { rows } = await sql<{ kind: string }>`
      select wait_event as kind from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
    return rows.map(({ kind }) => kind).sort()
  }
  return { release, waiting }
}

await t.test('a stop waits for the batch that is at work, and nothing closes once it is answered', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 5 } })
  const { id } = await file(one, filing({ order: order('O-1', 100) }))
  await done(one, alice, `/v1/complaints/${id}/request-information`, { items: ['照片'] })
  await copyCase(one.db, id, 39)
  one.clock.advance(3 * DAY)
  const { release, waiting } = await hold(t, one, 'O-1')
  const sweeping = sweep(one)
  await eventually(async () => ((await waiting()).length === 2 ? true : undefined), 'two batches are at work, and wait')

  let answered = false
  const stopping = stop(one).then((answer) => {
    answered = true
    return answer
  })
  await eventually(async () => ((await waiting()).includes('advisory') ? true : undefined), 'the stop waits for them')
  t.equal((await one.call('POST', '/v1/complaints', { as: buyer, body: filing() })).status, 201, 'a filing does not')
  t.match(await one.call('GET', '/v1/automation'), { body: { status: 'running' } })
  t.equal(answered, false)
  await release()
  t.match(await stopping, { status: 200, body: { status: 'stopped' } })
  t.equal(await closedCases(one), 10, 'those two batches are through')
  t.match(await sweeping, { closed: 10, stopped: true, failed: 0 })
  t.equal(await closedCases(one), 10, 'no other one began')
  await start(one)
  t.match(await sweep(one), { closed: 30, stopped: false })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('stopped in the middle of sweeps on two instances: what is decided after the answer closes nothing', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 3 } })
  const two = await instance(t, one, { config: { sweepBatch: 4 } })
  const { id } = await file(one)
  await done(one, alice, `/v1/complaints/${id}/request-information`, { items: ['照片'] })
  await copyCase(one.db, id, 399)
  one.clock.advance(3 * DAY)
  let stopsAmid = 0
  for (let round = 0, before = 0; before <= 390; round++, before = await closedCases(one)) {
    const sweeps = [sweep(one), sweep(two)]
    const aim = before + 10
    await eventually(async () => ((await closedCases(one)) >= aim ? true : undefined), 'the sweeps are at work')
    t.equal((await stop(round % 2 === 0 ? one : two)).status, 200)
    const atAnswer = await closedCases(one)
    await Promise.all(sweeps)
    t.equal(await closedCases(one), atAnswer)
    if (atAnswer < 400) stopsAmid += 1
    t.equal((await start(one)).status, 200)
  }
  t.ok(stopsAmid > 0, `${stopsAmid} stops came while there was more to close`)
  await sweep(one)
  t.equal(await closedCases(one), 400)
  t.strictSame(new Set((await happened(one.db, 'complaint_closed')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(one.db), [])
})
