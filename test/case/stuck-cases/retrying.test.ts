/** Stuck cases over HTTP: the list, and how they are tried again. */
import { sql } from 'kysely'
import t from 'tap'
import { DAY, HOUR, toTime } from '../../../src/foundation/clock.ts'
import { agent, buyer, file, merchant, negotiating, supervisor } from '../../races/cases.ts'
import { type Json, testApp } from '../../support/app.ts'
import { mend, spoil, stuckCases, sweep } from './room.ts'

await t.test('retrying', async (t) => {
  const one = await testApp(t)
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push((await file(one)).id)
  const waiting = await negotiating(one)
  await spoil(one, ...ids.slice(0, 2), waiting.id)
  await sql`alter table complaints add constraint tight check (id <> ${sql.lit(ids[2])} or level < 2) not valid`.execute(
    one.owner,
  )
  one.clock.advance(3 * DAY)
  t.match(await sweep(one), { failed: 4 })
  await sql`alter table complaints drop constraint tight`.execute(one.owner)
  await mend(one)
  const left = async (query = '') => (await stuckCases(one, query)).map(({ complaint_id }) => complaint_id).sort()
  const retry = (body: object, as = supervisor, headers = {}) => one.call('POST', '/v1/stuck-cases/retry', { as, body, headers })

  await t.test('one of them, due at the next sweep', async (t) => {
    const answer = await one.call('POST', `/v1/stuck-cases/${ids[0]}/retry`, { as: supervisor })
    t.match(answer, { status: 200, body: { complaint_id: ids[0], tries: 1, next_try_at: toTime(one.clock.nowMs()) } })
    t.match(await sweep(one), { escalated: 1 })
    t.strictSame(await left(), [ids[1], ids[2], waiting.id].sort())
    t.match(await one.call('POST', `/v1/stuck-cases/${ids[0]}/retry`, { as: supervisor }), { status: 404 }, 'it is stuck no more')
    t.match(await one.call('POST', '/v1/stuck-cases/nonsense/retry', { as: supervisor }), { status: 404 })
  })
  await t.test('those of a class or at a duty, once for one key', async (t) => {
    t.strictSame(await left('&error_class=refused_by_database,internal'), [ids[2]])
    t.strictSame(await left('&kind=respondent_response'), [waiting.id])
    const key = { 'idempotency-key': 'again' }
    const first = await retry({ error_class: 'policy_missing', kind: 'first_response' }, 'admin:root', key)
    t.match(first, { status: 200, body: { retried: 1 } })
    t.match(await sweep(one), { escalated: 1 })
    t.strictSame(await left(), [ids[2], waiting.id].sort())
    t.match(await retry({ error_class: 'policy_missing', kind: 'first_response' }, 'admin:root', key), {
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    })
    t.match(await retry({ error_class: 'calendar_missing' }), { body: { retried: 0 } })
  })
  await t.test('all of them', async (t) => {
    t.match(await retry({}), { body: { retried: 2 } })
    await sweep(one)
    t.strictSame(await left(), [])
  })
  await t.test('is for supervisors and admins; the list is for the desk', async (t) => {
    for (const as of [buyer, merchant, agent]) {
      t.match(await retry({}, as), { status: 403, body: { code: 'forbidden' } })
      t.match(await one.call('POST', `/v1/stuck-cases/${ids[0]}/retry`, { as }), { status: 403 })
    }
    for (const as of [buyer, merchant]) t.match(await one.call('GET', '/v1/stuck-cases', { as }), { status: 403 })
    const { key } = await one.platform('test')
    await spoil(one, waiting.id)
    one.clock.advance(3 * DAY)
    await sweep(one)
    t.equal((await left()).length, 1)
    t.strictSame((await one.call('GET', '/v1/stuck-cases', { key })).body.data, [])
    t.match(await one.call('POST', '/v1/stuck-cases/retry', { key, as: supervisor }), { body: { retried: 0 } })
    t.match(await one.call('POST', `/v1/stuck-cases/${waiting.id}/retry`, { key, as: supervisor }), { status: 404 })
  })
  await t.test('what is asked wrongly is named', async (t) => {
    t.match(await retry({ error_class: 'bad_luck' }), { status: 400, body: { errors: [{ pointer: '/error_class' }] } })
    t.match(await retry({ complaint_id: ids[0] }), { status: 400, body: { errors: [{ pointer: '/complaint_id' }] } })
    t.match(await one.call('GET', '/v1/stuck-cases?kind=patience'), { status: 400, body: { errors: [{ pointer: '?kind' }] } })
  })
})

await t.test('the list is walked page by page, newest first', async (t) => {
  const one = await testApp(t)
  for (let n = 0; n < 5; n++) {
    const { id } = await file(one)
    await spoil(one, id)
    one.clock.advance(HOUR)
    await sweep(one)
  }
  const all = await stuckCases(one)
  const walked: Json[] = []
  for (let url = '/v1/stuck-cases?limit=2'; ; ) {
    const { body, headers } = await one.call('GET', url)
    walked.push(...body.data)
    const next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    if (next === undefined) break
    url = next
  }
  t.equal(walked.length, 5)
  t.strictSame(walked, all)
  t.strictSame(
    walked.map(({ since }) => since),
    walked
      .map(({ since }) => since)
      .sort()
      .reverse(),
  )
})
