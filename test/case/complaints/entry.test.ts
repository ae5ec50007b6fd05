/** What staff enter after it came in: its clocks start when it came, and a call that was taken was answered. */
import t from 'tap'
import { DAY, HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { testApp } from '../../support/app.ts'
import { alice, filing } from '../../support/story.ts'

const app = await testApp(t)
const before = (ms: number) => toTime(app.clock.nowMs() - ms)
const file = (change: object, as = alice) => app.call('POST', '/v1/complaints', { as, body: filing(change) })

t.test('a mail from an hour ago: its clocks count from then', async (t) => {
  const { status, body } = await file({ channel: 'email', received_at: before(HOUR) })
  t.match([status, body.received_at], [201, before(HOUR)])
  const clock = (kind: string) => body.deadlines.find((one: { kind: string }) => one.kind === kind)
  t.match(clock('first_response'), { started_at: before(HOUR), status: 'running' })
  t.match(clock('completion'), { started_at: before(HOUR), counted_since: before(HOUR) })
  const now = await file({ channel: 'email' })
  const due = (one: typeof body) => Date.parse(one.deadlines.find((x: { kind: string }) => x.kind === 'first_response').due_at)
  t.ok(due(body) < due(now.body), 'it is due earlier than what comes in now')
})

t.test('a call was answered when it was taken, whenever it is entered', async (t) => {
  const { body } = await file({
    channel: 'hotline',
    received_at: before(2 * DAY),
    call: { reference: 'CALL-17', taken_by: 'agent:bob' },
  })
  t.match(body, { call_reference: 'CALL-17', sla: { first_response: { result: 'met' }, resolution: { result: 'pending' } } })
  const [clock] = body.deadlines.filter((one: { kind: string }) => one.kind === 'first_response')
  t.match(clock, { status: 'met', ended_at: before(2 * DAY), margin_ms: clock.allowed_ms })
  const seen = await app.call('GET', `/v1/complaints/${body.id}`, { as: 'buyer:B-1' })
  t.match(seen.body, { call_reference: null, received_at: before(2 * DAY) })
  const events = await app.call('GET', `/v1/complaints/${body.id}/events?sort=sequence`, { as: alice })
  t.match(events.body.data[0], { type: 'complaint_submitted', data: { by_entry: true, received_at: before(2 * DAY) } })
})

t.test('what is overdue at entry is missed once, and nobody is called in for it', async (t) => {
  const { body } = await file({ channel: 'email', received_at: before(2 * DAY) })
  t.match(body, { level: 1, sla: { first_response: { result: 'missed' } } })
  const { data } = (await app.call('GET', `/v1/complaints/${body.id}/events?sort=sequence`, { as: alice })).body
  t.notOk(data.some(({ type }: { type: string }) => type === 'complaint_escalated'))
  t.equal(data.filter(({ type }: { type: string }) => type === 'deadline_missed').length, 1)
  t.match(data.find(({ type }: { type: string }) => type === 'deadline_missed').data, { by_entry: true, kind: 'first_response' })
  await app.call('POST', '/v1/sweeps', { as: 'admin:root', body: {} })
  t.match((await app.call('GET', `/v1/complaints/${body.id}`, { as: alice })).body, { level: 1 }, 'its next step has not come')
  t.ok(
    body.deadlines.some((one: { kind: string; status: string }) => one.kind === 'first_response' && one.status === 'running'),
    'the answer stays owed',
  )
})

t.test('only staff say so, within three days, and not of what comes in by itself', async (t) => {
  const refused = async (change: object, pointer: string, as = alice) => {
    const { status, body } = await file(change, as)
    t.match([status, body.errors?.[0]?.pointer], [400, pointer], JSON.stringify(change))
  }
  await refused({ channel: 'email', received_at: before(HOUR) }, '/received_at', 'buyer:B-1')
  await refused({ channel: 'hotline', call: { reference: 'X' } }, '/call', 'buyer:B-1')
  await refused({ channel: 'email', received_at: before(-MINUTE) }, '/received_at')
  await refused({ channel: 'email', received_at: before(3 * DAY + MINUTE) }, '/received_at')
  await refused({ channel: 'portal', received_at: before(HOUR) }, '/channel')
  await refused({ channel: 'email', call: { reference: 'X' } }, '/call')
  t.match((await file({ channel: 'email', received_at: before(3 * DAY - MINUTE) })).status, 201)
})
