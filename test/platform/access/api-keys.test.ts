import { sql } from 'kysely'
import t from 'tap'
import { DAY, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { digestOf } from '../../../src/platform/access/keys.ts'
import { testApp } from '../../support/app.ts'

await t.test('API keys', async (t) => {
  const { call, clock, key, platform, db } = await testApp(t)
  const make = (body: object, options = {}) => call('POST', '/v1/api-keys', { body, ...options })

  await t.test('an admin makes a key, which works at once and is never shown again', async (t) => {
    const made = await make({ name: 'shop backend', roles: ['buyer', 'merchant'], expires_at: '2027-01-01T08:00:00+08:00' })
    t.equal(made.status, 201)
    t.match(made.body, {
      name: 'shop backend',
      expires_at: '2027-01-01T00:00:00.000Z',
      revoked_at: null,
      created_by: 'admin:root',
      version: 1,
    })
    t.match(made.body.key, /^rdk_test_[A-Za-z0-9_-]{43}$/)
    t.match(made.body, { start: 'rdk_test_', last_four: made.body.key.slice(-4), last_used_at: null })
    t.equal(made.headers.location, `/v1/api-keys/${made.body.id}`)
    t.equal(made.headers.etag, '"1"')

    const { key: secret, ...shown } = made.body
    const read = await call('GET', `/v1/api-keys/${made.body.id}`)
    t.strictSame(read.body, shown)
    const asBuyer = await call('GET', '/v1/api-keys', { key: secret, as: 'buyer:B-1' })
    t.equal(asBuyer.status, 403, 'known, but a buyer is no admin')

    const rows = await db.selectFrom('api_keys').selectAll().execute()
    t.notOk(JSON.stringify(rows).includes(secret), 'the database does not hold the key')
  })

  await t.test('Idempotency-Key is ignored: repeating makes another key', async (t) => {
    const headers = { 'idempotency-key': 'same' }
    const first = await make({ name: 'one', roles: ['agent'] }, { headers })
    const second = await make({ name: 'one', roles: ['agent'] }, { headers })
    t.equal(second.status, 201)
    t.not(second.body.key, first.body.key)
    t.equal((await db.selectFrom('idempotency_keys').selectAll().execute()).length, 0, 'and no secret is stored with an answer')
  })

  await t.test('bad input is refused with a pointer to each field', async (t) => {
    const refused = await make({ name: ' ', roles: ['system'], expires_at: 'tomorrow', admin: true })
    t.equal(refused.status, 400)
    t.equal(refused.body.code, 'validation_failed')
    t.strictSame(refused.body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]).sort(), [
      ['/admin', 'unknown_field'],
      ['/expires_at', 'format'],
      ['/name', 'pattern'],
      ['/roles/0', 'not_one_of'],
    ])
    const past = await make({ name: 'x', roles: ['agent'], expires_at: '2020-01-01T00:00:00Z' })
    t.match(past, { status: 400, body: { errors: [{ pointer: '/expires_at', code: 'not_in_future' }] } })
  })

  await t.test('only admins: everybody else gets 403, whatever the id', async (t) => {
    for (const as of ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'supervisor:zhao']) {
      t.match(await call('GET', '/v1/api-keys', { as }), { status: 403, body: { code: 'forbidden' } })
      t.match(await call('GET', '/v1/api-keys/none', { as }), { status: 403, body: { code: 'forbidden' } })
      t.match(await call('DELETE', '/v1/api-keys/none', { as }), { status: 403, body: { code: 'forbidden' } })
      t.match(await make({}, { as }), { status: 403, body: { code: 'forbidden' } })
    }
  })

  await t.test('a key of another platform is not there', async (t) => {
    const other = await platform('test')
    const { body } = await make({ name: 'mine', roles: ['agent'] })
    const foreign = await call('GET', `/v1/api-keys/${body.id}`, { key: other.key })
    const unknown = await call('GET', '/v1/api-keys/019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f', { key: other.key })
    t.equal(foreign.status, 404)
    t.strictSame({ ...foreign.body, instance: '' }, { ...unknown.body, instance: '' })
    t.match(await call('DELETE', `/v1/api-keys/${body.id}`, { key: other.key }), { status: 404 })
    t.match(await call('GET', '/v1/api-keys/not-an-id'), { status: 404, body: { code: 'not_found' } })
  })

  await t.test('a revoked key stops working; revoking again changes nothing', async (t) => {
    const made = await make({ name: 'short life', roles: ['agent'] })
    const path = `/v1/api-keys/${made.body.id}`
    t.match(await call('DELETE', path, { headers: { 'if-match': '"7"' } }), { status: 412, body: { code: 'version_stale' } })
    t.match(await call('DELETE', path, { headers: { 'if-match': '"1"' } }), { status: 204, text: '' })
    t.match(await call('GET', '/v1/test-clock', { key: made.body.key, as: null }), { status: 401 })
    const revoked = await call('GET', path)
    t.match(revoked, { headers: { etag: '"2"' }, body: { revoked_at: toTime(clock.nowMs()), version: 2 } })
    clock.advance(DAY)
    t.equal((await call('DELETE', path)).status, 204)
    t.strictSame((await call('GET', path)).body, revoked.body)
  })

  await t.test('the list is walked newest first, each key once, also while keys are added', async (t) => {
    const { key: own } = await platform('test')
    const names: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      // two of each pair share their time
      if (name !== 'b' && name !== 'd') clock.advance(1)
      await make({ name, roles: ['agent'] }, { key: own })
    }
    let next: string | undefined = '/v1/api-keys?limit=2'
    while (next !== undefined) {
      const page = await call('GET', next, { key: own })
      names.push(...page.body.data.map((k: { name: string }) => k.name))
      next = /^<(.*)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
      t.equal(page.body.next_cursor !== null, next !== undefined, 'Link and next_cursor agree')
      clock.advance(1)
      await make({ name: 'added meanwhile', roles: ['agent'] }, { key: own })
    }
    t.strictSame(names.slice(0, 5).sort(), ['a', 'b', 'c', 'd', 'e'])
    t.equal(names.length, 6, 'and the first key of the platform')
  })

  await t.test('the last working admin key cannot be revoked, not even by two at once', async (t) => {
    const lonely = await platform('live')
    const listed = await call('GET', '/v1/api-keys', { key: lonely.key })
    const first = listed.body.data[0].id
    t.match(await call('DELETE', `/v1/api-keys/${first}`, { key: lonely.key }), {
      status: 409,
      body: { code: 'action_not_available', available_actions: [] },
    })
    await key(['admin'], { platformId: lonely.platformId, expiresAt: toTime(clock.nowMs() - 1) })
    t.equal((await call('DELETE', `/v1/api-keys/${first}`, { key: lonely.key })).status, 409, 'an expired one does not count')

    const second = await make({ name: 'second', roles: ['admin'] }, { key: lonely.key })
    const both = await Promise.all([first, second.body.id].map((id) => call('DELETE', `/v1/api-keys/${id}`, { key: lonely.key })))
    t.strictSame(both.map((r) => r.status).sort(), [204, 409])
  })
})

await t.test('a key says when it was last used', async (t) => {
  const one = await testApp(t)
  const { app, call, clock, db } = one
  const two = await testApp(t, { beside: one })
  const live = await one.platform('live')
  const made = await call('POST', '/v1/api-keys', { key: live.key, body: { name: 'shop', roles: ['agent'] } })
  const path = `/v1/api-keys/${made.body.id}`
  t.equal((await call('GET', path, { key: live.key })).body.last_used_at, null)
  const use = async (instance = one): Promise<void> => {
    t.equal((await instance.call('GET', '/v1/complaints', { key: made.body.key, as: 'agent:alice' })).status, 200)
    await instance.app.keyUses.settled()
  }
  const lastUsed = async (): Promise<string> => (await call('GET', path, { key: live.key })).body.last_used_at
  /** How often the row was written. */
  const writes = async (): Promise<unknown> => {
    const { rows } = await sql`select xmin from api_keys where id = ${made.body.id}`.execute(db)
    return rows[0]
  }

  const first = toTime(clock.nowMs())
  await use()
  t.equal(await lastUsed(), first)
  const written = await writes()
  clock.advance(MINUTE - 1)
  for (let n = 0; n < 20; n++) await use()
  await use(two)
  t.strictSame(await writes(), written, 'within a minute it is not written again, by another instance neither')
  clock.advance(1)
  await use(two)
  t.equal(await lastUsed(), toTime(clock.nowMs()))
  const again = await writes()
  await use()
  t.strictSame(await writes(), again, 'of two instances one writes')

  await t.test('a refused request of a working key is a use, one of a revoked key is none', async (t) => {
    clock.advance(MINUTE)
    t.equal((await call('GET', '/v1/api-keys', { key: made.body.key, as: 'agent:alice' })).status, 403)
    await app.keyUses.settled()
    const used = await lastUsed()
    t.equal(used, toTime(clock.nowMs()))
    await call('DELETE', path, { key: live.key })
    clock.advance(MINUTE)
    t.equal((await call('GET', '/v1/complaints', { key: made.body.key, as: 'agent:alice' })).status, 401)
    await app.keyUses.settled()
    t.equal(await lastUsed(), used)
  })

  await t.test('it is in nobody’s way: a row that somebody holds does not hold up the request', async (t) => {
    const key = await one.key(['agent'], { platformId: live.platformId })
    const holder = await db.startTransaction().execute()
    await sql`select 1 from api_keys where digest = ${digestOf(key)} for update`.execute(holder)
    t.equal((await call('GET', '/v1/complaints', { key, as: 'agent:alice' })).status, 200)
    await holder.rollback().execute()
    await app.keyUses.settled()
  })

  await t.test('keys from before are recognised by their beginning alone', async (t) => {
    const key = await one.key(['agent'], { platformId: live.platformId })
    const { rows } = await sql<{ id: string }>`select id from api_keys where digest = ${digestOf(key)}`.execute(db)
    t.match(await call('GET', `/v1/api-keys/${rows[0]?.id}`, { key: live.key }), {
      status: 200,
      body: { start: 'rdk_', last_four: null },
    })
  })
})
