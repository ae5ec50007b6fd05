import t, { type Test } from 'tap'
import {
  connect,
  createApiKey,
  fileComplaint,
  getComplaint,
  listApiKeys,
  listComplaints,
  listEvidence,
  type NewComplaint,
  type Patience,
  updateComplaint,
  uploadEvidence,
} from '../../openapi/client/redress.ts'
import { UNKEYED } from '../../openapi/client/src/repeat.ts'
import { testApp } from '../support/app.ts'
import { answering, type Fault, heldTime, lineTo } from './between.ts'

const { app, everyRole: key } = await testApp(t)
const service = await app.listen({ port: 0, host: '127.0.0.1' })

const complaint = (reference: string): NewComplaint => ({
  reference,
  channel: 'portal',
  category: 'other',
  complainant: { role: 'buyer', id: 'B-1' },
  respondent: { role: 'merchant', id: 'M-1' },
  description: '屏幕有划痕',
})

const sure = connect({ baseUrl: service, key, actor: 'agent:li' })
const filed = async (reference: string) =>
  (await listComplaints({ client: sure, query: { reference: [reference] } })).data.data.length

/** A client whose line to the service has these faults, one for each request. */
const over = async (t: Test, faults: Fault[], patience: Patience & { actor?: string } = {}) => {
  const line = await lineTo(t, service, ...faults)
  const time = heldTime()
  const client = connect({ baseUrl: line.url, key, actor: 'agent:li', ...patience }, time)
  return { client, waits: time.waits, heard: line.heard }
}

const unavailable = (retryAfter: string): Fault => ({
  status: 503,
  headers: { 'retry-after': retryAfter, 'content-type': 'application/problem+json' },
  body: { type: 'x', title: 'x', status: 503, detail: 'Ask again.', instance: 'r-1', code: 'unavailable' },
})

await t.test('a complaint is filed once, however often the line breaks', async (t) => {
  for (const fault of ['dead', 'done', 'half'] as const) {
    const { client, heard } = await over(t, [fault, fault], { actor: 'buyer:B-1' })
    const { data } = await fileComplaint({ client, body: complaint(`line-${fault}`) })
    t.equal(data.reference, `line-${fault}`)
    t.equal(await filed(`line-${fault}`), 1, fault)
    t.equal(heard.length, 3)
    const keys = new Set(heard.map(({ headers }) => headers['idempotency-key']))
    t.equal(keys.size, 1, 'one key for all attempts')
    t.match([...keys], [/^[\x21-\x7e]{1,255}$/])
  }
})

await t.test('each call has a key of its own, and the caller’s own is kept', async (t) => {
  const { client, heard } = await over(t, ['done'], { actor: 'buyer:B-1' })
  const headers = { 'Idempotency-Key': 'mine' }
  const { data, response } = await fileComplaint({ client, body: complaint('own-key'), headers })
  t.equal(response.headers.get('idempotent-replayed'), 'true')
  const again = await fileComplaint({ client, body: complaint('own-key'), headers })
  t.equal(again.data.id, data.id)
  t.strictSame(
    heard.map((request) => request.headers['idempotency-key']),
    ['mine', 'mine', 'mine'],
  )
  await t.rejects(fileComplaint({ client, body: complaint('own-key') }), { code: 'reference_taken', attempts: 1 })
})

await t.test('what the service cannot do now is asked for again when it said', async (t) => {
  const { client, waits } = await over(t, [unavailable('7'), unavailable('0')], { actor: 'buyer:B-1' })
  await fileComplaint({ client, body: complaint('busy') })
  t.equal(await filed('busy'), 1)
  t.strictSame(waits, [7000, 0])
})

await t.test('the time to wait may be a date', async (t) => {
  const { client, waits } = await over(t, [unavailable(new Date(Date.now() + 20_000).toUTCString())])
  await listComplaints({ client })
  const [waited = 0] = waits
  t.ok(waited > 15_000 && waited <= 20_000, String(waited))
})

await t.test('without a word from the service the waits double, shortened by chance', async (t) => {
  const { client, waits } = await over(t, ['dead', 'dead', 'dead', 'dead'], { retries: 4 })
  await listComplaints({ client })
  t.strictSame(waits, [125, 250, 500, 1000])
})

await t.test('patience ends by number and by time', async (t) => {
  const many = Array.from({ length: 9 }, () => 'dead' as const)
  const byNumber = await over(t, many)
  await t.rejects(listComplaints({ client: byNumber.client }), { code: 'connection_failed', attempts: 4 })
  t.equal(byNumber.heard.length, 4)
  const once = await over(t, many)
  await t.rejects(listComplaints({ client: once.client, retries: 0 }), { code: 'connection_failed', attempts: 1 })
  t.equal(once.heard.length, 1)
  const byTime = await over(t, [unavailable('3'), unavailable('3')], { totalTimeoutMs: 5_000 })
  await t.rejects(listComplaints({ client: byTime.client }), { code: 'unavailable', attempts: 2, retryAfter: 3 })
  const tooLong = await over(t, [unavailable('3600')])
  await t.rejects(listComplaints({ client: tooLong.client }), { code: 'unavailable', attempts: 1, retryAfter: 3600 })
  t.strictSame(tooLong.waits, [], 'nobody waits for what comes too late')
})

await t.test('a change under a version is repeated, and says when it may have been its own', async (t) => {
  const { data } = await fileComplaint({
    client: connect({ baseUrl: service, key, actor: 'buyer:B-1' }),
    body: complaint('changed'),
  })
  const path = { id: data.id }
  const unheard = await over(t, ['dead'])
  const changed = await updateComplaint({
    client: unheard.client,
    path,
    headers: { 'If-Match': `"${data.version}"` },
    body: { category: 'logistics' },
  })
  t.equal(changed.data.category, 'logistics')
  const lost = await over(t, ['done'])
  const headers = { 'If-Match': `"${changed.data.version}"` }
  const refused = updateComplaint({ client: lost.client, path, headers, body: { tags: ['x'] } })
  await t.rejects(refused, { code: 'version_stale', attempts: 2, message: /may have made the change itself/ })
  t.strictSame((await getComplaint({ client: sure, path })).data.tags, ['x'])
  const stale = updateComplaint({ client: sure, path, headers, body: { tags: ['x'] } })
  await t.rejects(stale, { code: 'version_stale', attempts: 1, message: /^(?!.*itself)/ })
})

await t.test('a key is made once: a second would be one that nobody knows of', async (t) => {
  const client = (await over(t, ['done'], { actor: 'admin:root' })).client
  const admin = connect({ baseUrl: service, key, actor: 'admin:root' })
  const before = (await listApiKeys({ client: admin })).data.data.length
  await t.rejects(createApiKey({ client, body: { name: 'shop', roles: ['agent'] } }), { code: 'connection_failed', attempts: 1 })
  t.equal((await listApiKeys({ client: admin })).data.data.length, before + 1)
})

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

await t.test('a file is handed in once, and read again for each attempt', async (t) => {
  const { data } = await fileComplaint({
    client: connect({ baseUrl: service, key, actor: 'buyer:B-1' }),
    body: complaint('photo'),
  })
  const path = { id: data.id }
  const { client } = await over(t, ['done', 'dead'], { actor: 'buyer:B-1' })
  const photo = { type: 'photo', description: '划痕', file: new File([png], '划痕.png') } as const
  const { data: evidence } = await uploadEvidence({ client, path, body: photo })
  t.match(evidence, { type: 'photo', file_name: '划痕.png', media_type: 'image/png', size_bytes: png.length })
  t.equal((await listEvidence({ client: sure, path })).data.data.length, 1)
  const named = await uploadEvidence({ client, path, body: { type: 'photo', file: new Blob([png]), file_name: 'b.png' } })
  t.equal(named.data.file_name, 'b.png')
})

await t.test('what is read while it is sent cannot be sent again', async (t) => {
  const { client, heard } = await over(t, ['dead', 'dead'])
  const body = new Blob(['{}']).stream()
  const request = { url: '/v1/sweeps', body, bodySerializer: null } as const
  await t.rejects(client.post(request), { code: 'connection_failed', attempts: 1 })
  t.equal(heard.length, 1)
})

await t.test('what makes one more each time is known to the client', async (t) => {
  type Paths = Record<string, Record<string, { description?: string }>>
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Paths }>()
  const operations = Object.entries(paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, url, ...operation })),
  )
  const unkeyed = operations.filter(({ description }) => /`Idempotency-Key` (has no effect|is ignored)/.test(description ?? ''))
  t.strictSame(new Set(unkeyed.map(({ url }) => url)), UNKEYED)
  t.ok(unkeyed.every(({ method }) => method === 'post'))
})

await t.test('the first attempt is still at work: its answer is waited for', async (t) => {
  const problem = { type: 'x', title: 'x', detail: 'Still running.', instance: 'r' }
  const { url, heard } = await answering(
    t,
    { status: 409, headers: { 'retry-after': '1' }, body: { ...problem, status: 409, code: 'idempotency_in_progress' } },
    { status: 201, body: { id: 'c-1' } },
  )
  const time = heldTime()
  const { data } = await fileComplaint({ client: connect({ baseUrl: url, key }, time), body: complaint('x') })
  t.equal(data.id, 'c-1')
  t.equal(heard.length, 2)
  t.strictSame(time.waits, [1000])
})

await t.test('a no of the service is a no', async (t) => {
  for (const [status, code] of [
    [400, 'validation_failed'],
    [409, 'reference_taken'],
    [422, 'order_needed'],
    [500, 'internal_error'],
  ] as const) {
    const body = { type: 'x', title: 'x', detail: 'No.', instance: 'r', status, code }
    const { url, heard } = await answering(t, { status, body })
    await t.rejects(fileComplaint({ client: connect({ baseUrl: url, key }, heldTime()), body: complaint('x') }), { code, status })
    t.equal(heard.length, 1, code)
  }
})
