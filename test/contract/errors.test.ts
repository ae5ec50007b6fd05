import { type AddressInfo, connect as openSocket } from 'node:net'
import t from 'tap'
import { problemCodes } from '../../src/words/problems.ts'
import { testApp } from '../support/app.ts'
import { KNOWN, probeRoutes } from '../support/probe.ts'

const json = { 'content-type': 'application/json' }

await t.test('every error has one form, whoever produces it', async (t) => {
  const { app, call, db } = await testApp(t, { routes: probeRoutes, provokesErrors: true })
  const refused = async (name: string, status: number, code: string, asked: ReturnType<typeof call>) => {
    const { headers, body, ...rest } = await asked
    t.equal(rest.status, status, `${name}: status`)
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8', `${name}: media type`)
    t.match(
      body,
      { type: `urn:redress:problem:${code}`, title: String, status, detail: String, instance: headers['x-request-id'], code },
      name,
    )
    t.match(headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }, `${name}: headers`)
    return { headers, body }
  }

  await t.test('by status', async () => {
    await refused('unknown path', 404, 'not_found', call('GET', '/v1/none'))
    await refused('unknown path outside of /v1', 404, 'not_found', call('GET', '/none', { key: null }))
    await refused('bad percent-encoding in the path', 404, 'not_found', call('GET', '/v1/api-keys/%zz'))
    await refused('what is too long for an id', 404, 'not_found', call('GET', `/v1/api-keys/${'x'.repeat(10_000)}`))
    await refused('broken JSON', 400, 'malformed_request', call('POST', '/v1/probes', { payload: '{"amount":', headers: json }))
    await refused(
      'another media type',
      415,
      'unsupported_media_type',
      call('POST', '/v1/probes', { payload: 'a', headers: { 'content-type': 'text/plain' } }),
    )
    await refused(
      'another charset',
      415,
      'unsupported_media_type',
      call('POST', '/v1/probes', { payload: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } }),
    )
    await refused(
      'a merge patch by POST',
      415,
      'unsupported_media_type',
      call('POST', '/v1/probes', { payload: '{}', headers: { 'content-type': 'application/merge-patch+json' } }),
    )
    await refused(
      'a byte order mark',
      400,
      'malformed_request',
      call('POST', '/v1/probes', { payload: '\ufeff{}', headers: json }),
    )
    await refused('no media type', 415, 'unsupported_media_type', call('POST', '/v1/probes', { payload: '{}' }))
    await refused(
      'a compressed body',
      415,
      'unsupported_media_type',
      call('POST', '/v1/probes', { payload: '{}', headers: { ...json, 'content-encoding': 'gzip' } }),
    )
    await refused('a large body', 413, 'payload_too_large', call('POST', '/v1/probes', { body: { note: 'x'.repeat(300_000) } }))
    await refused('no key', 401, 'unauthenticated', call('GET', '/v1/probes', { key: null }))
    await refused('a bug', 500, 'internal_error', call('GET', '/v1/probes/text/break?with=x'))
  })

  await t.test('a wrong method is answered with the right ones', async (t) => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
      const { headers } = await refused(method, 405, 'method_not_allowed', call(method, '/v1/probes'))
      t.equal(headers.allow, 'GET, HEAD, POST')
    }
    t.equal((await call('PUT', '/v1/probes', { key: null })).status, 401, 'after 401')
    t.equal((await call('DELETE', '/livez', { key: null })).status, 405)
    t.equal((await call('HEAD', '/v1/probes')).status, 200)
    t.equal(
      (await call('DELETE', '/v1/probes', { payload: 'x', headers: { 'content-type': 'text/plain' } })).status,
      405,
      'before the body is read',
    )
  })

  await t.test('401 says how to come in', async (t) => {
    const { headers } = await call('GET', '/v1/probes', { key: null })
    t.equal(headers['www-authenticate'], 'Bearer realm="redress"')
  })

  await t.test('an error of ours says nothing but the request id', async (t) => {
    for (const kind of ['text', 'database']) {
      const { text, body } = await call('GET', `/v1/probes/${kind}/break?with=canary-value`)
      t.equal(body.status, 500)
      t.notOk(text.includes('canary-value'))
    }
  })

  await t.test('a database that cannot serve is 503 with Retry-After, not 500', async (t) => {
    for (const state of ['57P01', '57P03', '08006', '53300', '53100', '55P03', '40001', '40P01']) {
      const { headers } = await refused(state, 503, 'unavailable', call('GET', `/v1/probes/state/break?with=${state}`))
      t.match(headers['retry-after'], /^[1-9]\d*$/)
    }
    for (const state of ['23505', '22P02', 'P0001'])
      await refused(state, 500, 'internal_error', call('GET', `/v1/probes/state/break?with=${state}`))
  })

  await t.test('a route that forgets checkInput keeps nothing and answers 500', async (t) => {
    t.equal((await call('GET', `/v1/probes/${KNOWN}/forget-to-check`)).status, 500)
    t.equal((await call('POST', `/v1/probes/${KNOWN}/forget-to-check`)).status, 500)
    t.strictSame(await db.selectFrom('sweep_runs').select('id').execute(), [])
  })

  await t.test('below HTTP: what is no request is answered as a problem too', async (t) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const send = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = ''
        const socket = openSocket(port, '127.0.0.1', () => socket.write(text))
        socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
        socket.on('data', (part) => {
          answer += part
        })
        socket.on('close', () => resolve(answer))
        socket.on('error', reject)
      })
    const cases: [name: string, status: number, code: string, text: string][] = [
      ['garbage', 400, 'malformed_request', 'HELLO\r\n\r\n'],
      ['no Host', 400, 'malformed_request', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n'],
      [
        'an odd expectation',
        417,
        'expectation_failed',
        'GET /livez HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      ],
      ['two hosts', 400, 'malformed_request', 'GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'],
      ['20 KB of headers', 431, 'headers_too_large', `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`],
      [
        'length and chunks',
        400,
        'malformed_request',
        'POST /v1/probes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
    ]
    for (const [name, status, code, text] of cases) {
      const [head = '', body = ''] = (await send(text)).split('\r\n\r\n')
      t.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), name)
      t.match(head, /content-type: application\/problem\+json; charset=utf-8/i, name)
      t.match(JSON.parse(body), { status, code, instance: String }, name)
    }
  })

  await t.test('while closing, requests are told to come again', async (t) => {
    t.equal((await call('GET', '/readyz', { key: null })).status, 200)
    app.readiness.draining = true
    await refused('not ready', 503, 'unavailable', call('GET', '/readyz', { key: null }))
    t.equal((await call('GET', '/livez', { key: null })).status, 200, 'but alive')
    t.equal((await call('GET', '/v1/probes')).status, 200, 'and still serving')
  })
})

await t.test('the checks come in one order: 401, 404, 403, 400, 412, 409, 422', async (t) => {
  const { call } = await testApp(t, { routes: probeRoutes })
  const bad = { body: { amount: 'x' }, headers: { ...json, 'if-match': '"1"' } }
  const url = `/v1/probes/${KNOWN}`
  t.equal((await call('PATCH', '/v1/probes/none', { ...bad, key: null })).status, 401)
  t.equal((await call('PATCH', '/v1/probes/none', { ...bad, as: 'buyer:B-1' })).status, 404)
  t.equal((await call('PATCH', url, { ...bad, as: 'buyer:B-1' })).status, 403)
  t.equal((await call('PATCH', url, { ...bad, as: 'merchant:M-1' })).status, 400)
  t.equal(
    (await call('PATCH', url, { payload: '{', headers: bad.headers, as: 'buyer:B-1' })).status,
    403,
    'broken JSON waits as well',
  )
  t.equal((await call('PATCH', url, { body: { amount: 101 }, headers: { 'if-match': '"1"' }, as: 'merchant:M-1' })).status, 412)
  t.equal((await call('PATCH', url, { body: { amount: 101 }, as: 'merchant:M-1' })).status, 428)
  t.equal((await call('PATCH', url, { body: { amount: 101 }, headers: { 'if-match': '"3"' }, as: 'merchant:M-1' })).status, 409)
  t.equal((await call('PATCH', url, { body: { amount: 101 }, headers: { 'if-match': '"3"' } })).status, 422)
  t.equal((await call('PATCH', url, { body: { amount: 100 }, headers: { 'if-match': '"3"' } })).status, 200)
})

await t.test('If-Match is compared strongly', async (t) => {
  const { call } = await testApp(t, { routes: probeRoutes })
  const status = async (ifMatch: string) =>
    (await call('PATCH', `/v1/probes/${KNOWN}`, { body: {}, headers: { 'if-match': ifMatch } })).status
  for (const matching of ['"3"', '*', '"1", "3"', '"1","2" , "3"']) t.equal(await status(matching), 200, matching)
  for (const other of ['"2"', 'W/"3"', '3', '"1", W/"3"', '""', 'nonsense']) t.equal(await status(other), 412, other)
  const merged = await call('PATCH', `/v1/probes/${KNOWN}`, {
    payload: '{"amount":7}',
    headers: { 'content-type': 'application/merge-patch+json', 'if-match': '"3"' },
  })
  t.match(merged, { status: 200, headers: { etag: '"4"' } })
})

await t.test('the document lists every code', async (t) => {
  const { app } = await testApp(t)
  const document = app.swagger() as unknown as {
    openapi: string
    components: { schemas: Record<string, { description: string }> }
  }
  t.match(document.openapi, /^3\.1\./)
  t.notOk(
    Object.keys(document.components.schemas).some((name) => name.startsWith('def-')),
    'no component without a name of its own',
  )
  for (const code of problemCodes) t.ok(document.components.schemas.Problem?.description.includes(`\`${code}\``), code)
  const operations = Object.values(
    (app.swagger() as unknown as { paths: Record<string, Record<string, { operationId: string }>> }).paths,
  ).flatMap((path) => Object.values(path))
  const ids = operations.map((operation) => operation.operationId)
  t.equal(new Set(ids).size, ids.length, 'operationIds are unique')
  t.notOk(ids.includes(undefined as never), 'and none is missing')
})

await t.test('an answer that differs from the document is noticed', async (t) => {
  const differences: string[] = []
  const { call } = await testApp(t, { routes: probeRoutes, onDifference: (difference) => differences.push(difference) })
  const noticed = async (id: string): Promise<string | undefined> => {
    differences.length = 0
    await call('GET', `/v1/probes/${id}/differ`)
    return differences[0]
  }
  const body = (await noticed('body')) ?? ''
  for (const part of ['/amount must be integer', '/at must match format', '"additionalProperty":"secret"'])
    t.ok(body.includes(part), part)
  t.match(await noticed('etag'), /without ETag/)
  t.match(await noticed('type'), /text\/plain is not documented/)
  t.match(await noticed('status'), /this status is not documented/)
  t.match(
    (await call('GET', '/v1/probes/body/differ')).body,
    { amount: 12.7, secret: 1 },
    'the server itself cuts and drops nothing',
  )
})

await t.test('requests that arrive while the server closes get a problem, too', async (t) => {
  const hasBegun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const { app } = await testApp(t, {
    routes: (root) => {
      root.addHook('preClose', async () => {
        hasBegun.resolve()
        await mayEnd.promise
      })
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const closing = app.close()
  await hasBegun.promise
  const late = await fetch(`http://127.0.0.1:${port}/livez`)
  t.equal(late.status, 503)
  t.match(Object.fromEntries(late.headers), { connection: 'close', 'retry-after': String })
  t.match(await late.json(), { code: 'unavailable' })
  mayEnd.resolve()
  await closing
})
