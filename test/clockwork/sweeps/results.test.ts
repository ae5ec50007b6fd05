/** Whether a promise was kept, and by how much: on the clock, on the case and in the numbers. */
import t, { type Test } from 'tap'
import { HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { done } from '../../races/cases.ts'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'
import { decree } from '../../support/policy.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, dismissal, liability, tell, tellToLiability } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const BUSINESS_DAY = 9 * HOUR

const onMondayAtTen = (t: Test): Promise<TestApp> => testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
const at = ({ clock }: TestApp, local: string): void => clock.advance(Date.parse(inShanghai(local)) - clock.nowMs())
const sweep = (app: TestApp) => done(app, 'admin:root', '/v1/sweeps')
const seen = async (app: TestApp, id: string): Promise<Json> =>
  (await app.call('GET', `/v1/complaints/${id}`, { as: alice })).body
const clockOf = ({ deadlines }: Json, kind: string): Json => deadlines.filter((x: Json) => x.kind === kind)

/** A number of `/metrics`, by its name and labels. */
const numberOf = async (app: TestApp, name: string): Promise<number> => {
  const { text } = await app.call('GET', '/metrics', { key: null })
  const line = text.split('\n').find((x) => x.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.split(' ').at(-1))
}

await t.test('met early: the time that was left', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tell(one)
  t.match((await seen(one, story.id)).sla, { first_response: { result: 'pending', margin_ms: null }, resolution: null })
  one.clock.advance(20 * MINUTE)
  await story.by(alice, 'accept')
  const now = await seen(one, story.id)
  t.match(now.sla, {
    first_response: { result: 'met', margin_ms: 40 * MINUTE },
    resolution: { result: 'pending', margin_ms: null },
  })
  t.match(clockOf(now, 'first_response'), [{ status: 'met', margin_ms: 40 * MINUTE }])
  t.equal(await numberOf(one, 'redress_deadlines_total{kind="first_response",channel="portal",result="met"}'), 1)
  t.equal(await numberOf(one, 'redress_deadline_margin_seconds_sum{kind="first_response",channel="portal"}'), 2_400)
})

await t.test('met late, before any sweep saw it: missed, by so much', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tell(one, { channel: 'chat' })
  one.clock.advance(15 * MINUTE)
  await story.by(alice, 'accept')
  const now = await seen(one, story.id)
  t.match(now.sla, { first_response: { result: 'missed', margin_ms: -10 * MINUTE } })
  t.match(clockOf(now, 'first_response'), [{ status: 'met', margin_ms: -10 * MINUTE, step: 0 }])
  t.match(await sweep(one), { due: 0 }, 'there is nothing to act on any more')
  t.equal(await numberOf(one, 'redress_deadlines_total{kind="first_response",channel="chat",result="met_late"}'), 1)
  t.equal(await numberOf(one, 'redress_deadline_margin_seconds_bucket{le="-60",kind="first_response",channel="chat"}'), 1)
  t.equal(await numberOf(one, 'redress_deadline_margin_seconds_sum{kind="first_response",channel="chat"}'), -600)
})

await t.test('missed and done later: missed it stays, by the time since it first fell due', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tell(one)
  at(one, '2026-11-23 11:05')
  t.match(await sweep(one), { due: 1 })
  const missed = await seen(one, story.id)
  t.match(missed.sla, { first_response: { result: 'missed', margin_ms: -5 * MINUTE } })
  t.match(
    clockOf(missed, 'first_response').find(({ status }: Json) => status === 'missed'),
    { margin_ms: -5 * MINUTE },
  )
  at(one, '2026-11-23 11:30')
  await story.by(alice, 'accept')
  const now = await seen(one, story.id)
  t.equal(now.sla.first_response.result, 'missed')
  t.match(
    clockOf(now, 'first_response').map(({ status, step, margin_ms }: Json) => [status, step, margin_ms]),
    [
      ['missed', 0, -5 * MINUTE],
      ['met', 1, now.sla.first_response.margin_ms],
    ],
  )
  t.equal(now.sla.first_response.margin_ms, -30 * MINUTE, 'late since 11:00, within one business day')
  t.equal(await numberOf(one, 'redress_deadlines_total{kind="first_response",channel="portal",result="missed"}'), 1)
  t.equal(await numberOf(one, 'redress_deadlines_total{kind="first_response",channel="portal",result="met_late"}'), 1)
})

await t.test('paused in between: only the time that ran is used up, in the calendar of the clock', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tellToLiability(one)
  at(one, '2026-11-24 10:00')
  await story.by(alice, 'request-information', { items: ['照片'] })
  at(one, '2026-11-26 12:00')
  await story.by(buyer, 'provide-information', { statement: '已上传' })
  at(one, '2026-11-26 14:00')
  await story.by(alice, 'dismiss', dismissal)
  const now = await seen(one, story.id)
  const left = 7 * BUSINESS_DAY - BUSINESS_DAY - 2 * HOUR
  t.match(now.sla, { first_response: { result: 'met' }, resolution: { result: 'met', margin_ms: left } })
  t.match(clockOf(now, 'resolution'), [{ status: 'met', margin_ms: left, calendar: 'china' }])
  t.equal(await numberOf(one, 'redress_deadline_margin_seconds_sum{kind="resolution",channel="portal"}'), left / 1000)
})

await t.test('resolved late in business time: a weekend does not count', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tellToLiability(one)
  const [clock] = clockOf(await seen(one, story.id), 'resolution')
  t.equal(clock.due_at, inShanghai('2026-12-02 10:00'))
  at(one, '2026-12-04 17:00')
  t.match(await sweep(one), { due: 2, failed: 0 }, 'so is the whole handling')
  at(one, '2026-12-07 10:00')
  await story.by(alice, 'dismiss', dismissal)
  const now = await seen(one, story.id)
  t.equal(now.sla.resolution.result, 'missed')
  t.equal(now.sla.resolution.margin_ms, -3 * BUSINESS_DAY, 'from Wednesday at ten to Monday at ten')
})

await t.test('a promise that nobody needs any more is neither kept nor broken', async (t) => {
  const one = await onMondayAtTen(t)
  const story = await tell(one)
  await story.by(buyer, 'withdraw')
  const now = await seen(one, story.id)
  t.match(now.sla, { first_response: null, resolution: null })
  t.match(clockOf(now, 'first_response'), [{ status: 'cancelled', margin_ms: null }])
  t.equal(await numberOf(one, 'redress_deadlines_total{kind="first_response",channel="portal",result="cancelled"}'), 1)
  t.equal(await numberOf(one, 'redress_deadline_margin_seconds_count{kind="first_response",channel="portal"}'), 0)
})

await t.test('what a sweep misses is counted by kind and channel, the notices of service hours are not', async (t) => {
  const one = await onMondayAtTen(t)
  await decree(one, (document) => {
    document.service_hours = { calendar: 'weekdays', holds_back: ['notices'] }
  })
  const [chat, social] = [await tell(one, { channel: 'chat' }), await tell(one, { channel: 'social' })]
  await social.by(alice, 'accept')
  await social.by(alice, 'escalate', { reason_code: 'no_agreement' })
  await social.by(alice, 'determine-liability', liability)
  at(one, '2026-11-23 20:00')
  t.match(await sweep(one), { due: 1, failed: 0 })
  at(one, '2026-11-24 09:00')
  t.match(await sweep(one), { due: 1, failed: 0 })
  t.match(clockOf(await seen(one, chat.id), 'notice'), [{ status: 'met' }])
  const { text } = await one.call('GET', '/metrics', { key: null })
  const lines = text.split('\n').filter((line) => line.startsWith('redress_deadlines_total{'))
  t.strictSame(lines.sort(), [
    'redress_deadlines_total{kind="first_response",channel="chat",result="missed"} 1',
    'redress_deadlines_total{kind="first_response",channel="social",result="met"} 1',
    'redress_deadlines_total{kind="intervention",channel="social",result="met"} 1',
    'redress_deadlines_total{kind="respondent_response",channel="social",result="cancelled"} 1',
  ])
})
