import t from 'tap'
import {
  acceptComplaint,
  type Connection,
  connect,
  fileComplaint,
  getComplaint,
  listComplaints,
  type NewComplaint,
  RedressError,
} from '../../openapi/client/redress.ts'
import { testApp } from '../support/app.ts'
import { answering, heldTime } from './between.ts'

const key = `rdk_${'k'.repeat(40)}`
const id = '0190b2c4-0000-7000-8000-000000000000'
const to = (baseUrl: string, connection: Partial<Connection> = {}) =>
  connect({ baseUrl, key, retries: 0, ...connection }, heldTime())

const failed = async (call: Promise<unknown>): Promise<RedressError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof RedressError)) throw new Error('no RedressError', { cause: error })
  return error
}

await t.test('what the service refuses', async (t) => {
  const { app, everyRole } = await testApp(t)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect({ baseUrl, key: everyRole, actor: 'buyer:B-2' })

  await t.test('is thrown, with all that was said', async (t) => {
    const error = await failed(getComplaint({ client, path: { id }, headers: { 'X-Request-Id': 'mine-1' } }))
    t.ok(error instanceof Error)
    t.match(error, {
      name: 'RedressError',
      code: 'not_found',
      status: 404,
      requestId: 'mine-1',
      attempts: 1,
      retryAfter: undefined,
    })
    t.match(error.problem, { code: 'not_found', status: 404, instance: 'mine-1' })
    t.match(error.message, /^not_found: There is no such resource/)
    t.match(error.stack, /errors\.test\.ts|RedressError: not_found/)
  })

  await t.test('names the fields that are wrong', async (t) => {
    const body = { channel: 'fax' } as unknown as NewComplaint
    const error = await failed(fileComplaint({ client, body }))
    t.equal(error.code, 'validation_failed')
    t.match(error.message, /in the request do not fit.* · \/complainant is missing/)
    t.ok(error.problem?.errors?.some(({ pointer }) => pointer === '/channel'))
  })

  await t.test('comes as `error` where the caller asked for that', async (t) => {
    const { data, error, response } = await getComplaint({ client, path: { id }, throwOnError: false })
    t.equal(data, undefined)
    t.ok(error instanceof RedressError)
    t.match(error, { code: 'not_found', status: 404 })
    t.equal(response?.status, 404)
    const found = await listComplaints({ client, throwOnError: false })
    t.equal(found.error, undefined)
    t.strictSame(found.data?.data, [])
  })
})

await t.test('a server that is not there', async (t) => {
  const { url } = await answering(t, { status: 200 })
  const gone = `${url.slice(0, url.lastIndexOf(':'))}:9`
  const error = await failed(getComplaint({ client: to(gone), path: { id }, query: undefined as never }))
  t.match(error, { code: 'connection_failed', status: undefined, problem: undefined })
  t.ok(error.cause instanceof Error)
  t.match(error.message, 'GET /v1/complaints/{id} got no answer')
  t.notMatch(error.message, id, 'a message names nobody')
  const returned = await getComplaint({ client: to(gone), path: { id }, throwOnError: false })
  t.match(returned, { data: undefined, response: undefined, error: { code: 'connection_failed' } })
})

await t.test('what answers is not the service', async (t) => {
  const html = { 'content-type': 'text/html; charset=utf-8' }
  const page = '<html><h1>502 Bad Gateway</h1></html>'
  for (const [what, answer, status] of [
    ['a proxy’s error page', { status: 502, headers: html, body: page }, 502],
    ['a page in place of data', { status: 200, headers: html, body: page }, 200],
    ['nothing in place of data', { status: 200, headers: { 'content-length': '0' } }, 200],
    ['JSON that breaks off', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"data":[' }, 200],
    ['an error that is no problem', { status: 403, body: { message: 'blocked' } }, 403],
    ['a redirection, which would make a GET of a POST', { status: 302, headers: { location: '/login' } }, 302],
  ] as const) {
    const { url, heard } = await answering(t, answer)
    const error = await failed(fileComplaint({ client: to(url), body: {} as NewComplaint }))
    t.match(error, { code: 'unexpected_answer', status, problem: undefined }, what)
    t.match(error.message, /^unexpected_answer: POST \/v1\/complaints was answered (by a redirection|\d{3} )/)
    t.equal(heard.length, 1)
  }
})

await t.test('a proxy that lost the service is asked again', async (t) => {
  const { url, heard } = await answering(
    t,
    { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>502</h1>' },
    { status: 200, body: { data: [], next_cursor: null } },
  )
  const { data } = await listComplaints({ client: to(url, { retries: 1 }) })
  t.strictSame(data, { data: [], next_cursor: null })
  t.equal(heard.length, 2)
})

await t.test('a server that does not answer in time', async (t) => {
  const { url } = await answering(t, 'silent')
  const error = await failed(listComplaints({ client: to(url), timeoutMs: 50 }))
  t.match(error, { code: 'timeout', attempts: 1, message: /within 50 ms/ })
  await t.rejects(listComplaints({ client: to(url, { retries: 2, timeoutMs: 50, totalTimeoutMs: 60_000 }) }), {
    code: 'timeout',
    attempts: 3,
  })
})

await t.test('the caller’s signal', async (t) => {
  const reason = new Error('the page was closed')

  await t.test('ends a call that is under way', async (t) => {
    const { url } = await answering(t, 'silent')
    const controller = new AbortController()
    const sent = (request: Parameters<typeof fetch>[0]) => {
      setImmediate(() => controller.abort(reason))
      return fetch(request)
    }
    const call = acceptComplaint({ client: to(url, { fetch: sent, retries: 3 }), path: { id }, signal: controller.signal })
    t.match(await failed(call), { code: 'aborted', attempts: 1, cause: reason })
  })

  await t.test('ends one that waits for its next attempt', async (t) => {
    const { url, heard } = await answering(t, { status: 503, headers: { 'retry-after': '20', 'content-type': 'text/html' } })
    const controller = new AbortController()
    const sent = async (request: Parameters<typeof fetch>[0]) => {
      const answered = await fetch(request)
      // the client then waits for the 20 seconds that the answer asks for; there is nothing else to see of that
      setTimeout(() => controller.abort(reason), 20)
      return answered
    }
    const client = connect({ baseUrl: url, key, fetch: sent })
    const began = performance.now()
    t.match(await failed(listComplaints({ client, signal: controller.signal })), { code: 'aborted', attempts: 1 })
    t.ok(performance.now() - began < 15_000, 'nobody waits it out')
    t.equal(heard.length, 1)
  })

  await t.test('sends nothing when it came before', async (t) => {
    const { url, heard } = await answering(t, { status: 200 })
    t.match(await failed(listComplaints({ client: to(url), signal: AbortSignal.abort(reason) })), {
      code: 'aborted',
      attempts: 0,
    })
    t.equal(heard.length, 0)
  })
})

await t.test('what cannot be sent', async (t) => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  const body = circle as unknown as NewComplaint
  const error = await failed(fileComplaint({ client: to('http://127.0.0.1:9'), body }))
  t.match(error, { code: 'invalid_request', cause: TypeError })
  t.match(await failed(listComplaints({ client: to('localhost') })), { code: 'invalid_request' })
  t.throws(() => connect({ baseUrl: 'http://127.0.0.1:9', key: 'rdk_se\ncret' }), /^(?!.*cret)/, 'the key is not shown')
})

await t.test('who asks', async (t) => {
  const { url, heard } = await answering(t, { status: 200, body: { data: [], next_cursor: null } })
  await listComplaints({ client: to(`${url}/`, { actor: 'agent:小李' }) })
  await listComplaints({ client: connect({ baseUrl: url }) })
  const [first, second] = heard
  t.match(first?.headers, {
    authorization: `Bearer ${key}`,
    'redress-actor': 'agent:%E5%B0%8F%E6%9D%8E',
    'user-agent': /^redress-client\/\d/,
  })
  t.equal(second?.headers.authorization, undefined)
})
