/** The scripts that follow events, and look after what is sent of them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { settled } from '../outward/feed/room.ts'
import { accepts, answers, deliver, endpointTo, openApp, startReceiver } from '../outward/webhooks/receiver.ts'
import { until } from '../process/child.ts'
import { movableClock } from '../support/app.ts'
import { alice, tell } from '../support/story.ts'
import { OPS, run, SCRIPTS } from './run.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'redress-events-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const one = await openApp(t)
const REDRESS_URL = await one.app.listen({ port: 0, host: '127.0.0.1' })
const program = { REDRESS_URL, REDRESS_KEY: await one.key(['integration']), REDRESS_ACTOR: '' }
const admin = { REDRESS_URL, REDRESS_KEY: await one.key(['admin']), REDRESS_ACTOR: '' }
const ops = (name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = program) => run(path.join(OPS, name), args, env)
const line = (type: string) => new RegExp(`^2026-11-21 19:16:00Z {2}RD-\\S+ {2}\\d+ {2}${type} {2}.*complaint \\S+$`, 'm')

await t.test('events are followed from where one stopped', async (t) => {
  const story = await tell(one)
  await settled(one)
  const state = path.join(folder, 'cursor')
  const first = await ops('events.sh', ['--state', state, '--from-start', '--once'])
  t.match(first, { code: 0, out: line('complaint_submitted'), err: '' })
  t.equal(first.out.split('\n').length, 2, 'one line')
  t.match(await ops('events.sh', ['--state', state, '--once']), { code: 0, out: '' })
  await story.by(alice, 'accept')
  await settled(one)
  t.match(await ops('events.sh', ['--state', state, '--once']), { code: 0, out: line('complaint_accepted') })
  const filtered = await ops('events.sh', ['--from-start', '--once', '--types', 'plan_*', '--case', story.id])
  t.match(filtered, { code: 0, out: '' })
  const raw = await ops('events.sh', ['--from-start', '--once', '--json', '--merchant', 'M-1'])
  t.equal(JSON.parse(raw.out.split('\n')[0] ?? '').subject.id, story.id)
  const stale = await ops('events.sh', ['--after', 'nonsense', '--once'])
  t.match(stale, { code: 1, err: /invalid_cursor/ })
  const party = { REDRESS_URL, REDRESS_KEY: await one.key(['buyer']), REDRESS_ACTOR: 'buyer:B-1' }
  t.match(await ops('events.sh', ['--once'], party), { code: 1, err: /forbidden/ })
})

await t.test('what happens is shown while one looks on, and where to go on when one stops', async (t) => {
  const state = path.join(folder, 'follows')
  const child = spawn(path.join(OPS, 'events.sh'), ['--state', state], { env: { ...process.env, ...program } })
  let out = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  const kept = () => (existsSync(state) ? readFileSync(state, 'utf8') : '')
  await until(() => kept() !== '', 'it has looked once')
  const place = kept()
  await tell(one)
  await until(() => out !== '', 'it shows what happens')
  t.match(out, line('complaint_submitted'))
  await until(() => kept() !== place, 'it keeps where it is')
  child.kill('SIGTERM')
  await once(child, 'exit')
  t.match(await ops('events.sh', ['--state', state, '--once']), { code: 0, out: '' }, 'and goes on there')
})

await t.test('deliveries are listed, sent again and given up', async (t) => {
  await settled(one)
  const receiver = await startReceiver(t, answers(500))
  const endpoint = await endpointTo(one, receiver.url)
  const story = await tell(one)
  await deliver(one)
  t.match(await ops('deliveries.sh'), { code: 0, out: new RegExp(`^active {2}failing since .* ${endpoint.id}\n$`) })
  const listed = await ops('deliveries.sh', [endpoint.id, '--state', 'pending'])
  t.match(listed, {
    code: 0,
    out: new RegExp(`pending {2}complaint_submitted {2}1 {2}1 × status 500 {2}next .* ${story.id} {2}\\S+\n$`),
  })
  const id = listed.out.trim().split(/\s+/).at(-1) ?? ''
  t.match(await ops('retry-deliveries.sh', [id]), { code: 1, err: /forbidden/ }, 'for admins')
  t.match(await ops('retry-deliveries.sh', ['--skip', id], admin), { code: 0, out: /skipped/ })
  t.match(await ops('retry-deliveries.sh', ['--skip', id], admin), { code: 1, err: /action_not_available/ })
  const since = ['--endpoint', endpoint.id, '--since', '2020-01-01T00:00:00Z']
  t.match(await ops('retry-deliveries.sh', since, admin), { code: 0, out: 'queued 1\n' })
  receiver.behave = accepts
  one.clock.advance(10_000)
  await deliver(one)
  t.match(await ops('deliveries.sh', [endpoint.id, '--all']), {
    code: 0,
    out: / delivered {2}complaint_submitted {2}1 {2}2 × delivered 204/,
  })
  t.match(await ops('retry-deliveries.sh', [id], admin), { code: 0, out: /pending/ })
  t.match(await ops('retry-deliveries.sh', [...since, '--never-made'], admin), { code: 0, out: /^queued [1-9]/ })
  for (const args of [[], [id, ...since], ['--since', '2020-01-01T00:00:00Z'], ['../x']])
    t.match(await ops('retry-deliveries.sh', args, admin), { code: 2 }, args.join(' '))
})

await t.test('the demo with a receiver prints every event of its cases, verified', async (t) => {
  const live = await openApp(t, { clock: movableClock(new Date().toISOString()) })
  const url = await live.app.listen({ port: 0, host: '127.0.0.1' })
  let isOver = false
  const played = run(process.execPath, [path.join(SCRIPTS, 'demo.ts'), '--webhooks'], {
    REDRESS_URL: url,
    REDRESS_KEY: await live.key(['admin']),
  }).finally(() => {
    isOver = true
  })
  while (!isOver) await Promise.race([deliver(live), played])
  const { code, out, err } = await played
  t.equal(code, 0, err)
  const told = await live.db.selectFrom('case_events').select(['sequence', 'type']).orderBy('sequence').execute()
  const shown = out.split('\n').flatMap((text) => /⇠ webhook (\d+) (\S+)/.exec(text)?.slice(1, 3).join(' ') ?? [])
  // it plays two cases, and the order holds within each
  t.strictSame(shown.toSorted(), told.map(({ sequence, type }) => `${sequence} ${type}`).toSorted())
  t.match(out, `${told.length} events arrived, each with a signature that holds.`)
  const { body } = await live.call('GET', '/v1/webhook-endpoints')
  t.strictSame(body.data, [], 'its endpoint is gone')
})
