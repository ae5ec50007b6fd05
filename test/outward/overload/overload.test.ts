/** More is asked than can be done: who is answered, who waits, who is refused, and that nothing of it stays. */
import { once } from 'node:events'
import { request as send } from 'node:http'
import { type AddressInfo, connect as openSocket } from 'node:net'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { startupOptions } from '../../../src/foundation/sql/session.ts'
import type { LoadLimits } from '../../../src/outward/deps.ts'
import { eventually } from '../../process/child.ts'
import { filing } from '../../races/cases.ts'
import { type Called, type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { sessionUrl } from '../../support/pooler.ts'
import { exchange, parsed, portOf } from '../../support/sockets.ts'

const LONG_MS = 60_000
const ROOMY: LoadLimits = { requests: 128, lists: 5, waiting: 256, waitMs: LONG_MS, connections: 100 }

type Kind = 'action' | 'filing' | 'read' | 'list' | 'upload'

/** Sessions that wait for a lock nearly as long as any query may take: the service's own two seconds can pass within a step of a slow test. */
const patiently = (url: string): string => {
  const patient = new URL(sessionUrl(url))
  patient.searchParams.set('options', `${startupOptions()} -c lock_timeout=28s -c statement_timeout=29s`)
  return patient.href
}

/** An app whose cases are locked until `release`, so that what takes a case stays at work for as long. */
const lockedApp = async (t: Test, load: Partial<LoadLimits>) => {
  const one = await testApp(t, { connect: (url) => openDb(patiently(url)), config: { load: { ...ROOMY, ...load } } })
  const { body } = await one.call('POST', '/v1/complaints', { as: 'agent:alice', body: filing({ reference: 'held' }) })
  const holder = openDb(one.url, 1)
  t.teardown(() => holder.destroy())
  const lock = await holder.startTransaction().execute()
  await sql`lock table complaints`.execute(lock)
  const requests: Record<Kind, () => Promise<Called>> = {
    action: () =>
      one.call('POST', `/v1/complaints/${body.id}/messages`, { as: 'agent:alice', body: { text: 'x', visibility: 'parties' } }),
    filing: () => one.call('POST', '/v1/complaints', { as: 'agent:alice', body: filing({ reference: 'new' }) }),
    read: () => one.call('GET', `/v1/complaints/${body.id}`, { as: 'agent:alice' }),
    list: () => one.call('GET', '/v1/complaints', { as: 'agent:alice' }),
    upload: () =>
      one.call('POST', `/v1/complaints/${body.id}/evidence`, {
        as: 'agent:alice',
        payload: '--x--',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      }),
  }
  return { ...one, id: body.id as string, requests, release: () => lock.rollback().execute() }
}

/** The numbers of one kind, as an operator reads them. */
const numbers = async (one: Pick<TestApp, 'call'>, kind: Kind) => {
  const { text } = await one.call('GET', '/metrics', { key: null })
  const read = (name: string) => Number(text.match(new RegExp(`^${name}\\{kind="${kind}"\\} (\\d+)$`, 'm'))?.[1])
  return {
    atWork: read('redress_requests_at_work'),
    waiting: read('redress_requests_waiting'),
    refused: read('redress_requests_refused_total'),
  }
}

/** Waits until the numbers of a kind are these. */
const until = (one: Pick<TestApp, 'call'>, kind: Kind, wanted: Partial<Awaited<ReturnType<typeof numbers>>>) =>
  eventually(
    async () => {
      const now = await numbers(one, kind)
      return Object.entries(wanted).every(([name, value]) => now[name as keyof typeof now] === value) ? now : undefined
    },
    `${kind}: ${JSON.stringify(wanted)}`,
  )

const open = { key: null }

await t.test('a kind that is full is refused at once with a problem that says when to come back; the others go on', async (t) => {
  const one = await lockedApp(t, { lists: 1, waiting: 0 })
  const held = one.requests.list()
  await until(one, 'list', { atWork: 1 })

  const refusals = await Promise.all(Array.from({ length: 40 }, one.requests.list))
  for (const { status, body, headers } of refusals) {
    t.equal(status, 503)
    t.match(headers, { 'content-type': /^application\/problem\+json/, 'cache-control': 'no-store', 'x-request-id': String })
    t.strictSame(
      { ...body, detail: '' },
      {
        type: 'urn:redress:problem:unavailable',
        title: 'The service cannot answer now',
        status: 503,
        detail: '',
        instance: headers['x-request-id'],
        code: 'unavailable',
      },
    )
  }
  const seconds = new Set(refusals.map(({ headers }) => headers['retry-after']))
  t.ok(seconds.size > 1, 'not all at the same time')
  t.strictSame(
    [...seconds].filter((text) => !/^[1-5]$/.test(text ?? '')),
    [],
  )
  t.match(await numbers(one, 'list'), { atWork: 1, waiting: 0, refused: 40 })
  t.match(await numbers(one, 'read'), { refused: 0 })
  t.equal((await one.call('GET', '/v1/complaints/none')).status, 404, 'another kind is answered')

  await one.release()
  t.equal((await held).status, 200)
  t.equal((await one.requests.list()).status, 200, 'and so is this one as soon as there is a place')
  await one.app.close()
  const lines = one.logs.map((line) => JSON.parse(line))
  t.match(
    lines.filter(({ msg }) => msg.startsWith('overloaded')),
    [{ level: 'warn', refused: { list: 40 } }],
    'one line for all of them',
  )
  t.strictSame(
    lines.filter(({ status }) => status === 503),
    [],
  )
})

await t.test('health and numbers are told while everything is full', async (t) => {
  const one = await lockedApp(t, { requests: 8, lists: 1, waiting: 0 })
  const names: Kind[] = ['action', 'filing', 'read', 'list']
  const held = names.flatMap((name) => Array.from({ length: 8 }, one.requests[name]))
  await until(one, 'list', { atWork: 0, refused: 8 })
  t.equal((await one.call('GET', '/livez', open)).status, 200)
  t.equal((await one.call('GET', '/readyz', open)).status, 200)
  t.equal((await one.call('GET', '/metrics', open)).status, 200)
  t.equal((await one.call('GET', '/openapi.json', open)).status, 503, 'the documentation can wait')
  await one.release()
  const statuses = (await Promise.all(held)).map(({ status }) => status)
  t.same(statuses.filter((status) => status === 503).length, statuses.length - 8, 'eight were at work')
  for (const name of names) await until(one, name, { atWork: 0, waiting: 0 })
})

await t.test('changes of existing cases go before filings, these before reads, these before lists', async (t) => {
  // with one place they are answered in the order in which they are let in
  const one = await lockedApp(t, { requests: 1 })
  const first = one.requests.action()
  await until(one, 'action', { atWork: 1 })
  const order: Kind[] = []
  const kinds = ['list', 'read', 'filing', 'action'] as const
  const asked = kinds.map(async (kind) => {
    const { status } = await one.requests[kind]()
    order.push(kind)
    return status
  })
  for (const kind of kinds) await until(one, kind, { waiting: 1 })
  await one.release()
  t.equal((await first).status, 201)
  t.strictSame(await Promise.all(asked), [200, 200, 201, 201])
  t.strictSame(order, ['action', 'filing', 'read', 'list'])
  for (const kind of kinds) await until(one, kind, { atWork: 0, waiting: 0 })
})

await t.test('who waits in vain is told, and the place is given to the next', async (t) => {
  const one = await lockedApp(t, { lists: 1, waiting: 8, waitMs: 50 })
  const held = one.requests.list()
  await until(one, 'list', { atWork: 1 })
  t.match(await one.requests.list(), { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': String } })
  await one.release()
  t.equal((await held).status, 200)
  t.equal((await one.requests.list()).status, 200)
})

await t.test('every kind of ending frees the place', async (t) => {
  const one = await lockedApp(t, { requests: 8, lists: 1 })
  await one.release()
  const endings: [Kind, number, () => Promise<Called>][] = [
    ['list', 200, one.requests.list],
    ['list', 400, () => one.call('GET', '/v1/complaints?nonsense=1')],
    ['list', 401, () => one.call('GET', '/v1/complaints', open)],
    ['list', 404, () => one.call('GET', '/v1/nothing')],
    ['list', 405, () => one.call('OPTIONS', '/v1/complaints')],
    ['read', 404, () => one.call('GET', '/v1/complaints/none')],
    ['filing', 400, () => one.call('POST', '/v1/complaints', { as: 'agent:alice', body: {} })],
    ['filing', 413, () => one.call('POST', '/v1/complaints', { body: 'x'.repeat(300_000) })],
    ['filing', 415, () => one.call('POST', '/v1/complaints', { payload: 'x', headers: { 'content-type': 'text/plain' } })],
    ['action', 404, () => one.call('POST', '/v1/complaints/none/accept', { body: {} })],
    ['upload', 400, one.requests.upload],
    ['list', 200, () => one.call('POST', '/v1/sweeps')],
  ]
  for (const [kind, status, ask] of endings) {
    t.equal((await ask()).status, status, `${kind} ${status}`)
    t.match(await numbers(one, kind), { atWork: 0, waiting: 0, refused: 0 })
  }
})

await t.test('an answer that is there at once frees the place, too', async (t) => {
  const routes = (app: TestApp['app']) =>
    void app.get('/at-once', { schema: { hide: true } }, (_request, reply) => void reply.send('x'))
  const one = await testApp(t, { routes, config: { load: { ...ROOMY, requests: 1, waiting: 0 } } })
  for (let n = 0; n < 3; n++) t.equal((await one.call('GET', '/at-once', open)).status, 200)
  t.match(await numbers(one, 'list'), { atWork: 0, refused: 0 })
})

await t.test('clients that go away', async (t) => {
  const one = await lockedApp(t, { requests: 8, lists: 1 })
  await one.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = one.app.server.address() as AddressInfo
  const headers = { authorization: `Bearer ${one.everyRole}`, 'redress-actor': 'agent:alice' }
  const ask = (method: string, path: string, more: Record<string, string> = {}) => {
    const request = send({ port, method, path, headers: { ...headers, ...more } })
    request.on('error', () => undefined)
    return request
  }

  await t.test('leave the queue', async (t) => {
    const atWork = ask('GET', '/v1/complaints').end()
    const gone = new Promise((resolve) => atWork.once('close', resolve))
    await until(one, 'list', { atWork: 1 })
    const waiting = ask('GET', '/v1/complaints').end()
    await until(one, 'list', { waiting: 1 })
    waiting.destroy()
    await until(one, 'list', { atWork: 1, waiting: 0 })

    atWork.destroy()
    await gone
    // the query runs on, so its place is taken
    t.match(await numbers(one, 'list'), { atWork: 1 })
  })

  await t.test('give their place back when their body never comes', async () => {
    const json = ask('POST', `/v1/complaints/${one.id}/accept`, { 'content-type': 'application/json', 'content-length': '99' })
    json.write('{')
    await until(one, 'action', { atWork: 1 })
    json.destroy()
    await until(one, 'action', { atWork: 0 })
  })

  await one.release()
  await t.test('and when their work is done', async (t) => {
    await until(one, 'list', { atWork: 0 })
    t.equal((await one.requests.list()).status, 200)
  })

  await t.test('or their upload breaks off', async (t) => {
    const type = 'multipart/form-data; boundary=x'
    const upload = ask('POST', `/v1/complaints/${one.id}/evidence`, { 'content-type': type, 'content-length': '9999' })
    upload.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n')
    await until(one, 'upload', { atWork: 1 })
    t.match(await numbers(one, 'action'), { atWork: 0 }, 'meanwhile it takes no other kind’s place')
    upload.destroy()
    await until(one, 'upload', { atWork: 0 })
  })
})

await t.test('who closes its half while it waits: a change is carried out and answered, a read is given up', async (t) => {
  const one = await lockedApp(t, { requests: 1 })
  const port = await portOf(one)
  const send = (start: string, body = '') =>
    exchange(
      port,
      `${start} HTTP/1.1\r\nHost: redress\r\nConnection: close\r\nAuthorization: Bearer ${one.everyRole}\r\nRedress-Actor: agent:alice\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      { thenEnds: true },
    )
  const held = one.requests.action()
  await until(one, 'action', { atWork: 1 })
  t.equal(await send(`GET /v1/complaints/${one.id}`), '', 'at once, not when its turn would come')
  t.match(await numbers(one, 'read'), { waiting: 0, atWork: 0 })
  const change = send(`POST /v1/complaints/${one.id}/messages`, JSON.stringify({ text: 'x', visibility: 'parties' }))
  await until(one, 'action', { waiting: 1 })
  await one.release()
  t.equal((await held).status, 201)
  t.equal(parsed(await change).status, 201)
})

await t.test('connections beyond the bound are closed', async (t) => {
  const one = await testApp(t, { config: { load: { ...ROOMY, connections: 2 } } })
  await one.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = one.app.server.address() as AddressInfo
  const sockets = [openSocket(port, '127.0.0.1'), openSocket(port, '127.0.0.1')]
  t.teardown(() => sockets.map((socket) => socket.destroy()))
  const connected = () =>
    new Promise<number>((resolve, reject) => one.app.server.getConnections((error, n) => (error ? reject(error) : resolve(n))))
  await eventually(async () => ((await connected()) === 2 ? true : undefined), 'two are connected')
  const third = openSocket(port, '127.0.0.1')
  third.on('error', () => undefined)
  await once(third, 'close')
  t.equal(await connected(), 2)
  sockets[0]?.destroy()
  await eventually(async () => ((await connected()) === 1 ? true : undefined), 'one has gone')
  t.equal((await fetch(`http://127.0.0.1:${port}/livez`)).status, 200)
})

await t.test('when every database connection is held', async (t) => {
  const one = await testApp(t)
  const narrow = openDb(one.url, 2)
  t.teardown(() => narrow.destroy())
  const crowded = await testApp(t, {
    beside: { ...one, db: narrow },
    config: { load: { ...ROOMY, requests: 8, lists: 1, waiting: 1, waitMs: 50 } },
  })
  const held = [await narrow.startTransaction().execute(), await narrow.startTransaction().execute()]
  for (const trx of held) await sql`select 1`.execute(trx)
  const list = () => crowded.call('GET', '/v1/complaints', { as: 'agent:alice' })
  const stuck = list()
  await until(crowded, 'list', { atWork: 1 })
  t.match(await list(), { status: 503, body: { code: 'unavailable' } }, 'the next is refused at the door')
  t.equal((await crowded.call('GET', '/livez', open)).status, 200)
  t.match(await crowded.call('GET', '/readyz', open), { status: 503, headers: { 'retry-after': String } })
  t.equal((await crowded.call('GET', '/metrics', open)).status, 200)
  for (const trx of held) await trx.rollback().execute()
  t.match(await stuck, { status: Number })
  t.equal((await list()).status, 200, 'and back as soon as there is one')
  t.equal((await crowded.call('GET', '/readyz', open)).status, 200)
})

await t.test('200 clients at once are all answered', async (t) => {
  const one = await testApp(t)
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => one.call('GET', n % 2 === 0 ? '/v1/complaints' : '/v1/appeals', { as: 'agent:alice' })),
  )
  t.strictSame(
    answers.filter(({ status }) => status !== 200),
    [],
  )
})
