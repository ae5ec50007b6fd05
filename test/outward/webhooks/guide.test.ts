/** The receiver of the guide, as a stranger would run it, gets a verified event; the client verifies and follows the same. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { connect, followEvents, verifyWebhook } from '../../../openapi/client/redress.ts'
import { freePort } from '../../../src/foundation/process/free-port.ts'
import { eventually, inherited, until } from '../../process/child.ts'
import { movableClock } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { alice, tell } from '../../support/story.ts'
import { settled } from '../feed/room.ts'
import { answers, deliver, endpointTo, openApp, startReceiver } from './receiver.ts'

const code = /^```ts\n([\s\S]*?)\n```$/m.exec(guidePage('receive-events'))?.[1] ?? ''
const now = () => movableClock(new Date().toISOString())

await t.test('the receiver of the guide prints what happens, and refuses what is not genuine', async (t) => {
  const one = await openApp(t, { clock: now() })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const { secret } = await endpointTo(one, url)
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-receiver-'))
  writeFileSync(path.join(folder, 'receiver.ts'), code)
  const child = spawn(process.execPath, [path.join(folder, 'receiver.ts')], {
    env: { ...inherited(), WEBHOOK_SECRET: secret, PORT: String(port) },
  })
  t.teardown(async () => {
    child.kill()
    await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })
  let out = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  const forged = () => fetch(url, { method: 'POST', body: '{}', headers: { 'webhook-id': 'x', 'webhook-signature': 'v1,x' } })
  t.equal((await eventually(forged, 'it listens')).status, 401)
  const story = await tell(one)
  await deliver(one)
  await until(() => out.includes('\n'), 'it prints')
  t.equal(out, `complaint_submitted ${story.id} 1\n`)
  t.ok(code.split('\n').filter((line) => line.trim() !== '').length <= 22, 'about twenty lines')
})

await t.test('the client verifies what was signed either way, and nothing else', async (t) => {
  const one = await openApp(t, { clock: now() })
  for (const signature of ['hmac', 'ed25519']) {
    const receiver = await startReceiver(t)
    const endpoint = await endpointTo(one, receiver.url, { signature })
    const key = endpoint.secret ?? endpoint.public_key
    await tell(one)
    await deliver(one)
    const { headers, text } = receiver.received[0] as (typeof receiver.received)[0]
    const event = await verifyWebhook(key, headers, text)
    t.equal(event.type, 'complaint_submitted')
    await t.rejects(verifyWebhook(key, headers, `${text} `), { name: 'WebhookRefused' }, 'changed')
    await t.rejects(verifyWebhook(key, headers, text, Date.now() + 600_000), { name: 'WebhookRefused' }, 'old')
    await t.rejects(verifyWebhook(key, { ...headers, 'webhook-id': 'x' }, text), { name: 'WebhookRefused' }, 'under another id')
    await t.rejects(verifyWebhook(key, {}, text), { name: 'WebhookRefused' }, 'unsigned')
    for (const forged of ['v1,@@@ v1a,@@@', 'v1, v1a,', 'v1,eA== v1a,eA=='])
      await t.rejects(verifyWebhook(key, { ...headers, 'webhook-signature': forged }, text), { name: 'WebhookRefused' }, forged)
  }
  const other = await endpointTo(one, 'http://127.0.0.1:1/')
  const receiver = await startReceiver(t, answers(200))
  await endpointTo(one, receiver.url)
  await tell(one)
  await deliver(one)
  const { headers, text } = receiver.received[0] as (typeof receiver.received)[0]
  await t.rejects(verifyWebhook(other.secret, headers, text), { name: 'WebhookRefused' }, 'somebody else’s')
})

await t.test('the client follows the feed, and goes on where it stopped', async (t) => {
  const one = await openApp(t)
  const story = await tell(one)
  await story.by(alice, 'accept')
  await settled(one)
  const baseUrl = await one.app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect({ baseUrl, key: await one.key(['integration']) })
  const types: string[] = []
  let after: string | undefined
  for await (const { event, cursor } of followEvents(client, { wait: 0 })) {
    types.push(event.type)
    after = cursor
  }
  t.strictSame(types, ['complaint_submitted', 'complaint_accepted'])
  const next = followEvents(client, after === undefined ? {} : { after })[Symbol.asyncIterator]()
  const waiting = next.next()
  const later = await tell(one)
  const { value } = await waiting
  t.match(value?.event, { type: 'complaint_submitted', subject: { id: later.id } })
  await next.return(undefined)
})

await t.test('a reader of the table of events finds the columns that the guide names', async (t) => {
  const one = await openApp(t)
  const settings = new Map(
    rowsInChapter(guidePage('receive-events'), 'As a stream').map(([name = '', value = '']) => [
      name.replaceAll('`', ''),
      value.replaceAll('`', ''),
    ]),
  )
  t.equal(settings.get('table.include.list'), 'public.event_outbox')
  const columns = [...settings].flatMap(([name, value]) =>
    /table\.field|route\.by\.field|additional/.test(name) ? value.split(',').map((one) => one.replace(/:.*/, '')) : [],
  )
  t.ok(columns.length >= 6)
  const story = await tell(one)
  const [row] = await one.db.selectFrom('event_outbox').selectAll().execute()
  t.strictSame(
    columns.filter((column) => !(column in (row ?? {}))),
    [],
  )
  t.match(row, { subject_type: 'complaint', subject_id: story.id, type: 'complaint_submitted', sequence: 1 })
  t.equal(JSON.parse(row?.payload ?? '').id, row?.id)
})
