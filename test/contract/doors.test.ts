/**
 * What comes to the door is told what is wrong with it, whichever operation it is meant for. The operations are those of the OpenAPI document,
 * so one that is added is held to this without being named here.
 */
import { sql } from 'kysely'
import t from 'tap'
import { DAY } from '../../src/foundation/clock.ts'
import { settled } from '../outward/feed/room.ts'
import { oneOfEverything } from '../scaling/tour.ts'
import { imposed, paidFirst, payIn } from '../support/advances.ts'
import { type CallOptions, type TestApp, testApp } from '../support/app.ts'
import { massCaseOf } from '../support/mass-cases.ts'
import { type Ids, type Operation, operationsOf, urlOf } from '../support/operations.ts'
import { exchange, parsed, portOf } from '../support/sockets.ts'
import { refundOf } from '../support/story.ts'

/** The author of the plan is among them. */
const everybody = ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'supervisor:zhao', 'supervisor:qian', 'admin:root', 'orders:oms']

/** An event of the feed, and an endpoint that was not reached with it. */
const idsOfWhatGoesOut = async ({ call, db, platformId }: TestApp): Promise<Ids> => {
  await settled({ db })
  const events = await call('GET', '/v1/events?limit=1', { as: 'integration:erp' })
  const endpoint = await call('POST', '/v1/webhook-endpoints', { body: { url: 'https://127.0.0.1:1/', types: ['complaint_*'] } })
  const url = `/v1/webhook-endpoints/${endpoint.body.id}`
  // no deliverer has to be waited for
  await sql`update webhook_endpoints set feed_position = ${Number.MAX_SAFE_INTEGER}::bigint
    where platform_id = ${platformId} and id = ${endpoint.body.id}`.execute(db)
  await call('POST', `${url}/recover`, { body: { since: '2020-01-01T00:00:00Z', only_failed: false } })
  const deliveries = await call('GET', `${url}/deliveries?limit=1`)
  return {
    events: events.body.data[0].id,
    'webhook-endpoints': endpoint.body.id,
    'webhook-deliveries': deliveries.body.data[0].id,
  }
}

/** An advance that the merchant did not pay back, and what it owes. */
const idsOfMoney = async (one: TestApp): Promise<[string, string, string]> => {
  await payIn(one.db, one.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  const story = await imposed(one, refundOf(5_000), { complainant: { role: 'buyer', id: 'B-A' } })
  const { id } = await paidFirst(story)
  const hold = await story.try('agent:alice', `/v1/complaints/${story.id}/holds`, { explanation: '暂缓' })
  await story.try('agent:alice', `/v1/holds/${hold.body.id}/report-held`, { amount: 1 })
  one.clock.advance(8 * DAY)
  await one.call('POST', '/v1/sweeps', { body: {} })
  const { data } = await story.read('agent:alice', `/v1/complaints/${story.id}/receivables`)
  return [id, data[0].id, hold.body.id]
}

const realIds = async (one: TestApp): Promise<Ids> => {
  const story = await oneOfEverything(one)
  const { id, plan, appeal, evidence } = story
  await one.call('POST', `/v1/appeals/${appeal.id}/assign`, { as: 'supervisor:zhao', body: { reviewer: 'supervisor:zhao' } })
  const planned = await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: 'agent:alice' })
  const key = await one.call('POST', '/v1/api-keys', { body: { name: 'shop', roles: ['buyer'] } })
  await one.call('PUT', '/v1/merchants/M-1/settlement-rules', {
    as: 'merchant:M-1',
    body: { rules: [{ rule_id: 'small', currency: 'CNY', agree: { up_to_amount: 100 } }] },
  })
  await one.call('PUT', '/v1/merchants/M-1/return-instructions', { as: 'merchant:M-1', body: { address: '退货仓' } })
  const [advances, receivables, holds] = await idsOfMoney(one)
  const deposit = await one.call('POST', '/v1/fund/movements', {
    as: 'admin:li',
    body: { kind: 'deposit', merchant_id: 'M-1', currency: 'CNY', amount: 1 },
  })
  await one.call('POST', `/v1/fund/movements/${deposit.body.id}/receive`, { body: {} })
  const movement = await one.call('POST', '/v1/fund/movements', {
    as: 'admin:li',
    body: { kind: 'fund_top_up', currency: 'CNY', amount: 1 },
  })
  const recomputation = await one.call('POST', '/v1/policy/recompute', { body: {} })
  return {
    ...(await idsOfWhatGoesOut(one)),
    complaints: id,
    complaint_id: id,
    'refund-plans': plan.id,
    step_id: plan.steps[0].id,
    deadline_id: planned.body.data[0].id,
    appeals: appeal.id,
    advances,
    receivables,
    holds,
    orders: (await story.seenBy('agent:alice')).order.id,
    evidence: evidence.id,
    merchants: 'M-1',
    'mass-cases': await massCaseOf(one),
    fund: movement.body.id,
    'api-keys': key.body.id,
    policy: recomputation.body.id,
    name: 'china',
  }
}

/** Those that staff act on; the others are the admins’. */
const isOfCases = ({ collection }: Operation): boolean =>
  ['complaints', 'refund-plans', 'appeals', 'advances', 'receivables', 'holds', 'evidence', 'orders', 'mass-cases'].includes(
    collection,
  )

/** Who acts on the resources of an operation. */
const whoseIs = (operation: Operation): string =>
  operation.path.endsWith('/affiliates')
    ? operation.method === 'PUT'
      ? 'admin:root'
      : 'agent:alice'
    : operation.collection === 'merchants'
      ? 'merchant:M-1'
      : isOfCases(operation)
        ? 'agent:alice'
        : 'admin:root'

const sent = (as: string, payload: string | undefined, mediaType = 'application/json'): CallOptions =>
  payload === undefined ? { as } : { as, payload, headers: { 'content-type': mediaType } }

await t.test('at the door', async (t) => {
  const one = await testApp(t)
  const ids = await realIds(one)
  const operations = operationsOf(one).filter(({ needsKey }) => needsKey)

  await t.test('a body that is no object is refused as a whole, by every operation that takes JSON', async (t) => {
    const taking = operations.flatMap((operation) =>
      operation.bodies.filter((type) => type.endsWith('json')).map((mediaType) => ({ operation, mediaType })),
    )
    t.ok(taking.length > 50, `${taking.length} operations`)
    for (const { operation, mediaType } of taking) {
      const url = urlOf(operation, ids)
      const refusal = async (as: string, bare: string) => one.call(operation.method, url, sent(as, bare, mediaType))
      const first = await Promise.all(everybody.map(async (as) => ({ as, ...(await refusal(as, '1')) })))
      t.strictSame(
        first.filter(({ status }) => ![400, 403, 404].includes(status)).map(({ status }) => status),
        [],
        `${operation.method} ${operation.path}`,
      )
      const those = first.filter(({ status }) => status === 400)
      t.ok(those.length > 0, `${operation.method} ${operation.path} is somebody's`)
      for (const bare of ['1', '-0.5', 'true', 'false', '"x"', '""', 'null', '[]', '[{}]']) {
        const { status, body } = await refusal(those[0]?.as ?? '', bare)
        t.match(
          { status, body },
          { status: 400, body: { code: 'validation_failed', errors: [{ pointer: '', code: 'wrong_type' }] } },
          `${operation.method} ${operation.path} ${bare}`,
        )
      }
    }
  })

  /** Nothing that could be stored, invalid UTF-8, half a surrogate pair, and what is far too long. */
  const odd = ['%00', 'a%00b', '%ff', '%ED%A0%80', '%zz', 'x'.repeat(5_000)]

  await t.test('a part of the path that can name nothing is not found', async (t) => {
    const places = operations.flatMap((operation) =>
      [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({ operation, parameter })),
    )
    t.ok(places.length > 50, `${places.length} parameters`)
    for (const { operation, parameter } of places) {
      for (const value of odd) {
        const own = parameter === 'id' ? operation.collection : parameter
        const url = urlOf(operation, { ...ids, [own]: value })
        const as = whoseIs(operation)
        const { status } = await one.call(operation.method, url, sent(as, operation.bodies.length > 0 ? '{}' : undefined))
        t.equal(status, 404, `${operation.method} ${operation.path} {${parameter}} ${value.slice(0, 20)}`)
      }
    }
  })

  await t.test('a value in the query that can mean nothing is refused', async (t) => {
    const places = operations.flatMap((operation) => operation.query.map(({ name }) => ({ operation, name })))
    t.ok(places.length > 40, `${places.length} parameters`)
    for (const { operation, name } of places) {
      for (const value of odd) {
        const url = `${urlOf(operation, ids)}?${name}=${value}`
        const { status, body } = await one.call(operation.method, url)
        t.equal(status, 400, `${operation.method} ${operation.path} ?${name}=${value.slice(0, 20)}`)
        t.match(operation.method === 'HEAD' ? `?${name}` : body.errors[0].pointer, new RegExp(`^\\?${name}(/|$)`))
      }
    }
  })

  await t.test('lists are split at their commas before they are decoded', async (t) => {
    const lists = operations.flatMap((operation) =>
      operation.query
        .filter(({ schema }) => schema.type === 'array' && schema.items.enum !== undefined)
        .map(({ name, schema }) => ({ operation, name, values: schema.items.enum as string[] })),
    )
    t.ok(lists.length > 5, `${lists.length} lists of words`)
    for (const { operation, name, values } of lists) {
      const as = ['webhook-endpoints', 'reconciliation'].includes(operation.collection) ? 'admin:root' : 'agent:alice'
      const ask = (text: string) => one.call(operation.method, `${urlOf(operation, ids)}?${name}=${text}`, { as })
      t.equal((await ask(values.slice(0, 2).join(','))).status, 200, name)
      t.equal((await ask(values.slice(0, 2).join('%2C'))).status, 400, `${name}: no such word`)
    }
  })
})

await t.test('headers of which one is meant are there once', async (t) => {
  const one = await testApp(t)
  const port = await portOf(one)
  const send = async (headers: Record<string, string[]>) => {
    const plain: Record<string, string[]> = {
      Host: ['x'],
      Connection: ['close'],
      Authorization: [`Bearer ${one.everyRole}`],
      'Redress-Actor': ['admin:root'],
      'Content-Type': ['application/json'],
      'Content-Length': ['2'],
    }
    const lines = Object.entries({ ...plain, ...headers }).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
    return parsed(await exchange(port, `POST /v1/sweeps HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n{}`))
  }
  const bearer = `Bearer ${one.everyRole}`
  t.equal((await send({})).status, 200)
  for (const [name, values] of [
    ['Authorization', [bearer, bearer]],
    ['Authorization', [bearer, 'Bearer rdk_another']],
    ['Redress-Actor', ['admin:root', 'agent:alice']],
    ['Redress-Actor', ['admin:root', 'admin:root']],
    ['Idempotency-Key', ['a', 'b']],
    ['If-Match', ['"1"', '"2"']],
    ['Content-Type', ['application/json', 'text/plain']],
  ] as const) {
    const { status, body } = await send({ [name]: [...values] })
    t.equal(status, 400, name)
    t.match(body, { code: 'malformed_request', errors: [{ pointer: `header:${name}`, code: 'duplicates' }] })
  }
  t.equal((await send({ authorization: [bearer] })).status, 400, 'however it is written')
})

await t.test('who has closed its half of the connection still gets its answer', async (t) => {
  const one = await testApp(t)
  const { id } = await oneOfEverything(one)
  const port = await portOf(one)
  const head = (type: string, length: number) =>
    [
      `POST /v1/complaints/${id}/evidence HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${one.everyRole}`,
      'Redress-Actor: buyer:B-1',
      `Content-Type: ${type}`,
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n')
  const form = (file: Buffer) =>
    Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="type"\r\n\r\nstatement\r\n'),
      Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'),
      file,
      Buffer.from('\r\n--b--\r\n'),
    ])
  const upload = async (file: Buffer) => {
    const body = form(file)
    const bytes = Buffer.concat([Buffer.from(head('multipart/form-data; boundary=b', body.length)), body])
    return parsed(await exchange(port, bytes, { thenEnds: true }))
  }

  const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(300_000, ' ')])
  t.match(await upload(pdf), { status: 201, body: { type: 'statement', size_bytes: pdf.length } }, 'an upload')
  t.match(await upload(Buffer.alloc(0)), { status: 400, body: { errors: [{ pointer: '/file' }] } }, 'also where it is refused')
  const json = JSON.stringify({ type: 'statement', text: '少发' })
  const written = head('application/json', Buffer.byteLength(json)) + json
  t.match(parsed(await exchange(port, written, { thenEnds: true })), { status: 201 }, 'and a request in JSON')
  const broken = head('application/json', 1000) + json
  t.match(parsed(await exchange(port, broken, { thenEnds: true })), { status: 400 }, 'one that is not complete is none')
})
