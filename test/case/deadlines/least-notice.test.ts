/** A side keeps a last, warned piece of time whatever shortens its clock; a duty that a relaxed rule makes early is owed no more. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { recount } from '../../../src/clockwork/recomputations/decide.ts'
import { DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import type { ClockRule, Duration } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { recompute } from '../../clockwork/recomputations/jobs.ts'
import { done, file, filing, negotiating, proposed } from '../../races/cases.ts'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'
import { finished } from '../../support/events.ts'
import { decree } from '../../support/policy.ts'
import { agent, buyer, inShanghai, once, rules, Story, withPolicy } from '../../support/rules.ts'

let version = 1

/** The default policy, in which the first rule of these kinds allows another time. */
const allowing = (kinds: Partial<Record<keyof typeof defaultPolicy.clocks, Duration>>, more: object = {}): Rules => {
  version += 1
  const clocks = Object.entries(kinds).map(([kind, allow]) => [
    kind,
    defaultPolicy.clocks[kind as 'resolution'].map((rule): ClockRule => ({ ...rule, allow })),
  ])
  return {
    ...withPolicy({ clocks: { ...defaultPolicy.clocks, ...Object.fromEntries(clocks) }, ...more }),
    policyVersion: version,
  }
}

const recomputed = (story: Story, by: Rules): Story => {
  const d = new Decision(story.file, systemActor, story.now, by)
  recount(d, { applies: 'policy_and_calendars', explanation: '缩短期限' })
  story.last = finished(d)
  story.file = d.file
  return story.under(by)
}

const of = (story: Story, kind: string, party?: string) =>
  story.file.deadlines.findLast((x) => x.kind === kind && (party === undefined || x.party === party))
const days = (count: number): Duration => ({ count, unit: 'days' })
const businessDays = (count: number): Duration => ({ count, unit: 'business_days' })

t.test('three days become one when two are over: the merchant still has a day, and is told at once', async (t) => {
  const story = once.proposed().onPlan(buyer, 'accept').at('2026-11-24 22:00')
  recomputed(story, allowing({ confirmation: days(1) }))
  t.match(of(story, 'confirmation', 'respondent'), {
    due_at: inShanghai('2026-11-25 22:00'),
    shortened_from_at: inShanghai('2026-11-26 10:00'),
    kept_until_at: inShanghai('2026-11-25 22:00'),
  })
  t.strictSame(story.sweep().events, ['deadline_due_soon'])
  t.match(story.last?.events[0], { visibility: 'respondent', data: { due_at: inShanghai('2026-11-25 22:00') } })
  t.strictSame(story.after(DAY - MINUTE).sweep().events, [], 'not a minute early')
  t.equal(story.plan.status, 'proposed')
  t.equal(story.after(MINUTE).sweep().plan.status, 'executing', 'deemed accepted after the piece')
})

t.test('never later than it was due before, and a second change gives no second piece', async (t) => {
  const story = once.proposed().at('2026-11-25 18:00')
  recomputed(story, allowing({ confirmation: days(1) }))
  t.match(of(story, 'confirmation', 'complainant'), { due_at: inShanghai('2026-11-26 10:00'), shortened_from_at: null })

  const twice = once.proposed().at('2026-11-24 10:00')
  recomputed(twice, allowing({ confirmation: days(1) }))
  t.match(of(twice, 'confirmation'), { due_at: inShanghai('2026-11-25 10:00') })
  recomputed(twice.after(20 * HOUR), allowing({ confirmation: { count: 1, unit: 'hours' } }))
  t.match(of(twice, 'confirmation'), {
    due_at: inShanghai('2026-11-25 10:00'),
    shortened_from_at: inShanghai('2026-11-26 10:00'),
  })
  recomputed(
    twice,
    allowing(
      { confirmation: { count: 1, unit: 'hours' } },
      { least_notice: { natural: { count: 1, unit: 'hours' }, business: businessDays(1) } },
    ),
  )
  t.match(of(twice, 'confirmation'), { due_at: inShanghai('2026-11-25 10:00') }, 'a promise that was made is kept')
  recomputed(twice, rules)
  t.match(of(twice, 'confirmation'), { due_at: inShanghai('2026-11-26 10:00'), shortened_from_at: null, kept_until_at: null })
})

t.test('in business time the piece is a business day of the clock’s calendar', async (t) => {
  // two business days from Monday at ten: until Wednesday at ten
  const story = once.accepted().at('2026-11-23 16:00')
  recomputed(story, allowing({ respondent_response: { count: 1, unit: 'business_hours' } }))
  t.match(of(story, 'respondent_response'), {
    due_at: inShanghai('2026-11-24 16:00'),
    kept_until_at: inShanghai('2026-11-24 16:00'),
  })
  t.strictSame(story.sweep().events, ['deadline_due_soon'])
})

t.test('a clock that stands still keeps the piece for when it goes on', async (t) => {
  const story = once
    .accepted()
    .at('2026-11-23 13:00')
    .by(agent, 'request_information', { items: ['照片'] })
  recomputed(story, allowing({ respondent_response: { count: 1, unit: 'business_hours' } }))
  t.match(of(story, 'respondent_response'), { status: 'paused', remaining_ms: 9 * HOUR, kept_ms: 9 * HOUR })
  story.at('2026-11-24 12:00').by(buyer, 'provide_information', { statement: '已上传' })
  t.match(of(story, 'respondent_response'), {
    due_at: inShanghai('2026-11-25 12:00'),
    kept_until_at: inShanghai('2026-11-25 12:00'),
    kept_ms: null,
  })
  t.strictSame(story.sweep().events, ['deadline_due_soon'], 'the piece begins, and is warned of')
  recomputed(story.after(HOUR), allowing({ respondent_response: { count: 30, unit: 'business_minutes' } }))
  t.match(of(story, 'respondent_response'), { due_at: inShanghai('2026-11-25 12:00') })

  const little = once
    .accepted()
    .at('2026-11-24 18:00')
    .by(agent, 'request_information', { items: ['照片'] })
  recomputed(little, allowing({ respondent_response: { count: 1, unit: 'business_hours' } }))
  t.match(of(little, 'respondent_response'), { remaining_ms: HOUR }, 'never more than it had')
})

t.test('a window to appeal keeps its piece and is warned of, though it never warns else', async (t) => {
  const story = once.dismissed().at('2026-11-26 10:00')
  recomputed(story, allowing({ appeal_window: days(1) }))
  t.match(of(story, 'appeal_window'), { due_at: inShanghai('2026-11-27 10:00') })
  t.strictSame(story.sweep().events, ['deadline_due_soon'])
  t.strictSame(story.at('2026-11-27 09:59').by(buyer, 'file', { reason_code: 'wrong_facts', statement: '请复核' }).events, [
    'appeal_filed',
  ])
})

t.test('the warning of a piece keeps the service hours', async (t) => {
  const story = once.proposed().at('2026-11-23 20:00')
  const service_hours = { calendar: 'china', holds_back: ['warnings' as const] }
  recomputed(story, allowing({ confirmation: { count: 1, unit: 'hours' } }, { service_hours }))
  t.match(of(story, 'confirmation'), { due_at: inShanghai('2026-11-24 20:00') })
  t.strictSame(story.sweep().events, [])
  t.strictSame(story.at('2026-11-24 09:00').sweep().events, ['deadline_due_soon', 'deadline_due_soon'])
})

t.test('what is shortened but leaves more than the piece is due as counted, and warned of in time', async (t) => {
  const story = once.dismissed().at('2026-11-24 10:00')
  recomputed(story, allowing({ appeal_window: days(4) }))
  t.match(of(story, 'appeal_window'), {
    due_at: inShanghai('2026-11-27 10:00'),
    kept_until_at: null,
    shortened_from_at: inShanghai('2026-11-30 10:00'),
  })
  t.strictSame(story.at('2026-11-26 09:59').sweep().events, [])
  t.strictSame(story.at('2026-11-26 10:00').sweep().events, ['deadline_due_soon'])
})

t.test('a duty of the platform is due at once', async (t) => {
  const story = once.accepted().at('2026-11-27 10:00')
  recomputed(story, allowing({ resolution: businessDays(1) }))
  t.match(of(story, 'resolution'), { due_at: inShanghai('2026-11-27 10:00'), kept_until_at: inShanghai('2026-11-27 10:00') })
})

t.test('a relaxed rule: what would not be late is owed no more and climbs no further; the miss stays', async (t) => {
  const story = new Story().at('2026-11-23 12:00').sweep()
  t.equal(story.file.complaint.level, 2)
  recomputed(story, allowing({ first_response: days(10), completion: days(60) }))
  t.match(story.file.complaint, { owed_since: null, level: 2, next_due_at: inShanghai('2026-12-03 10:00') })
  t.match(
    story.file.deadlines
      .filter(({ kind }) => kind === 'first_response')
      .map(({ status, step, due_at }) => [status, step, due_at]),
    [
      ['missed', 0, inShanghai('2026-11-23 11:00')],
      ['running', 0, inShanghai('2026-12-03 10:00')],
    ],
  )
  t.match(story.last?.events, [{ type: 'clocks_recomputed', data: { explanation: '缩短期限' } }])
  t.match(
    story.last?.clockChanges.filter(({ kind }) => kind === 'first_response'),
    [{ change: 'recomputed', why: 'no_longer_late' }],
  )
  t.strictSame(story.at('2026-11-26 12:00').sweep().events, [])
  recomputed(story, story.rules)
  t.strictSame(story.last?.events, [], 'again changes nothing')
  t.strictSame(story.at('2026-12-03 10:00').sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])

  const late = new Story().at('2026-11-23 14:00').sweep()
  recomputed(late, allowing({ first_response: { count: 2, unit: 'hours' } }))
  t.equal(late.file.complaint.owed_since, inShanghai('2026-11-23 11:00'), 'what is late all the same stays so')
})

t.test('a duty that was counted as missed again and again, too', async (t) => {
  const story = new Story()
  for (let day = 0; day < 20; day++) story.after(DAY).sweep()
  t.ok((story.running('first_response')[0]?.step ?? 0) > 5)
  recomputed(story, allowing({ first_response: days(60), completion: days(60) }))
  t.match(story.file.complaint, { owed_since: null, level: 3 })
  t.match(story.running('first_response'), [{ step: 0, escalation: null, due_at: inShanghai('2027-01-22 10:00') }])
})

t.test('an intervention that was missed once and is still owed', async (t) => {
  const story = once.escalated().at('2026-11-26 10:00').sweep()
  t.match(story.file.complaint, { level: 3, owed_since: inShanghai('2026-11-25 10:00') })
  recomputed(story, allowing({ intervention: businessDays(5) }))
  t.match(story.file.complaint, { level: 3, owed_since: null })
  t.match(
    story.file.deadlines.filter((x) => x.kind === 'intervention').map(({ status, due_at }) => [status, due_at]),
    [
      ['missed', inShanghai('2026-11-25 10:00')],
      ['running', inShanghai('2026-11-30 10:00')],
    ],
  )
  t.strictSame(story.at('2026-11-30 10:00').sweep().events, ['deadline_missed', 'escalation_notice'], 'late by the new rule, too')

  const waits = once.escalated().at('2026-11-26 10:00').sweep().by(agent, 'suspend', { reason_code: 'court' })
  recomputed(waits, allowing({ intervention: businessDays(5) }))
  t.match(of(waits, 'intervention'), { status: 'paused', remaining_ms: 2 * 9 * HOUR })
})

const at = ({ clock }: TestApp, local: string): void => clock.advance(Date.parse(inShanghai(local)) - clock.nowMs())
const zhao = 'supervisor:zhao'

const confirmationOf = async (one: TestApp, id: string, party: string): Promise<Json> => {
  const { deadlines } = (await one.call('GET', `/v1/complaints/${id}`, { as: 'agent:alice' })).body
  return deadlines.find((x: Json) => x.kind === 'confirmation' && x.party === party)
}

await t.test('over HTTP: a preview says what a recomputation then does', async (t) => {
  const one = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
  const { caseId } = await proposed(one, [{ type: 'apology' }])
  at(one, '2026-11-24 22:00')
  const { document } = (await one.call('GET', '/v1/policy')).body
  for (const rule of document.clocks.confirmation) rule.allow = { count: 1, unit: 'days' }
  const { body: preview } = await one.call('POST', '/v1/policy/preview', { body: { document } })
  const kept = inShanghai('2026-11-25 22:00')
  t.match(
    preview.examples.filter(({ kind }: Json) => kind === 'confirmation').map((x: Json) => x.new_due_at),
    [kept, kept],
  )
  t.match(preview.clocks, { due_now: 0 })
  await decree(one, (policy) => Object.assign(policy, document))
  await recompute(one, { explanation: '缩短确认期限' })
  t.match(await confirmationOf(one, caseId, 'complainant'), {
    due_at: kept,
    kept_until: kept,
    shortened_from: inShanghai('2026-11-26 10:00'),
    rule: { policy_version: 2, lines: ['/clocks/confirmation/1'] },
    allowance: { count: 1, unit: 'days' },
  })
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0, warned: 2 })
  const { data: events } = (await one.call('GET', `/v1/complaints/${caseId}/events?limit=5`, { as: 'buyer:B-1' })).body
  t.match(events.find(({ type }: Json) => type === 'clocks_recomputed').data, { explanation: '缩短确认期限' })
})

await t.test('over HTTP: a supervisor brings a side’s clock forward to the end of its piece, and no further', async (t) => {
  const one = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
  const { caseId } = await proposed(one, [{ type: 'apology' }])
  at(one, '2026-11-23 12:00')
  const { id } = await confirmationOf(one, caseId, 'respondent')
  const forward = (body: Json) =>
    one.call('POST', `/v1/complaints/${caseId}/planned-actions/${id}/bring-forward`, {
      as: zhao,
      body: { explanation: '双方已和解', ...body },
    })
  t.match(await forward({ at: inShanghai('2026-11-24 11:00') }), {
    status: 422,
    body: { code: 'not_brought_forward', detail: /until when the respondent keeps its last piece of time/ },
  })
  t.match(await forward({}), { status: 200, body: { deadline: { due_at: inShanghai('2026-11-24 12:00') } } })
  t.match(await confirmationOf(one, caseId, 'respondent'), {
    due_at: inShanghai('2026-11-24 12:00'),
    pinned: true,
    shortened_from: inShanghai('2026-11-26 10:00'),
    kept_until: inShanghai('2026-11-24 12:00'),
  })
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { warned: 1 })
  at(one, '2026-11-23 20:00')
  t.match(await forward({}), { status: 422, body: { code: 'not_brought_forward' } }, 'there is no second piece')

  const { id: other } = await negotiating(one, filing())
  const [resolution] = (await one.call('GET', `/v1/complaints/${other}`, { as: zhao })).body.deadlines.filter(
    (x: Json) => x.kind === 'resolution',
  )
  const own = `/v1/complaints/${other}/planned-actions/${resolution.id}/bring-forward`
  t.match(await one.call('POST', own, { as: zhao, body: { explanation: '尽快' } }), {
    status: 200,
    body: { at: inShanghai('2026-11-23 20:00') },
  })
})

await t.test('over HTTP: a relaxed policy ends being overdue', async (t) => {
  const one = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
  const { id } = await file(one, filing())
  at(one, '2026-11-23 12:00')
  await done(one, 'admin:root', '/v1/sweeps')
  const late = async () => (await one.call('GET', '/v1/complaints?overdue=true', { as: zhao })).body.data.length
  t.equal(await late(), 1)
  await decree(one, ({ clocks }) => {
    clocks.first_response = [{ allow: { count: 10, unit: 'days' }, on_silence: ['escalate'] }]
  })
  await recompute(one)
  t.equal(await late(), 0)
  at(one, '2026-11-26 12:00')
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0, escalated: 0 })
  t.match((await one.call('GET', `/v1/complaints/${id}`, { as: zhao })).body, {
    level: 2,
    deadlines: [
      { status: 'missed', times_missed: 1 },
      { status: 'running', times_missed: 0 },
    ],
  })
})
