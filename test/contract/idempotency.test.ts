import { sql } from 'kysely'
import t from 'tap'
import { HOUR } from '../../src/foundation/clock.ts'
import { forgetOldKeys } from '../../src/platform/idempotency/idempotency.ts'
import { testApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { probeRoutes } from '../support/probe.ts'

await t.test('Idempotency-Key', async (t) => {
  const one = await testApp(t, { routes: probeRoutes })
  const { call, clock, db } = one
  const effects = async () => (await db.selectFrom('sweep_runs').select('id').execute()).length
  const post = (key: string, options: object = {}) =>
    call('POST', '/v1/probes', { body: { amount: 7, note: '王小明' }, headers: { 'idempotency-key': key }, ...options })

  await t.test('the same request again gets the same answer, byte for byte, and does nothing', async (t) => {
    const first = await post('k1')
    const before = await effects()
    clock.advance(HOUR)
    const again = await post('k1')
    t.equal(first.status, 201)
    t.equal(first.headers['idempotent-replayed'], undefined)
    t.equal(again.headers['idempotent-replayed'], 'true')
    t.equal(again.text, first.text)
    for (const name of ['location', 'etag', 'content-type']) t.equal(again.headers[name], first.headers[name], name)
    t.equal(again.status, 201)
    t.equal(await effects(), before)
    t.equal((await post('"k1"')).text, first.text, 'quotes around the key do not matter')
  })

  await t.test('the same key for another request is refused', async (t) => {
    await post('k2')
    const before = await effects()
    const reused = { status: 422, body: { code: 'idempotency_key_reused' } }
    t.match(await post('k2', { body: { amount: 8 } }), reused, 'another body')
    t.match(
      await post('k2', {
        payload: '{"note":"王小明","amount":7}',
        body: undefined,
        headers: { 'idempotency-key': 'k2', 'content-type': 'application/json' },
      }),
      reused,
      'other bytes',
    )
    const elsewhere = await call('POST', '/v1/test-clock/advance', { body: { by: 'P1D' }, headers: { 'idempotency-key': 'k2' } })
    t.match(elsewhere, reused, 'another path')
    t.equal(await effects(), before)
  })

  await t.test('a key belongs to one credential and one actor', async (t) => {
    const mine = await post('k3', { as: 'buyer:B-1' })
    const others = await post('k3', { as: 'buyer:B-2' })
    const otherKey = await post('k3', { as: 'buyer:B-1', key: await one.key(['buyer']) })
    const otherPlatform = await post('k3', { as: 'buyer:B-1', key: (await one.platform('live')).key })
    t.equal(new Set([mine, others, otherKey, otherPlatform].map((answer) => answer.body.id)).size, 4)
  })

  await t.test('a refused request is not stored and runs again', async (t) => {
    t.equal((await post('k4', { body: { amount: 'x' } })).status, 400)
    t.match(await post('k4'), { status: 201, headers: { 'idempotent-replayed': undefined } })
  })

  await t.test('who may no longer act gets no stored answer either', async (t) => {
    const key = await one.key(['buyer'])
    await post('k5', { as: 'buyer:B-1', key })
    await db
      .updateTable('api_keys')
      .set({ roles: ['merchant'] })
      .where('name', '=', 'buyer')
      .execute()
    t.equal((await post('k5', { as: 'buyer:B-1', key })).status, 403)
  })

  await t.test('malformed keys are a 400, in their turn', async (t) => {
    for (const key of ['', '""', 'x'.repeat(256), 'ключ']) {
      t.match(await post(key), { status: 400, body: { errors: [{ pointer: 'header:Idempotency-Key' }] } }, JSON.stringify(key))
    }
    t.equal((await post('x'.repeat(255))).status, 201)
    t.equal((await call('GET', '/v1/probes', { headers: { 'idempotency-key': '' } })).status, 200, 'without meaning on a GET')
  })

  await t.test('after 24 hours of real time a key is new', async (t) => {
    const first = await post('k6')
    clock.advance(24 * HOUR)
    t.equal((await post('k6')).body.id, first.body.id)
    clock.advance(1)
    const later = await post('k6')
    t.not(later.body.id, first.body.id)
    t.equal((await post('k6')).text, later.text, 'and is kept anew')
  })

  await t.test('a sweep is not undone, so it asks for its earlier answer first', async (t) => {
    const sweeps = () => db.selectFrom('sweep_runs').select('id').where('trigger', '=', 'request').execute()
    const sweep = (key: string) => call('POST', '/v1/sweeps', { headers: { 'idempotency-key': key } })
    const complaint = {
      channel: 'portal',
      category: 'other',
      complainant: { role: 'buyer', id: 'B-1' },
      respondent: { role: 'merchant', id: 'M-1' },
      description: '少发了保护膜',
    }
    const first = await sweep('s1')
    await call('POST', '/v1/complaints', { as: 'buyer:B-1', body: complaint })
    clock.advance(2 * HOUR)
    await post('k7')
    const before = (await sweeps()).length
    const again = await sweep('s1')
    t.equal(again.text, first.text)
    t.match(await sweep('k7'), { status: 422, body: { code: 'idempotency_key_reused' } })
    t.equal((await sweeps()).length, before)
    t.match(await sweep('s2'), { status: 200, body: { due: 1 } }, 'nothing was done meanwhile')
  })

  await t.test('old answers are cleared away, fresh ones stay', async (t) => {
    await post('old')
    clock.advance(20 * HOUR)
    await post('fresh')
    clock.advance(5 * HOUR)
    t.equal(await forgetOldKeys(db, clock.nowMs(), 1), 1, 'a bounded number at a go')
    t.ok((await forgetOldKeys(db, clock.nowMs())) >= 1)
    const left = await db.selectFrom('idempotency_keys').select('key').execute()
    t.strictSame(left, [{ key: 'fresh' }])
  })

  await t.test('instances that clean up at once share the work', async (t) => {
    await post('many')
    await sql`
      insert into idempotency_keys (platform_id, api_key_id, actor, key, request_hash, status, headers, body, created_at)
      select platform_id, api_key_id, actor, key || n, request_hash, status, headers, body, created_at + n * interval '1 millisecond'
        from idempotency_keys, generate_series(1, 300) n where key = 'many'`.execute(db)
    clock.advance(25 * HOUR)
    const instances = [1, 2, 3].map(() => openDb(one.url, 1))
    const gone = await Promise.all(instances.map((instance) => forgetOldKeys(instance, clock.nowMs(), 100)))
    t.strictSame(gone, [100, 100, 100])
    await forgetOldKeys(db, clock.nowMs())
    await Promise.all(instances.map((instance) => instance.destroy()))
  })

  await t.test('of 20 at once, on two instances, one acts', async (t) => {
    const two = await testApp(t, { routes: probeRoutes, beside: one })
    const before = await effects()
    const headers = { 'idempotency-key': 'burst' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).call('POST', '/v1/probes', { body: { amount: 1 }, headers })),
    )
    t.equal(await effects(), before + 1)
    const acted = answers.filter((a) => a.status === 201)
    t.equal(new Set(acted.map((a) => a.text)).size, 1)
    t.equal(acted.filter((a) => a.headers['idempotent-replayed'] === undefined).length, 1)
    t.ok(answers.every((a) => a.status === 201 || (a.status === 409 && a.body.code === 'idempotency_in_progress')))
  })

  await t.test('who waits too long for the first is told to ask again', async (t) => {
    const hasClaimed = Promise.withResolvers<void>()
    const mayFail = Promise.withResolvers<void>()
    const { credential } = await db
      .selectFrom('api_keys')
      .select('id as credential')
      .orderBy('created_at')
      .executeTakeFirstOrThrow()
    const holder = db.transaction().execute(async (trx) => {
      const row = {
        platform_id: one.platformId,
        api_key_id: credential,
        actor: 'admin:root',
        key: 'held',
        request_hash: Buffer.alloc(32),
      }
      await trx
        .insertInto('idempotency_keys')
        .values({ ...row, status: 201, headers: {}, body: '{}', created_at: new Date(clock.nowMs()).toISOString() })
        .execute()
      hasClaimed.resolve()
      await mayFail.promise
      throw new Error('rolled back')
    })
    await hasClaimed.promise
    t.match(await post('held'), { status: 409, body: { code: 'idempotency_in_progress' }, headers: { 'retry-after': '1' } })
    mayFail.resolve()
    await t.rejects(holder)
    t.equal((await post('held')).status, 201, 'when the first has failed, the next one acts')
  })
})
