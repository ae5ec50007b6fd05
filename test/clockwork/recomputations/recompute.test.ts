import t from 'tap'
import { continueRecomputations } from '../../../src/clockwork/recomputations/work.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { copyCase, faultsInBooks, happened } from '../../races/cases.ts'
import { businessDays, changePolicy, days, hours } from '../../rules/policy/policies.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { alice, type CaseStory, refundOf, tell, tellToInvestigation, tellToLiability, zhao } from '../../support/story.ts'
import { recompute, untilDone } from './jobs.ts'

const clockOf = async (story: CaseStory, kind: string): Promise<Json> =>
  (await story.seenBy(alice)).deadlines.find((x: Json) => x.kind === kind && x.ended_at === null)

const hoursBetween = (a: string, b: string): number => (Date.parse(b) - Date.parse(a)) / HOUR

const eventsOf = async ({ db }: TestApp) => [...(await happened(db, 'clocks_recomputed')).values()]

await t.test('open cases move to the present policy when an admin asks for it', async (t) => {
  const one = await testApp(t)
  const { call } = one
  const filed = await tell(one)
  const accepted = await (await tell(one)).by(alice, 'accept')
  const asked = await (await tell(one)).by(alice, 'request-information', { items: ['照片'] })
  const closed = await (await tell(one)).by(zhao, 'close', { reason_code: 'other' })
  const before = await closed.seenBy(alice)
  await changePolicy(one, ({ clocks }) => {
    clocks.first_response.at(-1).allow = hours(5)
    clocks.resolution[0].allow = businessDays(9)
    clocks.information[0].allow = days(9)
  })
  t.equal((await clockOf(filed, 'first_response')).due_at, '2026-11-21T20:16:00.000Z', 'nothing moves by itself')

  await t.test('202 with the place where its progress is told', async (t) => {
    const { status, body, headers } = await call('POST', '/v1/policy/recompute', {
      body: { explanation: 'New terms' },
      headers: { 'idempotency-key': 'r1' },
    })
    t.equal(status, 202)
    t.equal(headers.location, `/v1/policy/recomputations/${body.id}`)
    t.match(body, {
      status: 'running',
      applies: 'policy_and_calendars',
      explanation: 'New terms',
      requested_by: 'admin:root',
      policy_version: 2,
      finished_at: null,
    })
    const job = await untilDone(one, body.id)
    t.match(job, { cases_seen: 3, cases_changed: 3, clocks_moved: 3, failed: 0, finished_at: '2026-11-21T19:16:00.000Z' })
    const again = await call('POST', '/v1/policy/recompute', {
      body: { explanation: 'New terms' },
      headers: { 'idempotency-key': 'r1' },
    })
    t.match(again, { status: 202, body: { id: body.id }, headers: { 'idempotent-replayed': 'true' } })
    t.equal((await call('GET', '/v1/policy/recomputations')).body.data.length, 1, 'the same key begins nothing')
  })

  await t.test('every clock is counted by it, and the case says so', async (t) => {
    t.equal((await clockOf(filed, 'first_response')).due_at, '2026-11-22T00:16:00.000Z')
    t.equal((await clockOf(accepted, 'resolution')).due_at, '2026-12-03T10:00:00.000Z')
    t.equal((await clockOf(asked, 'information')).due_at, '2026-11-30T19:16:00.000Z')
    for (const story of [filed, accepted, asked]) t.equal((await story.seenBy(alice)).policy_version, 2)
    t.strictSame(await closed.seenBy(alice), before, 'what is closed is left alone')
    const { data } = await filed.read('buyer:B-1', `/v1/complaints/${filed.id}/events?limit=1`)
    t.match(data, [
      {
        type: 'clocks_recomputed',
        actor: { role: 'system' },
        reason_code: 'policy_and_calendars',
        data: {
          from_version: 1,
          to_version: 2,
          clocks: [
            {
              kind: 'first_response',
              change: 'recomputed',
              old_due_at: '2026-11-21T20:16:00.000Z',
              new_due_at: '2026-11-22T00:16:00.000Z',
              why: 'policy_changed',
            },
          ],
        },
      },
    ])
    t.strictSame(await faultsInBooks(one.db), [])
  })

  await t.test('again it changes nothing and tells nothing', async (t) => {
    const events = await eventsOf(one)
    const views = await Promise.all([filed, accepted, asked].map((story) => story.seenBy(alice)))
    t.match(await recompute(one), { cases_seen: 3, cases_changed: 0, clocks_moved: 0, failed: 0 })
    t.match(await recompute(one, { applies: 'calendars' }), { cases_seen: 3, cases_changed: 0, clocks_moved: 0 })
    t.strictSame(await eventsOf(one), events)
    t.strictSame(await Promise.all([filed, accepted, asked].map((story) => story.seenBy(alice))), views)
  })

  await t.test('it is for admins of the platform', async (t) => {
    const { data } = (await call('GET', '/v1/policy/recomputations?limit=2')).body
    t.match(data, [{ applies: 'calendars' }, { applies: 'policy_and_calendars' }])
    const place = `/v1/policy/recomputations/${data[0].id}`
    for (const as of ['buyer:B-1', 'merchant:M-1', alice, zhao]) {
      const forbidden = { status: 403, body: { code: 'forbidden' } }
      t.match(await call('POST', '/v1/policy/recompute', { as, body: { applies: 'x' } }), forbidden, as)
      t.match(await call('GET', place, { as }), forbidden, as)
      t.match(await call('GET', '/v1/policy/recomputations/none', { as }), forbidden, as)
      t.match(await call('GET', '/v1/policy/recomputations', { as }), forbidden, as)
    }
    t.match(await call('POST', '/v1/policy/recompute', { body: { applies: 'x' } }), {
      status: 400,
      body: { errors: [{ pointer: '/applies', code: 'not_one_of' }] },
    })
    const { key } = await one.platform('live')
    t.equal((await call('GET', place, { key })).status, 404)
    t.strictSame((await call('GET', '/v1/policy/recomputations', { key })).body.data, [])
    t.equal((await call('GET', '/v1/policy/recomputations/none')).status, 404)
  })
})

await t.test('a paused clock keeps what it has used, a named moment stays', async (t) => {
  const one = await testApp(t)
  const waiting = await (await tell(one)).by(alice, 'accept')
  const named = await (await tellToInvestigation(one)).by(alice, 'suspend', {
    reason_code: 'court',
    resume_at: '2027-01-31T00:00:00Z',
  })
  // Monday 10:00 in Shanghai: an hour of business time is used
  one.clock.advance(DAY + 6 * HOUR + 44 * 60_000)
  await waiting.by(alice, 'request-information', { items: ['照片'] })
  t.equal((await clockOf(waiting, 'resolution')).remaining_ms, 62 * HOUR)
  await changePolicy(one, ({ clocks }) => {
    clocks.resolution[0].allow = businessDays(3)
    clocks.suspension[0].allow = days(2)
  })
  await recompute(one)
  t.match(await clockOf(waiting, 'resolution'), { status: 'paused', remaining_ms: 26 * HOUR })
  t.match(await named.seenBy(alice), { suspension: { resume_at: '2027-01-31T00:00:00.000Z' }, policy_version: 2 })
  t.equal((await clockOf(named, 'suspension')).due_at, '2027-01-31T00:00:00.000Z')
})

await t.test('a holiday that is added moves the clocks that span it, under the policy that each case has', async (t) => {
  const one = await testApp(t)
  const story = await (await tell(one)).by(alice, 'accept')
  await changePolicy(one, ({ clocks }) => Object.assign(clocks.resolution[0], { allow: businessDays(20) }))
  const { body, headers } = await one.call('GET', '/v1/calendars/china')
  const {
    name: _n,
    version: _v,
    created_at: _c,
    created_by: _b,
    published_years: _p,
    public_holiday_dates: _h,
    make_up_workdays: _m,
    ...document
  } = body
  document.holidays = [{ date: '2026-11-26', name: 'Company day' }]
  const put = await one.call('PUT', '/v1/calendars/china', { body: document, headers: { 'if-match': headers.etag ?? '' } })
  t.equal(put.status, 200, put.text)
  const response = await clockOf(story, 'respondent_response')
  const resolution = await clockOf(story, 'resolution')
  t.match(await recompute(one, { applies: 'calendars' }), {
    applies: 'calendars',
    cases_seen: 1,
    cases_changed: 1,
    clocks_moved: 1,
  })
  const { calendar_version, ...left } = response
  t.strictSame(await clockOf(story, 'respondent_response'), { ...left, calendar_version: 2 }, 'due before the holiday')
  t.equal(calendar_version, 1)
  t.equal(hoursBetween(resolution.due_at, (await clockOf(story, 'resolution')).due_at), 24, 'due after it')
  t.equal((await story.seenBy(alice)).policy_version, 1)
  t.match(await recompute(one, { applies: 'calendars' }), { cases_changed: 0 })
})

await t.test('what is no decision about time touches no clock', async (t) => {
  const one = await testApp(t)
  const story = await tellToLiability(one)
  const clocks = () => one.db.selectFrom('deadlines').selectAll().where('complaint_id', '=', story.id).orderBy('id').execute()
  const before = await clocks()
  one.clock.advance(HOUR)
  await story.by(zhao, 'assign', { owner: 'agent:bob' })
  await story.try(alice, `/v1/complaints/${story.id}/messages`, { text: '请跟进', visibility: 'internal' })
  await story.try('buyer:B-1', `/v1/complaints/${story.id}/messages`, { text: '你好', visibility: 'parties', to: 'other_side' })
  await story.addEvidence('buyer:B-1')
  await story.writePlan('agent:bob', refundOf(100))
  const { version } = await story.seenBy(alice)
  const patch = { as: alice, body: { category: 'logistics', tags: ['x'] }, headers: { 'if-match': `"${version}"` } }
  t.equal((await one.call('PATCH', `/v1/complaints/${story.id}`, patch)).status, 200)
  t.strictSame(await clocks(), before)
})

await t.test('a preview says what a recomputation then does', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 7 } })
  const { call, db } = one
  const kinds = [
    await tell(one),
    await (await tell(one)).by(alice, 'accept'),
    await (await (await tell(one)).by(alice, 'accept')).by(alice, 'request-information', { items: ['照片'] }),
    await tellToInvestigation(one),
  ]
  for (const { id } of kinds) await copyCase(db, id, 9)
  one.clock.advance(30 * 60_000)
  const change = ({ clocks }: Json) => {
    clocks.first_response.at(-1).allow = { count: 20, unit: 'minutes' }
    clocks.resolution[0].allow = businessDays(9)
    clocks.information[0].on_silence = ['remind', 'close_no_response']
  }
  const { document } = (await call('GET', '/v1/policy')).body
  change(document)
  const stored = async () =>
    JSON.stringify([
      await db.selectFrom('complaints').selectAll().orderBy('id').execute(),
      await db.selectFrom('deadlines').selectAll().orderBy('id').execute(),
      await db.selectFrom('case_events').select('id').orderBy('id').execute(),
    ])
  const before = await stored()
  const { status, body: preview } = await call('POST', '/v1/policy/preview', { body: { document } })
  t.equal(status, 200)
  t.equal(await stored(), before, 'nothing is written')
  t.match(preview, {
    cases_seen: 40,
    cases_changed: 40,
    clocks: { moved_earlier: 10, moved_later: 30, due_now: 10, otherwise: 10 },
    by_kind: [
      { kind: 'first_response', moved_earlier: 10, due_now: 10, moved_later: 0, otherwise: 0 },
      { kind: 'information', moved_earlier: 0, due_now: 0, moved_later: 0, otherwise: 10 },
      { kind: 'resolution', moved_earlier: 0, due_now: 0, moved_later: 30, otherwise: 0 },
    ],
    complete: true,
    next_cursor: null,
  })
  t.equal(preview.examples.length, 50)
  const asParty = await call('POST', '/v1/policy/preview', { as: 'admin:B-1', body: { document } })
  t.match(asParty.body, { cases_changed: preview.cases_changed })
  t.strictSame(asParty.body.examples, [], 'a party reads no more of its case here than elsewhere')

  await t.test('in parts', async (t) => {
    const parts: Json[] = []
    let cursor: string | undefined
    do {
      const { body } = await call('POST', '/v1/policy/preview', { body: { document, limit: 15, ...(cursor && { cursor }) } })
      parts.push(body)
      cursor = body.next_cursor ?? undefined
    } while (cursor)
    t.strictSame(
      parts.map((part) => [part.cases_seen, part.complete]),
      [
        [15, false],
        [15, false],
        [10, true],
      ],
    )
    const sum = (of: (part: Json) => number) => parts.reduce((total, part) => total + of(part), 0)
    t.equal(
      sum((part) => part.clocks.moved_later),
      30,
    )
    t.match(await call('POST', '/v1/policy/preview', { body: { document, cursor: 'x' } }), {
      status: 400,
      body: { errors: [{ pointer: '/cursor' }] },
    })
  })

  await changePolicy(one, change)
  const job = await recompute(one)
  t.match(job, { cases_seen: 40, cases_changed: preview.cases_changed, clocks_moved: 50 })
  for (const example of preview.examples) {
    const { deadlines } = (await call('GET', `/v1/complaints/${example.complaint_id}`, { as: alice })).body
    const clock = deadlines.find((x: Json) => x.id === example.deadline_id)
    t.strictSame(
      [clock.status === 'paused' ? null : clock.due_at, clock.remaining_ms, clock.on_silence],
      [example.new_due_at, example.new_remaining_ms, example.new_on_silence],
    )
  }
  const { body: after } = await call('POST', '/v1/policy/preview', { body: { document } })
  t.match(after, { cases_seen: 40, cases_changed: 0, by_kind: [], examples: [] }, 'then nothing is left to do')
  t.strictSame(await faultsInBooks(db), [])
})

await t.test('one at a time, and what somebody holds is waited for', async (t) => {
  const one = await testApp(t)
  const { call, db } = one
  const held = await tell(one)
  await copyCase(db, held.id, 5)
  await changePolicy(one, ({ clocks }) => Object.assign(clocks.first_response.at(-1), { allow: hours(5) }))
  const other = openDb(one.url, 1)
  t.teardown(() => other.destroy())
  const trx = await other.startTransaction().execute()
  await trx.selectFrom('complaints').select('id').where('id', '=', held.id).forUpdate().execute()
  const { body: first } = await call('POST', '/v1/policy/recompute', {})
  const second = await call('POST', '/v1/policy/recompute', {})
  t.match(second, { status: 409, body: { code: 'recomputation_running' } })
  t.ok(second.body.detail.includes(first.id), 'it names the one that is at work')
  await continueRecomputations(one.deps, () => false)
  t.match(await call('GET', `/v1/policy/recomputations/${first.id}`), { body: { status: 'running', failed: 0 } })
  await trx.rollback().execute()
  while ((await call('GET', `/v1/policy/recomputations/${first.id}`)).body.status === 'running')
    await continueRecomputations(one.deps, () => false)
  t.match(await untilDone(one, first.id), { cases_seen: 6, cases_changed: 6, failed: 0 })
  t.strictSame(new Set(await eventsOf(one)), new Set([1]))
})
