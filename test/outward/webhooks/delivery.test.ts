/** What is delivered, in which order, how often, and what becomes of a receiver that does not take it. */

import { createPublicKey, verify } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/foundation/clock.ts'
import { until } from '../../process/child.ts'
import type { Json, TestApp } from '../../support/app.ts'
import { alice, type CaseStory, refundOf, tell, tellToInvestigation } from '../../support/story.ts'
import { faultsIn, readerOf, settled } from '../feed/room.ts'
import { accepts, answers, deliver, endpointTo, logOf, openApp, type Receiver, startReceiver } from './receiver.ts'

const shop = async (t: Test, more: Json = {}): Promise<{ one: TestApp; receiver: Receiver; endpoint: Json }> => {
  const one = await openApp(t)
  const receiver = await startReceiver(t)
  return { one, receiver, endpoint: await endpointTo(one, receiver.url, more) }
}
const sequencesOf = ({ received }: Receiver, story: CaseStory): number[] =>
  received.filter(({ body }) => body.subject.id === story.id).map(({ body }) => body.sequence)

t.test('an event arrives signed, byte for byte as it stands in the feed', async (t) => {
  const { one, receiver, endpoint } = await shop(t, { headers: { 'X-Token': 'abc' } })
  await tell(one)
  await deliver(one)
  const [received] = receiver.received
  const [event] = await readerOf(one).read()
  t.strictSame(received?.body, event)
  t.match(received?.headers, {
    'webhook-id': event.id,
    'content-type': 'application/json',
    'x-token': 'abc',
    'user-agent': /^Redress/,
  })
  const headers = received?.headers ?? {}
  // the library looks at the system's clock: sign what was sent as of now
  const now = new Date()
  const hook = new Webhook(endpoint.secret)
  const sent = { ...headers, 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)) }
  const theirs = hook.sign(event.id, new Date(Number(headers['webhook-timestamp']) * 1000), received?.text ?? '')
  t.equal(headers['webhook-signature'], theirs, 'as the library of the standard signs it')
  const fresh = { ...sent, 'webhook-signature': hook.sign(event.id, now, received?.text ?? '') }
  t.ok(hook.verify(received?.text ?? '', fresh))
  t.throws(() => hook.verify(`${received?.text} `, fresh), 'a changed one does not')
  t.throws(() => hook.verify(received?.text ?? '', headers), 'an old one does not')
  t.throws(
    () => new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').verify(received?.text ?? '', fresh),
    'nor one of somebody else',
  )
  const [delivery] = await logOf(one, endpoint)
  t.match(delivery, {
    event: { id: event.id, type: 'complaint_submitted' },
    state: 'delivered',
    attempts: [{ number: 1, status: 204, error: null, response: '' }],
    next_attempt_at: null,
  })
})

t.test('with a public key anybody can verify it, and nobody sign', async (t) => {
  const { one, receiver, endpoint } = await shop(t, { signature: 'ed25519' })
  await tell(one)
  await deliver(one)
  const { headers, text } = receiver.received[0] as Receiver['received'][0]
  const [version, signature = ''] = headers['webhook-signature']?.split(',') ?? []
  t.equal(version, 'v1a')
  const spki = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(endpoint.public_key.slice(5), 'base64'),
  ])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
  t.ok(verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64')))
  t.notOk(verify(null, Buffer.from(`${content} `), key, Buffer.from(signature, 'base64')))
})

t.test('only what is wanted is sent', async (t) => {
  const { one, receiver } = await shop(t, { types: ['plan_*', 'complaint_escalated'], filters: { merchant: ['M-1'] } })
  const story = await tellToInvestigation(one)
  await story.writePlan(alice, refundOf(5_000))
  await tellToInvestigation(one, { respondent: { role: 'merchant', id: 'M-2' } })
  await deliver(one)
  t.strictSame(
    receiver.received.map(({ body }) => [body.type, body.subject.id]),
    [
      ['complaint_escalated', story.id],
      ['plan_created', story.id],
    ],
  )
})

t.test('a new endpoint gets what happens from now on, and what came before when it is asked for', async (t) => {
  const one = await openApp(t)
  const before = await tell(one)
  // an event that the feed does not show yet, since another transaction of the server is open, would count as new
  await settled(one)
  const receiver = await startReceiver(t)
  const endpoint = await endpointTo(one, receiver.url)
  const story = await tell(one)
  await deliver(one)
  t.strictSame(
    receiver.received.map(({ body }) => body.subject.id),
    [story.id],
  )
  const recover = (body: object) => one.call('POST', `/v1/webhook-endpoints/${endpoint.id}/recover`, { body })
  const since = '2020-01-01T00:00:00Z'
  t.match((await recover({ since })).body, { queued: 0, looked_at: 2, next_since: null }, 'nothing was given up')
  t.match((await recover({ since, only_failed: false })).body, { queued: 1 })
  t.match((await recover({ since, only_failed: false })).body, { queued: 0 }, 'once')
  await deliver(one)
  t.strictSame(
    receiver.received.map(({ body }) => body.subject.id),
    [story.id, before.id],
  )
})

t.test('events of one case wait for each other, and other cases go on', async (t) => {
  const { one, receiver } = await shop(t)
  const [stuck, other] = [await tellToInvestigation(one), await tellToInvestigation(one)]
  receiver.behave = (response, received) =>
    (received.body.subject.id === stuck.id && received.body.sequence === 2 ? answers(500) : accepts)(response, received)
  await deliver(one)
  t.strictSame(sequencesOf(receiver, stuck), [1, 2])
  t.strictSame(sequencesOf(receiver, other), [1, 2, 3])
  await deliver(one)
  t.strictSame(sequencesOf(receiver, stuck), [1, 2], 'not before its time')
  receiver.behave = accepts
  one.clock.advance(6 * SECOND)
  await stuck.by(alice, 'assign', { owner: alice }).catch(() => undefined)
  await deliver(one)
  const [, , ...rest] = sequencesOf(receiver, stuck)
  t.strictSame(rest.slice(0, 2), [2, 3], 'then the one that failed, and the next')
  const ids = receiver.received.filter(({ body }) => body.subject.id === stuck.id && body.sequence === 2)
  t.equal(new Set(ids.map(({ headers }) => headers['webhook-id'])).size, 1, 'under the same id')
})

t.test('an endpoint that wants no order gets each event as soon as it may', async (t) => {
  const { one, receiver } = await shop(t, { ordered: false })
  const story = await tellToInvestigation(one)
  receiver.behave = (response, received) => (received.body.sequence === 1 ? answers(500) : accepts)(response, received)
  await deliver(one)
  t.strictSame(new Set(sequencesOf(receiver, story)), new Set([1, 2, 3]))
})

t.test('what is given up after ten attempts leaves a gap that the next event tells of, once', async (t) => {
  const { one, receiver, endpoint } = await shop(t)
  const [story, well] = [await tellToInvestigation(one), await tell(one)]
  receiver.behave = (response, received) =>
    (received.body.subject.id === story.id && received.body.sequence === 2 ? answers(500) : accepts)(response, received)
  for (let n = 0; n < 12; n++) {
    await deliver(one)
    // another case does well meanwhile, so the endpoint is not at fault
    await well.try(well.buyer, `/v1/complaints/${well.id}/messages`, { text: `${n}`, visibility: 'parties' })
    one.clock.advance(27 * HOUR)
  }
  t.strictSame(sequencesOf(receiver, story).filter((sequence) => sequence === 2).length, 10)
  const third = receiver.received.find(({ body }) => body.subject.id === story.id && body.sequence === 3)
  t.equal(third?.body.gap_from, 2)
  t.match(
    (await logOf(one, endpoint, '&state=failed')).map(({ sequence, attempts }) => [sequence, attempts.length]),
    [[2, 10]],
  )
  receiver.behave = accepts
  await story.writePlan(alice, refundOf(5_000))
  await deliver(one)
  const last = receiver.received.at(-1)
  t.match(last?.body, { subject: { id: story.id } })
  t.equal(last?.body.gap_from, undefined, 'once')

  const [failed] = await logOf(one, endpoint, '&state=failed')
  t.equal((await one.call('POST', `/v1/webhook-deliveries/${failed.id}/retry`)).status, 200)
  await deliver(one)
  t.match(receiver.received.at(-1)?.body, { subject: { id: story.id }, sequence: 2 }, 'by hand it is sent all the same')
  t.strictSame(await logOf(one, endpoint, '&state=failed'), [])
})

t.test('a subject that is held for over an hour is shown, and released by hand', async (t) => {
  const { one, receiver, endpoint } = await shop(t)
  const story = await tellToInvestigation(one)
  receiver.behave = answers(500)
  await deliver(one)
  one.clock.advance(5 * SECOND + MINUTE)
  await deliver(one)
  const heldOf = async () => (await one.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body.held
  t.strictSame(await heldOf(), [])
  one.clock.advance(HOUR)
  const [held] = await heldOf()
  t.match(held, { subject: { type: 'complaint', id: story.id }, sequence: 1 })
  t.match((await one.call('GET', '/metrics', { key: null })).text, /^redress_webhook_subjects_held 1$/m)
  receiver.behave = accepts
  const skip = () => one.call('POST', `/v1/webhook-deliveries/${held.delivery_id}/skip`)
  t.match((await skip()).body, { state: 'skipped', next_attempt_at: null })
  t.equal((await skip()).status, 409)
  await deliver(one)
  t.strictSame(sequencesOf(receiver, story).slice(-2), [2, 3])
  t.equal(receiver.received.find(({ body }) => body.sequence === 2)?.body.gap_from, 1)
  t.strictSame(await heldOf(), [])
})

t.test('410 disables at once, and the feed tells so', async (t) => {
  const { one, receiver, endpoint } = await shop(t)
  const story = await tellToInvestigation(one)
  receiver.behave = answers(410)
  await deliver(one)
  t.equal(receiver.received.length, 1)
  const { body } = await one.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)
  t.match(body, { state: 'disabled', disabled_reason: 'gone', version: 2 })
  await settled(one)
  const events = await readerOf(one, 'types=webhook_endpoint_disabled').read()
  t.match(events, [
    {
      subject: { type: 'platform', id: one.platformId },
      sequence: 1,
      complaint: null,
      resource: { type: 'webhook_endpoint', id: endpoint.id },
      data: { reason_code: 'gone' },
    },
  ])
  t.match((await one.call('GET', '/metrics', { key: null })).text, /redress_webhook_endpoints_disabled_total\{reason="gone"\} 1/)

  receiver.behave = accepts
  await story.by(alice, 'assign', { owner: alice }).catch(() => undefined)
  await deliver(one)
  t.equal(receiver.received.length, 1, 'nothing is sent to it')
  await one.call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { body: { state: 'active' }, headers: { 'if-match': '"2"' } })
  one.clock.advance(MINUTE)
  await deliver(one)
  t.strictSame(
    faultsIn(
      receiver.received
        .slice(1)
        .map(({ body }) => body)
        .filter(({ subject }) => subject.id === story.id),
    ),
    [],
  )
  t.ok(sequencesOf(receiver, story).length >= 4, 'made active again, it misses nothing')
})

t.test('five days of nothing but failure disable', async (t) => {
  const { one, receiver, endpoint } = await shop(t)
  for (let n = 0; n < 3; n++) await tell(one)
  receiver.behave = answers(500)
  for (let hours = 0; hours <= 5 * 24 + 24; hours += 6) {
    await deliver(one)
    one.clock.advance(6 * HOUR)
  }
  const { body } = await one.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)
  t.match(body, { state: 'disabled', disabled_reason: 'failing' })
  const log = await logOf(one, endpoint)
  t.ok(log.flatMap(({ attempts }) => attempts).length >= 10)
  t.ok(Date.parse(body.updated_at) - Date.parse(body.failing_since) >= 5 * DAY)
})

t.test('a receiver that asks for a rest has it, all of it', async (t) => {
  const { one, receiver } = await shop(t)
  for (let n = 0; n < 30; n++) await tell(one)
  receiver.behave = answers(429, { 'retry-after': '600' })
  await deliver(one)
  const asked = receiver.received.length
  t.ok(asked <= 16, `${asked} were under way`)
  receiver.behave = accepts
  one.clock.advance(599 * SECOND)
  await deliver(one)
  t.equal(receiver.received.length, asked)
  one.clock.advance(2 * SECOND)
  await deliver(one)
  t.equal(receiver.received.length, asked + 30 - 0)
})

t.test('no more requests at a time, and a second, than are allowed', async (t) => {
  const { one, receiver } = await shop(t, { max_per_second: 5 })
  for (let n = 0; n < 12; n++) await tell(one)
  await deliver(one)
  t.equal(receiver.received.length, 5)
  one.clock.advance(SECOND)
  await deliver(one)
  t.equal(receiver.received.length, 10)
  // slow enough that requests to it overlap
  const many = await startReceiver(t, (response, received) => setTimeout(() => accepts(response, received), 20))
  await endpointTo(one, many.url)
  for (let n = 0; n < 40; n++) await tell(one)
  await deliver(one)
  t.equal(many.received.length, 40)
  t.ok(Math.max(...many.received.map(({ beside }) => beside)) < 16)
})

t.test('what is included is put together when it is sent, without persons unless an admin has said so', async (t) => {
  const { one, receiver } = await shop(t, { include: 'complaint' })
  const open = await startReceiver(t)
  await endpointTo(one, open.url, { include: 'complaint', personal: true })
  const story = await tell(one, { description: '机密文字', reference: 'MP-7' })
  await story.by(alice, 'accept')
  await deliver(one)
  const [first] = receiver.received
  t.match(first?.body.included.complaint, {
    id: story.id,
    status: 'negotiating',
    complainant: { role: 'buyer' },
    wanted: { amount: 5_000 },
  })
  t.notMatch(first?.text, /机密文字|B-1|M-1|alice/)
  t.strictSame(Object.keys(first?.body.included), ['complaint'])
  const [filed, accepted] = open.received.map(({ body }) => body.included)
  t.match(filed, {
    complaint: { description: '机密文字', complainant: { id: 'B-1' }, owner: alice },
    actor: { role: 'buyer', id: 'B-1' },
  })
  t.match(accepted.actor, { role: 'agent', id: 'alice' }, 'and who did it, of whom all others hear only the role')
  t.strictSame(open.received[0]?.body.data.actor, { role: 'buyer' }, 'the event itself is the same for everybody')
})

t.test('two instances share the work, and what one leaves the other takes when its lease has ended', async (t) => {
  const { one, receiver } = await shop(t)
  for (let n = 0; n < 10; n++) await tellToInvestigation(one)
  await Promise.all([deliver(one), deliver(one), deliver(one)])
  t.equal(receiver.received.length, 30, 'each once')
  t.strictSame(faultsIn(receiver.received.map(({ body }) => body)), [])
  const story = await tell(one)
  await deliver(one)
  await one.db
    .updateTable('webhook_deliveries')
    .set({
      state: 'pending',
      next_at: '2026-01-01T00:00:00Z',
      leased_until: new Date(one.clock.nowMs() + 30_000).toISOString(),
      ended_at: null,
    })
    .where('subject_id', '=', story.id)
    .execute()
  await deliver(one)
  t.equal(receiver.received.length, 31, 'somebody else has it')
  one.clock.advance(31 * SECOND)
  await deliver(one)
  t.equal(receiver.received.length, 32)
})

t.test('a dead endpoint keeps no other waiting, and each of the living gets everything in order', async (t) => {
  const { one, receiver } = await shop(t)
  const second = await startReceiver(t)
  const held: (() => void)[] = []
  const hangs = await startReceiver(t, (response, received) => void held.push(() => accepts(response, received)))
  const fails = await startReceiver(t, answers(500))
  for (const { url } of [second, hangs, fails]) await endpointTo(one, url)
  for (let n = 0; n < 20; n++) await tellToInvestigation(one)
  const delivering = deliver(one)
  const living = [receiver, second]
  await until(() => living.every(({ received }) => received.length >= 60), 'the good endpoints have everything')
  t.ok(hangs.received.length <= 16)
  hangs.behave = accepts
  for (const answer of held) answer()
  for (const { received } of living) {
    t.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 60)
    t.strictSame(faultsIn(received.map(({ body }) => body)), [])
  }
  await delivering
})

t.test('a request that hangs keeps no other case of its endpoint waiting, nor what is told meanwhile', async (t) => {
  const { one, receiver } = await shop(t)
  const [stuck, other] = [await tellToInvestigation(one), await tell(one)]
  let release = (): void => undefined
  receiver.behave = (response, received) => {
    if (received.body.subject.id !== stuck.id) accepts(response, received)
    else release = () => accepts(response, received)
  }
  const delivering = deliver(one)
  await until(() => sequencesOf(receiver, stuck).length === 1, 'it is under way')
  await other.by(alice, 'accept')
  await until(() => sequencesOf(receiver, other).length === 2, 'the other case has all')
  t.strictSame(sequencesOf(receiver, stuck), [1])
  receiver.behave = accepts
  release()
  await delivering
  t.strictSame(sequencesOf(receiver, stuck), [1, 2, 3])
})

t.test('beside requests without end all is delivered still, once and in order', async (t) => {
  const { one, receiver } = await shop(t)
  for (let n = 0; n < 20; n++) await tellToInvestigation(one)
  one.deps.traffic.count(() => 100)
  await deliver(one)
  t.equal(receiver.received.length, 60)
  t.strictSame(faultsIn(receiver.received.map(({ body }) => body)), [])
})

t.test('the instance counts the requests that it is at', async (t) => {
  let during: number | undefined
  const one = await openApp(t, {
    routes: (root, { traffic }) =>
      void root.addHook('preHandler', async () => {
        during = traffic.requests()
      }),
  })
  await one.call('GET', '/v1/me')
  t.equal(during, 1)
  t.equal(one.deps.traffic.requests(), 0)
})
