/** The feed over HTTP: what it shows, to whom, how one goes on, waits, and comes too late. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { forgetEvents } from '../../../src/outward/feed/forget.ts'
import { testApp } from '../../support/app.ts'
import { alice, refundOf, tell, tellToInvestigation, zhao } from '../../support/story.ts'
import { faultsIn, integration, readerOf, settled, typesOf } from './room.ts'

t.test('every event of every case stands in one feed, each with its case as it was then', async (t) => {
  const one = await testApp(t)
  const first = await tell(one, { reference: 'MP-1' })
  const second = await tell(one)
  await first.by(alice, 'accept')
  await settled(one)
  const events = await readerOf(one).read()
  t.strictSame(
    events.map(({ type, subject, sequence }) => [type, subject.id, sequence]),
    [
      ['complaint_submitted', first.id, 1],
      ['complaint_submitted', second.id, 1],
      ['complaint_accepted', first.id, 2],
    ],
  )
  const { body: seen } = await one.call('GET', `/v1/complaints/${first.id}`, { as: alice })
  const { data: timeline } = await first.read(alice, `/v1/complaints/${first.id}/events?sort=sequence`)
  const { data, ...accepted } = events[2]
  t.strictSame(accepted, {
    id: timeline[1].id,
    type: 'complaint_accepted',
    timestamp: timeline[1].at,
    subject: { type: 'complaint', id: first.id },
    sequence: 2,
    complaint: { id: first.id, case_number: seen.case_number, reference: 'MP-1', status: 'negotiating', version: seen.version },
    resource: { type: 'complaint', id: first.id },
  })
  t.match(data, { actor: { role: 'agent' }, from_status: 'submitted', to_status: 'negotiating', reason_code: null })
  t.strictSame((await one.call('GET', `/v1/events/${accepted.id}`, { as: integration })).body, events[2], 'by its id')
})

t.test('no words and no person go out, and what a program acts on does', async (t) => {
  const one = await testApp(t)
  const story = await tellToInvestigation(one, { description: '机密文字' })
  await story.by(alice, 'determine-liability', {
    shares: [{ party: 'merchant', percent: 100 }],
    reason_code: 'missing_item',
    root_cause: '机密文字',
    explanation: '机密文字',
    note: '机密文字',
  })
  await story.writePlan(alice, { ...refundOf(5_000), explanation: '机密文字' })
  await story.onPlan(alice, 'propose')
  await story.onPlan(story.buyer, 'accept')
  await story.onPlan(story.respondent, 'accept')
  await settled(one)
  const { text } = await one.call('GET', '/v1/events?limit=100', { as: integration })
  t.notMatch(text, /机密文字|alice|B-1|M-1/)
  const asked = JSON.parse(text).data.find(({ type }: { type: string }) => type === 'refund_requested')
  t.match(asked.data, { actor: { role: 'merchant' }, amount: 5_000, currency: 'CNY', method: 'original_payment' })
  t.type(asked.data.step_id, 'string', 'the payment can be reported')
})

t.test('who may read it', async (t) => {
  const one = await testApp(t)
  const story = await tell(one)
  for (const as of [story.buyer, story.respondent, alice, zhao])
    for (const url of ['/v1/events', `/v1/events/${newId()}`])
      t.equal((await one.call('GET', url, { as })).status, 403, `${as} ${url}`)
  const key = await one.key(['integration'])
  await settled(one)
  t.equal((await one.call('GET', '/v1/events', { as: null, key })).body.data.length, 1, 'a key of that role names nobody')
  t.equal((await one.call('GET', `/v1/complaints/${story.id}`, { as: null, key })).status, 200, 'and reads cases')
  const refused = [
    ['POST', '/v1/complaints'],
    ['POST', `/v1/complaints/${story.id}/accept`],
    ['POST', `/v1/complaints/${story.id}/messages`],
    ['POST', `/v1/complaints/${story.id}/evidence`],
    ['POST', '/v1/sweeps'],
    ['POST', '/v1/api-keys'],
    ['GET', '/v1/stuck-cases'],
  ] as const
  for (const [method, url] of refused)
    t.equal(
      (await one.call(method, url, { as: null, key, ...(method === 'POST' ? { body: {} } : {}) })).status,
      403,
      `${method} ${url}`,
    )
  t.strictSame((await one.call('GET', `/v1/complaints/${story.id}`, { as: null, key })).body.available_actions, [])
  const other = await one.platform('test')
  t.strictSame((await one.call('GET', '/v1/events', { as: integration, key: other.key })).body.data, [], 'of its own platform')
  const { body } = await one.call('GET', '/v1/events', { as: integration })
  t.equal((await one.call('GET', `/v1/events/${body.data[0].id}`, { as: integration, key: other.key })).status, 404)
  t.match(await one.call('GET', `/v1/events?after=${body.next_cursor}`, { as: integration, key: other.key }), {
    status: 400,
    body: { code: 'invalid_cursor', errors: [{ pointer: '?after' }] },
  })
})

t.test('a cursor goes on with other filters and other keys, and filters leave nothing out', async (t) => {
  const one = await testApp(t)
  const story = await tellToInvestigation(one)
  for (let n = 0; n < 30; n++) await tell(one, { respondent: { role: 'merchant', id: 'M-2' } })
  await story.writePlan(alice, refundOf(5_000))
  await story.onPlan(alice, 'propose')
  await settled(one)
  const all = await readerOf(one).read(7)
  t.strictSame(faultsIn(all), [])
  for (const limit of [1, 7, 100]) {
    const plans = readerOf(one, 'types=plan_*,complaint_escalated')
    t.strictSame(typesOf(await plans.read(limit)), ['complaint_escalated', 'plan_created', 'plan_proposed'], `${limit} a page`)
    t.strictSame(await plans.read(limit), [], 'and then nothing')
    const merchant = readerOf(one, 'merchant=M-1')
    t.strictSame(
      await merchant.read(limit),
      all.filter(({ subject }) => subject.id === story.id),
    )
    t.strictSame(await readerOf(one, `complaint=${story.id}`).read(limit), merchant.seen)
  }
  const { body } = await one.call('GET', '/v1/events?limit=3', { as: integration })
  const key = await one.key(['integration'])
  const rest = await one.call('GET', `/v1/events?limit=100&after=${body.next_cursor}&types=*`, { as: null, key })
  t.strictSame([...body.data, ...rest.body.data], all)
  for (const query of ['types=Plan', 'types=*_x', 'types=complaint_acepted', 'complaint=7', 'wait=31', 'limit=0', 'after=xyz'])
    t.equal((await one.call('GET', `/v1/events?${query}`, { as: integration })).status, 400, query)
})

t.test('who waits has the answer as soon as something happens, and takes nobody’s place meanwhile', async (t) => {
  const one = await testApp(t)
  await tell(one)
  await settled(one)
  const { body } = await one.call('GET', '/v1/events?after=now', { as: integration })
  t.strictSame(body, { data: [], next_cursor: body.next_cursor, has_more: false })
  const waiting = Array.from({ length: 300 }, (_, n) =>
    one.call('GET', `/v1/events?after=${body.next_cursor}&wait=30&limit=${1 + (n % 3)}`, { as: integration }),
  )
  const unmet = one.call('GET', `/v1/events?after=${body.next_cursor}&wait=1&types=plan_*`, { as: integration })
  const story = await tell(one)
  for (const answer of await Promise.all(waiting)) {
    t.equal(answer.status, 200)
    t.strictSame(
      answer.body.data.map(({ subject }: { subject: { id: string } }) => subject.id),
      [story.id],
    )
  }
  t.match(await unmet, { status: 200, body: { data: [], has_more: false } }, 'what is not asked for ends no waiting')
})

t.test('what is too old is gone, and who has missed some hears of it', async (t) => {
  const one = await testApp(t)
  for (let n = 0; n < 5; n++) await tell(one)
  await settled(one)
  const slow = readerOf(one)
  const { body } = await one.call('GET', '/v1/events?limit=2', { as: integration })
  await slow.read()
  t.equal(await forgetEvents(one.db, one.platformId, Date.now() - DAY, 100), 0, 'what is young stays')
  t.equal(await forgetEvents(one.db, one.platformId, Date.now() + DAY, 3), 3, 'the oldest first')
  const late = await one.call('GET', `/v1/events?after=${body.next_cursor}`, { as: integration })
  t.match(late, { status: 410, body: { code: 'events_forgotten', detail: /updated_from/ } })
  t.equal((await readerOf(one).read()).length, 2, 'without a cursor one begins with the oldest')
  await forgetEvents(one.db, one.platformId, Date.now() + DAY, 3)
  t.strictSame(await slow.read(), [], 'who had read all misses nothing')
  await tell(one)
  await settled(one)
  t.equal((await slow.read()).length, 1)
})

t.test('who only polls walks the cases by their last change', async (t) => {
  const one = await testApp(t)
  const [first, , third] = [await tell(one), await tell(one), await tell(one)] as const
  one.clock.advance(60_000)
  const since = new Date(one.clock.nowMs()).toISOString()
  await third.by(alice, 'accept')
  one.clock.advance(60_000)
  await first.by(alice, 'accept')
  const changed = async (query: string) =>
    (await one.call('GET', `/v1/complaints?updated_from=${since}${query}`, { as: integration })).body
  const page = await changed('&sort=updated_at&limit=1')
  t.equal(page.data[0].id, third.id)
  const next = await changed(`&sort=updated_at&limit=1&cursor=${page.next_cursor}`)
  t.strictSame([next.data[0].id, next.next_cursor], [first.id, null])
  t.strictSame(new Set((await changed('')).data.map(({ id }: { id: string }) => id)), new Set([first.id, third.id]))
})
