import t from 'tap'
import { DAY, HOUR, toTime } from '../../src/foundation/clock.ts'
import { testApp } from '../support/app.ts'

await t.test('the clock of a test platform', async (t) => {
  const one = await testApp(t)
  const { call, clock, platform } = one
  const advance = (by: unknown, options = {}) => call('POST', '/v1/test-clock/advance', { body: { by }, ...options })

  await t.test('starts with real time and only goes forward', async (t) => {
    t.match(await call('GET', '/v1/test-clock'), {
      status: 200,
      headers: { etag: '"0"' },
      body: { now: toTime(clock.nowMs()), offset: 'PT0S' },
    })
    t.match(await advance('P7D'), { status: 200, body: { now: toTime(clock.nowMs() + 7 * DAY), offset: 'P7D' } })
    t.match(await advance('PT36H'), { body: { offset: 'P8DT12H' } })
    t.match(await advance('P1W'), { body: { offset: 'P15DT12H' } })
    t.match(await advance('PT0.5S'), { body: { offset: 'P15DT12H0.5S' } })
    clock.advance(HOUR)
    const read = await call('GET', '/v1/test-clock')
    t.equal(read.body.now, toTime(clock.nowMs() + 15 * DAY + 12 * HOUR + 500), 'real time goes on below it')
  })

  await t.test('another instance sees it at once', async (t) => {
    const two = await testApp(t, { beside: one })
    await two.call('GET', '/v1/test-clock')
    const { body } = await advance('P1D')
    t.strictSame((await two.call('GET', '/v1/test-clock')).body, body)
  })

  await t.test('what is no fixed span ahead is refused', async (t) => {
    for (const by of ['P1M', 'P1Y', 'P0D', 'PT0S', '-P1D', 'P', '7', 'P1D!', 'PT0.0001S', '', 7, null]) {
      const { status, body } = await advance(by)
      t.strictSame([status, body.code, body.errors[0].pointer], [400, 'validation_failed', '/by'], String(by))
    }
  })

  await t.test('all moves together end at 3650 days', async (t) => {
    const { key } = await platform('test')
    t.equal((await advance('P3650D', { key })).status, 200)
    t.match(await advance('PT1S', { key }), { status: 422, body: { code: 'clock_limit_exceeded' } })
    t.match(await advance('P999999999D', { key }), { status: 422 })
    t.equal((await call('GET', '/v1/test-clock', { key })).body.offset, 'P3650D')
  })

  await t.test('If-Match and Idempotency-Key are honoured', async (t) => {
    const { key } = await platform('test')
    const { headers } = await call('GET', '/v1/test-clock', { key })
    const both = await Promise.all([1, 2].map(() => advance('P1D', { key, headers: { 'if-match': headers.etag } })))
    t.strictSame(both.map((r) => r.status).sort(), [200, 412])
    await advance('P1D', { key, headers: { 'idempotency-key': 'once' } })
    const again = await advance('P1D', { key, headers: { 'idempotency-key': 'once' } })
    t.match(again, { headers: { 'idempotent-replayed': 'true' }, body: { offset: 'P2D' } })
  })

  await t.test('it is for admins of test platforms', async (t) => {
    for (const as of ['buyer:B-1', 'agent:alice', 'supervisor:zhao']) {
      t.match(await advance('P1D', { as }), { status: 403, body: { code: 'forbidden' } })
      t.match(await call('GET', '/v1/test-clock', { as }), { status: 403, body: { code: 'forbidden' } })
    }
    const live = await platform('live')
    t.match(await advance('P1D', { key: live.key }), { status: 403, body: { code: 'test_platform_only' } })
    t.match(await call('GET', '/v1/test-clock', { key: live.key }), { status: 403, body: { code: 'test_platform_only' } })
  })

  await t.test('platforms do not share it', async (t) => {
    const other = await platform('test')
    t.equal((await call('GET', '/v1/test-clock', { key: other.key })).body.offset, 'PT0S')
  })
})
