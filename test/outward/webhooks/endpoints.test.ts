/** Endpoints over HTTP: made, read, changed, given new secrets, tried out, removed. */

import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { keyRing } from '../../../src/foundation/key-ring.ts'
import { resealEndpoints } from '../../../src/outward/webhooks/record.ts'
import { eventually } from '../../process/child.ts'
import { testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { alice, tell } from '../../support/story.ts'
import { answers, deliver, endpointTo, openApp, startReceiver } from './receiver.ts'

t.test('an endpoint is made with a secret that is shown once', async (t) => {
  const one = await openApp(t)
  const made = await one.call('POST', '/v1/webhook-endpoints', {
    body: {
      url: 'https://shop.example/hook',
      types: ['plan_*', 'refund_requested'],
      filters: { merchant: ['M-1'], level: [2, 3] },
      headers: { 'X-Token': 'sehr-geheim' },
    },
  })
  t.equal(made.status, 201, made.text)
  t.match(made.body, {
    secret: /^whsec_[A-Za-z0-9+/]{43}=$/,
    signature: 'hmac',
    public_key: null,
    headers: ['X-Token'],
    ordered: true,
    state: 'active',
    personal: false,
    version: 1,
    held: [],
  })
  const { secret, ...shown } = made.body
  const read = await one.call('GET', made.headers.location ?? '', { as: 'integration:erp' })
  t.strictSame(read.body, shown)
  t.strictSame((await one.call('GET', '/v1/webhook-endpoints', { as: 'integration:erp' })).body.data, [shown])
  const rows = JSON.stringify(await one.db.selectFrom('webhook_endpoints').selectAll().execute())
  const plain = Buffer.from(secret.slice(6), 'base64').toString('hex')
  t.notMatch(rows, new RegExp(`${plain}|sehr-geheim`), 'nothing secret is in the database')
  t.equal(JSON.stringify(one.logs).includes(secret), false, 'or in the log')
})

t.test('a public key in place of a shared secret', async (t) => {
  const one = await openApp(t)
  const made = await endpointTo(one, 'https://shop.example/hook', { signature: 'ed25519' })
  t.match(made, { secret: null, public_key: /^whpk_[A-Za-z0-9+/]{43}=$/ })
})

t.test('it is changed by its version, and what is left out stays', async (t) => {
  const one = await openApp(t)
  const {
    id,
    secret: _,
    ...made
  } = await endpointTo(one, 'https://shop.example/hook', {
    filters: { category: ['logistics'] },
    headers: { 'X-A': '1' },
  })
  const url = `/v1/webhook-endpoints/${id}`
  const patch = (body: object, version: number | null) =>
    one.call('PATCH', url, { body, headers: version === null ? {} : { 'if-match': `"${version}"` } })
  t.equal((await patch({ ordered: false }, null)).status, 428)
  t.equal((await patch({ ordered: false }, 7)).status, 412)
  const changed = await patch({ ordered: false, filters: null, state: 'disabled' }, 1)
  t.match(changed.body, { ...made, ordered: false, filters: {}, state: 'disabled', disabled_reason: 'by_admin', version: 2 })
  t.match((await patch({ state: 'active', headers: null }, 2)).body, {
    state: 'active',
    disabled_reason: null,
    headers: [],
    version: 3,
  })
  t.equal((await one.call('DELETE', url)).status, 204)
  t.equal((await one.call('GET', url)).status, 404)
})

t.test('what cannot be an endpoint is refused by its field', async (t) => {
  const one = await testApp(t, { config: { webhooks: { allowPrivate: 'never', ports: [443] } } })
  const refused: [object, string][] = [
    [{ url: 'http://shop.example/' }, '/url'],
    [{ url: 'https://127.0.0.1/' }, '/url'],
    [{ url: 'https://shop.example:8443/' }, '/url'],
    [{ url: 'https://a:b@shop.example/' }, '/url'],
    [{ url: 'https://shop.example/#x' }, '/url'],
    [{ url: 'ftp://shop.example/' }, '/url'],
    [{ url: 'shop.example' }, '/url'],
    [{ url: 'https://shop.example/', types: ['Plan'] }, '/types/0'],
    [{ url: 'https://shop.example/', types: [] }, '/types'],
    [{ url: 'https://shop.example/', types: ['plan_*', 'complaint_acepted'] }, '/types/1'],
    [{ url: 'https://shop.example/', types: ['parcel_*'] }, '/types/0'],
    [{ url: 'https://shop.example/', headers: { 'Webhook-Id': 'x' } }, '/headers/Webhook-Id'],
    [{ url: 'https://shop.example/', headers: { host: 'x' } }, '/headers/host'],
    [{ url: 'https://shop.example/', headers: { a: 'b\r\nc: d' } }, '/headers/a'],
    [{ url: 'https://shop.example/', filters: { level: [4] } }, '/filters/level/0'],
  ]
  for (const [body, pointer] of refused) {
    const { status, body: problem } = await one.call('POST', '/v1/webhook-endpoints', { body })
    t.equal(status, 400, JSON.stringify(body))
    t.equal(problem.errors?.[0]?.pointer, pointer, JSON.stringify(problem))
  }
  t.equal((await one.call('POST', '/v1/webhook-endpoints', { body: { url: 'https://shop.example/' } })).status, 201)
})

t.test('who may do what', async (t) => {
  const one = await openApp(t)
  const { id } = await endpointTo(one, 'https://shop.example/hook')
  const changes = [
    ['POST', '/v1/webhook-endpoints'],
    ['PATCH', `/v1/webhook-endpoints/${id}`],
    ['DELETE', `/v1/webhook-endpoints/${id}`],
    ['POST', `/v1/webhook-endpoints/${id}/rotate-secret`],
    ['POST', `/v1/webhook-endpoints/${id}/test`],
    ['POST', `/v1/webhook-endpoints/${id}/recover`],
  ] as const
  for (const as of ['integration:erp', alice, 'buyer:B-1'])
    for (const [method, url] of changes)
      t.equal(
        (await one.call(method, url, { as, ...(method === 'DELETE' ? {} : { body: {} }) })).status,
        403,
        `${as} ${method} ${url}`,
      )
  const other = await one.platform('test')
  t.equal((await one.call('GET', `/v1/webhook-endpoints/${id}`, { key: other.key })).status, 404)
  t.equal((await one.call('DELETE', `/v1/webhook-endpoints/${id}`, { key: other.key })).status, 404)
})

t.test('without a key for secrets there are none, and the answer says what to do', async (t) => {
  const one = await openApp(t)
  one.deps.secrets = undefined
  const { status, body } = await one.call('POST', '/v1/webhook-endpoints', { body: { url: 'https://shop.example/' } })
  t.match({ status, body }, { status: 409, body: { code: 'secrets_key_needed', detail: /SECRETS_KEY/ } })
})

t.test('a new secret signs beside the old one for as long as was asked for', async (t) => {
  const one = await openApp(t)
  const receiver = await startReceiver(t)
  const made = await endpointTo(one, receiver.url)
  const rotated = await one.call('POST', `/v1/webhook-endpoints/${made.id}/rotate-secret`, { body: { overlap_days: 2 } })
  t.equal(rotated.status, 200, rotated.text)
  t.not(rotated.body.secret, made.secret)
  await tell(one)
  await deliver(one)
  one.clock.advance(2 * DAY + 1)
  await tell(one)
  await deliver(one)
  const [both, alone] = receiver.received as [(typeof receiver.received)[0], (typeof receiver.received)[0]]
  const verifies = (secret: string, { headers, text }: typeof both) => {
    // the library compares with the system's clock
    const { timestamp, signature } = {
      timestamp: headers['webhook-timestamp'] ?? '',
      signature: headers['webhook-signature'] ?? '',
    }
    const expected = new Webhook(secret).sign(headers['webhook-id'] ?? '', new Date(Number(timestamp) * 1000), text)
    return signature.split(' ').includes(expected)
  }
  t.strictSame([verifies(made.secret, both), verifies(rotated.body.secret, both)], [true, true])
  t.strictSame([verifies(made.secret, alone), verifies(rotated.body.secret, alone)], [false, true])
})

t.test('an example event can be sent, and what came back is shown', async (t) => {
  const one = await openApp(t)
  const receiver = await startReceiver(t, answers(500, {}, `${'x'.repeat(2_000)}`))
  const { id } = await endpointTo(one, receiver.url)
  const test = (body: object) => one.call('POST', `/v1/webhook-endpoints/${id}/test`, { body })
  const failed = await test({ type: 'refund_requested' })
  t.match(failed.body, { delivered: false, status: 500, error: 'status' })
  t.equal(failed.body.response.length, 1024)
  t.match(receiver.received[0]?.body, { type: 'refund_requested', data: { test: true, currency: 'CNY' } })
  receiver.behave = answers(200, {}, '好')
  t.match((await test({})).body, { delivered: true, status: 200, error: null, response: '好' })
  t.equal((await test({ type: 'nothing_like_it' })).body.errors[0].pointer, '/type')
  await deliver(one)
  t.equal(receiver.received.length, 2, 'it stands in no feed')
})

t.test('secrets are sealed anew when the key is replaced, and go on signing', async (t) => {
  const one = await openApp(t)
  const receiver = await startReceiver(t)
  const [old, fresh] = [randomBytes(32), randomBytes(32)]
  one.deps.secrets = keyRing([old])
  await endpointTo(one, receiver.url)
  one.deps.secrets = keyRing([fresh, old])
  t.equal(await resealEndpoints(one.db, one.deps.secrets, one.platformId), 1)
  t.equal(await resealEndpoints(one.db, one.deps.secrets, one.platformId), 0, 'once')
  one.deps.secrets = keyRing([fresh])
  await tell(one)
  await deliver(one)
  t.equal(receiver.received.length, 1)
})

t.test('an endpoint with a long log is gone at once, and its log in batches', async (t) => {
  const one = await openApp(t)
  const receiver = await startReceiver(t)
  const { id, secret } = await endpointTo(one, receiver.url)
  const kept = await endpointTo(one, receiver.url)
  await tell(one)
  await deliver(one)
  const { rows } = await sql<{ id: string }>`
    insert into webhook_deliveries (platform_id, endpoint_id, feed_position, subject_type, subject_id, sequence, event_id, event_type, state, created_at, ended_at)
    select platform_id, endpoint_id, feed_position, subject_type, 'S-' || n, sequence, event_id, event_type, state, created_at, ended_at
      from webhook_deliveries cross join generate_series(1, 2500) n where endpoint_id = ${id} returning id`.execute(one.db)
  const delivery = rows[0]?.id
  const count = async () => {
    const { rows } = await sql<{ left: number }>`
      select ((select count(*) from webhook_deliveries where endpoint_id = ${id}) + (select count(*) from webhook_endpoints where id = ${id}))::integer as left`.execute(
      one.db,
    )
    return rows[0]?.left
  }

  // somebody holds a line of the log: what had to remove it would wait
  const holder = openDb(one.url, 1)
  const held = await holder.startTransaction().execute()
  await sql`select from webhook_deliveries where id = ${delivery} for update`.execute(held)
  t.equal((await one.call('DELETE', `/v1/webhook-endpoints/${id}`)).status, 204)
  for (const [method, url] of [
    ['GET', `/v1/webhook-endpoints/${id}`],
    ['GET', `/v1/webhook-endpoints/${id}/deliveries`],
    ['DELETE', `/v1/webhook-endpoints/${id}`],
    ['POST', `/v1/webhook-endpoints/${id}/rotate-secret`],
    ['POST', `/v1/webhook-endpoints/${id}/recover`],
    ['POST', `/v1/webhook-deliveries/${delivery}/retry`],
  ] as const) {
    const body = url.endsWith('recover') ? { since: '2020-01-01T00:00:00Z' } : {}
    t.equal((await one.call(method, url, method === 'POST' ? { body } : {})).status, 404, `${method} ${url}`)
  }
  const { body } = await one.call('GET', '/v1/webhook-endpoints')
  t.strictSame(
    body.data.map((row: { id: string }) => row.id),
    [kept.id],
  )
  const [row] = await one.db.selectFrom('webhook_endpoints').selectAll().where('id', '=', id).execute()
  t.match(row, { secret: Buffer.alloc(0), headers: Buffer.alloc(0), previous_secret: null }, 'nothing secret is left of it')
  t.notMatch(JSON.stringify(body), secret)
  t.ok(((await count()) ?? 0) > 1)

  await held.rollback().execute()
  await holder.destroy()
  const before = receiver.received.length
  await tell(one)
  await deliver(one)
  t.equal(receiver.received.length, before + 1, 'only the other one is told')
  await eventually(async () => ((await count()) === 0 ? true : undefined), 'nothing is left of it')
  t.equal((await one.call('GET', `/v1/webhook-endpoints/${kept.id}/deliveries`)).body.data.length, 2)
})
