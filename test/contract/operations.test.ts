import { type AddressInfo, connect as openSocket } from 'node:net'
import { sql } from 'kysely'
import t from 'tap'
import { DAY, MINUTE, toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import { connect } from '../../src/foundation/sql/database.ts'
import { keyRoles } from '../../src/platform/access/caller.ts'
import { newApiKey } from '../../src/platform/access/keys.ts'
import { testApp } from '../support/app.ts'
import { openDb, testDatabase } from '../support/database.ts'
import { probeRoutes } from '../support/probe.ts'

await t.test('logs name no person, no key and no content', async (t) => {
  const { call, logs, everyRole } = await testApp(t, { routes: probeRoutes, provokesErrors: true })
  const canary = 'canary-138-0000'
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  await call('POST', '/v1/probes', {
    as: `buyer:${canary}`,
    body: { amount: 1, note: canary },
    headers: { 'idempotency-key': canary },
  })
  await call('GET', `/v1/probes?owner=${canary}`, {
    as: `agent:${canary}`,
    headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'x-request-id': 'req-1' },
  })
  await call('POST', '/v1/probes', { body: { [canary]: canary } })
  await call('GET', `/v1/probes/${canary}`)
  await call('GET', `/v1/none/${canary}`)
  await call('GET', `/v1/probes/text/break?with=${canary}`)
  await call('GET', `/v1/probes/database/break?with=${canary}`)
  await call('GET', '/v1/probes', { headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01\u0085` } })

  const all = logs.join('')
  t.notOk(all.includes(canary), 'nothing that was sent')
  t.notOk(all.includes(everyRole.slice(0, 20)), 'no key')
  const lines = logs.map((line) => JSON.parse(line))
  const requests = lines.filter((line) => line.msg === 'request')
  t.equal(requests.length, 8, 'one line for each request')
  t.match(requests[1], {
    level: 'info',
    request_id: 'req-1',
    trace_id: trace,
    method: 'GET',
    route: '/v1/probes',
    status: 200,
    ms: Number,
    platform: String,
    role: 'agent',
  })
  t.equal(requests[7].trace_id, undefined, 'an all-zero trace is none')
  const errors = lines.filter((line) => line.level === 'error')
  t.match(errors[0], { route: '/v1/probes/:id/break', err: { type: 'Error' } })
  t.match(errors[0].err.frames[0], /probe\.ts/, 'with the place where it was thrown')
  t.match(errors[1].err, { code: '22P02', routine: String }, 'errors of Postgres by their code')
})

await t.test(
  'the line of a refused request says why and by which key it came, the key itself and the person it does not',
  async (t) => {
    const { call, logs, everyRole, key, db, clock } = await testApp(t, { routes: probeRoutes, provokesErrors: true })
    const idOf = async (name: string) =>
      (await db.selectFrom('api_keys').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
    const lineOf = async (...[method, url, options]: Parameters<typeof call>) => {
      await call(method, url, options)
      const line = logs.map((text) => JSON.parse(text)).findLast(({ msg }) => msg === 'request')
      return { status: line.status, code: line.code, key: line.key, role: line.role }
    }
    const whole = await idOf(keyRoles.join(' '))
    const oneOf = (status: number, code: string, id: string | undefined = whole, role: string | undefined = 'buyer') => ({
      status,
      code,
      key: id,
      role,
    })
    const as = 'buyer:B-77'
    t.strictSame(await lineOf('POST', '/v1/probes', { as, body: { amount: 'x' } }), oneOf(400, 'validation_failed'))
    t.strictSame(await lineOf('GET', `/v1/complaints/${newId()}`, { as }), oneOf(404, 'not_found'))
    t.strictSame(await lineOf('GET', '/v1/deadlines', { as }), oneOf(403, 'forbidden'))
    t.strictSame(await lineOf('GET', '/v1/none', { as }), oneOf(404, 'not_found'))
    t.strictSame(await lineOf('PUT', '/v1/complaints', { as, body: {} }), oneOf(405, 'method_not_allowed'))
    t.strictSame(await lineOf('GET', '/v1/probes/text/break?with=B-77', { as }), oneOf(500, 'internal_error'))

    await t.test('also where nobody can be told from it yet', async (t) => {
      t.strictSame(await lineOf('GET', '/v1/complaints', { as: null }), { ...oneOf(400, 'actor_required'), role: undefined })
      const agents = await key(['agent'])
      const refused = { ...oneOf(403, 'role_not_granted', await idOf('agent')), role: undefined }
      t.strictSame(await lineOf('GET', '/v1/complaints', { key: agents, as }), refused)
      await db
        .updateTable('api_keys')
        .set({ revoked_at: toTime(clock.nowMs()) })
        .where('name', '=', 'agent')
        .execute()
      t.strictSame(
        await lineOf('GET', '/v1/complaints', { key: agents, as: 'agent:li' }),
        { ...refused, status: 401, code: 'unauthenticated' },
        'a key that was revoked is still in use somewhere',
      )
      const unknown = { status: 401, code: 'unauthenticated', key: undefined, role: undefined }
      t.strictSame(await lineOf('GET', '/v1/complaints', { key: newApiKey('test') }), unknown)
      t.strictSame(await lineOf('GET', '/v1/complaints', { key: null }), unknown)
    })

    t.strictSame(
      await lineOf('GET', '/v1/complaints', { as }),
      { status: 200, code: undefined, key: undefined, role: 'buyer' },
      'what is not refused has neither',
    )
    const all = logs.join('')
    t.notOk(all.includes(everyRole.slice(0, 20)))
    t.notOk(all.includes('B-77'))
  },
)

await t.test('request ids: sane ones are kept, others replaced', async (t) => {
  const { call } = await testApp(t)
  const idFor = async (id: string) =>
    (await call('GET', '/livez', { key: null, headers: { 'x-request-id': id } })).headers['x-request-id']
  t.equal(await idFor('abc-DEF_123'), 'abc-DEF_123')
  for (const odd of ['', 'a b', 'x'.repeat(65), '<script>']) t.match(await idFor(odd), /^[0-9a-f-]{36}$/)
})

await t.test('health', async (t) => {
  const { call } = await testApp(t)
  const open = { key: null }
  t.match(await call('GET', '/livez', open), { status: 200, body: { status: 'ok' } })
  t.match(await call('GET', '/readyz', open), { status: 200, body: { status: 'ok' } })
  t.match(await call('GET', '/docs', open), { status: 200 })
  t.match(await call('GET', '/openapi.json', open), { status: 200, body: { openapi: '3.1.0' } })
})

await t.test('not ready without its tables', async (t) => {
  const one = await testApp(t)
  await sql`delete from kysely_migration`.execute(one.owner)
  t.match(await one.call('GET', '/readyz', { key: null }), { status: 503, body: { code: 'unavailable' } })
})

await t.test('when no connection is free, and when there is no database at all', async (t) => {
  const { url } = await testDatabase(t)
  const one = await testApp(t)
  const narrow = openDb(url, 1)
  t.teardown(() => narrow.destroy())
  const crowded = await testApp(t, { beside: { ...one, db: narrow } })
  const open = { key: null }

  await narrow.connection().execute(async () => {
    const started = Date.now()
    t.match(await crowded.call('GET', '/readyz', open), { status: 503, headers: { 'retry-after': String } })
    t.ok(Date.now() - started < 3_000, 'told within about a second')
    t.equal((await crowded.call('GET', '/livez', open)).status, 200)
    t.match(await crowded.call('GET', '/v1/api-keys'), {
      status: 503,
      body: { code: 'unavailable' },
      headers: { 'retry-after': String },
    })
  })
  t.equal((await crowded.call('GET', '/readyz', open)).status, 200, 'and back as soon as there is one')

  const gone = connect({ connectionString: 'postgres://127.0.0.1:1/none', onError: () => {} })
  t.teardown(() => gone.destroy())
  const alone = await testApp(t, { beside: { ...one, db: gone } })
  const unready = await alone.call('GET', '/readyz', open)
  t.equal(unready.status, 503)
  t.notOk(unready.text.includes('127.0.0.1'), 'no host names')
  t.match(await alone.call('GET', '/v1/api-keys'), { status: 503, body: { code: 'unavailable' } })
  t.equal((await alone.call('GET', '/metrics', open)).status, 200, 'the other numbers are still there')
})

await t.test('a database that drops its connections costs an answer, not the process', async (t) => {
  const { call, url } = await testApp(t, { routes: probeRoutes })
  t.equal((await call('GET', '/v1/probes')).status, 200)
  const other = openDb(url)
  t.teardown(() => other.destroy())
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    other,
  )
  const statuses = await Promise.all(Array.from({ length: 5 }, () => call('GET', '/v1/probes').then((r) => r.status)))
  t.ok(
    statuses.every((status) => status === 200 || status === 503),
    String(statuses),
  )
  t.equal((await call('GET', '/v1/probes')).status, 200)
})

await t.test('metrics count routes and statuses, and no request can add a series', async (t) => {
  const { call } = await testApp(t, { routes: probeRoutes })
  const scrape = async () => (await call('GET', '/metrics', { key: null })).text
  await call('GET', '/v1/probes')
  await scrape()
  const seriesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'))
  const warm = await Promise.all([call('GET', `/v1/none/${newId()}`), call('PATCH', `/v1/probes/${newId()}`, { body: {} })])
  t.strictSame(
    warm.map((r) => r.status),
    [404, 404],
  )
  const before = seriesOf(await scrape())
  for (let i = 0; i < 50; i++) {
    await call('GET', `/v1/none/${newId()}`)
    await call('PATCH', `/v1/probes/${newId()}`, { body: {} })
  }
  const after = seriesOf(await scrape())
  t.equal(after.length, before.length)
  t.ok(after.includes('http_request_duration_seconds_count{method="GET",route="_unknown",status="404"} 51'))
  t.ok(after.includes('http_request_duration_seconds_count{method="PATCH",route="/v1/probes/:id",status="404"} 51'))
})

await t.test('the backlog is measured against each platform’s own time, at most every 15 seconds', async (t) => {
  const { call, db, clock, platformId } = await testApp(t)
  const now = clock.nowMs()
  let n = 0
  const addCase = async (status: string, nextDueAt: string, owedSince: string | null = null): Promise<void> => {
    await db
      .insertInto('complaints')
      .values({
        platform_id: platformId,
        id: newId(),
        version: 1,
        case_number: `C-${++n}`,
        status,
        level: 1,
        channel: 'portal',
        category: 'other',
        category_source: 'caller',
        complainant_role: 'buyer',
        complainant_id: 'B-1',
        respondent_role: 'merchant',
        respondent_id: 'M-1',
        description: 'x',
        tags: [],
        risk: {},
        liability_disclosed: false,
        silent_expiries: 0,
        reopened_by_complainant: false,
        decisions: '[]',
        took_part: [],
        event_count: 0,
        evidence_count: 0,
        evidence_chain: '',
        next_due_at: nextDueAt,
        owed_since: owedSince,
        created_at: toTime(now),
        updated_at: toTime(now),
        closed_at: status === 'closed' ? toTime(now) : null,
      } as never)
      .execute()
  }
  await addCase('submitted', toTime(now + MINUTE))
  await addCase('submitted', toTime(now + DAY), toTime(now - MINUTE))
  await addCase('negotiating', toTime(now - 2 * MINUTE))
  await addCase('negotiating', 'infinity')
  await addCase('closed', toTime(now - DAY))
  const value = async (name: string): Promise<string | undefined> => {
    const { text } = await call('GET', '/metrics', { key: null })
    return text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1]
  }
  t.equal(await value('redress_open_cases{status="submitted"}'), '2')
  t.equal(await value('redress_open_cases{status="negotiating"}'), '2')
  t.equal(await value('redress_open_cases{status="closed"}'), undefined)
  t.equal(await value('redress_overdue_cases'), '2')
  t.equal(await value('redress_oldest_overdue_seconds'), '120')

  await call('POST', '/v1/test-clock/advance', { body: { by: 'P2D' } })
  t.equal(await value('redress_overdue_cases'), '2', 'counted a moment ago')
  clock.advance(MINUTE)
  t.equal(await value('redress_overdue_cases'), '3', 'the platform’s own time has passed the others')
})

await t.test('a socket that trickles its body is closed', async (t) => {
  const { app, everyRole } = await testApp(t, { routes: probeRoutes })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  t.strictSame([app.server.headersTimeout, app.server.requestTimeout], [10_000, 30_000])
  // the same limits, sooner
  app.server.headersTimeout = 200
  app.server.requestTimeout = 200
  const head = [
    'POST /v1/probes HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${everyRole}`,
    'Redress-Actor: agent:a',
    'Content-Type: application/json',
    'Content-Length: 10',
  ]
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = openSocket(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n{`))
    socket.setTimeout(20_000, () => socket.destroy(new Error('still open')))
    socket.on('data', (part) => {
      text += part
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
  t.match(answer, /^HTTP\/1\.1 408 /)
  t.match(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''), { code: 'request_timeout' })
})
