/** The desk's list of deadlines over all cases of a platform, held against plain SQL. */
import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { DAY, HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import {
  agent,
  buyer,
  dismissed,
  done,
  file,
  filing,
  merchant,
  negotiating,
  order,
  proposed,
  supervisor,
} from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'

/** The whole list, page by page. */
const walk = async ({ call }: TestApp, query: string, limit = 100, between?: () => Promise<unknown>): Promise<Json[]> => {
  const rows: Json[] = []
  let next: string | undefined = `/v1/deadlines?${query}${query ? '&' : ''}limit=${limit}`
  while (next !== undefined) {
    const { status, body, headers, text } = await call('GET', next, { as: agent })
    if (status !== 200) throw new Error(`${next}: ${status} ${text}`)
    rows.push(...body.data)
    next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    await between?.()
  }
  return rows
}

const idsOf = (rows: readonly Json[]): string[] => rows.map(({ id }) => id)

/** Cases in many situations, with clocks of all statuses. */
const fill = async (one: TestApp): Promise<void> => {
  for (let n = 0; n < 5; n++) {
    await file(one, filing({ channel: n % 2 === 0 ? 'chat' : 'email' }))
    one.clock.advance(MINUTE)
    await negotiating(one, filing({ order: order(`O-${n}`, 25_900) }))
    const { id } = await negotiating(one, filing({ order: order(`P-${n}`, 25_900) }))
    await done(one, agent, `/v1/complaints/${id}/request-information`, { items: ['照片'] })
    await proposed(one, [{ type: 'apology' }])
    await dismissed(one)
    one.clock.advance(7 * MINUTE)
  }
  await done(one, 'admin:root', '/v1/sweeps')
}

await t.test('the desk sees what is due over all cases', async (t) => {
  const one = await testApp(t)
  await fill(one)
  const wanted = async (condition: RawBuilder<unknown>): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`
      select id from deadlines where platform_id = ${one.platformId} and ${condition} order by due_at, id`.execute(one.db)
    return rows.map(({ id }) => id)
  }

  await t.test('by due time, those that run unless asked otherwise', async (t) => {
    const rows = await walk(one, '')
    t.strictSame(idsOf(rows), await wanted(sql`status = 'running' and kind <> 'notice'`))
    t.ok(rows.length > 20)
  })

  const soon = toTime(one.clock.nowMs() + 3 * DAY)
  const filters: [query: string, condition: RawBuilder<unknown>][] = [
    ['status=paused', sql`status = 'paused'`],
    ['status=met,missed,cancelled', sql`status in ('met', 'missed', 'cancelled')`],
    ['status=running,running', sql`status = 'running'`],
    ['kind=confirmation', sql`status = 'running' and kind = 'confirmation'`],
    ['kind=first_response,auto_close', sql`status = 'running' and kind in ('first_response', 'auto_close')`],
    ['party=respondent', sql`status = 'running' and party = 'respondent'`],
    ['party=complainant,platform', sql`status = 'running' and party in ('complainant', 'platform')`],
    ['kind=confirmation&party=complainant', sql`status = 'running' and kind = 'confirmation' and party = 'complainant'`],
    [`due_before=${soon}`, sql`status = 'running' and due_at < ${soon}`],
    [
      `due_before=${soon.replace('Z', '%2B00:00')}&status=running,paused&kind=information,resolution`,
      sql`status in ('running', 'paused') and kind in ('information', 'resolution') and due_at < ${soon}`,
    ],
  ]
  for (const [query, condition] of filters) {
    await t.test(query, async (t) => {
      const ids = await wanted(condition)
      t.ok(ids.length > 0)
      t.strictSame(idsOf(await walk(one, query)), ids)
    })
  }
  await t.test('a side that a kind never is of has none of it', async (t) => {
    t.strictSame(await walk(one, 'kind=resolution,refund&party=complainant'), [])
    t.strictSame(await walk(one, 'kind=notice'), [])
  })

  await t.test('whatever the page size', async (t) => {
    const ids = idsOf(await walk(one, 'status=running,paused'))
    for (const limit of [1, 3, 7]) t.strictSame(idsOf(await walk(one, 'status=running,paused', limit)), ids, `${limit} a page`)
  })

  await t.test('each once while others are added', async (t) => {
    const there = idsOf(await walk(one, 'kind=first_response'))
    const seen = idsOf(await walk(one, 'kind=first_response', 2, () => file(one)))
    t.strictSame(
      seen.filter((id) => there.includes(id)),
      there,
    )
    t.equal(new Set(seen).size, seen.length)
  })
})

await t.test('each deadline with what the desk must know of its case', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one, filing({ channel: 'chat', category: 'logistics' }))
  await done(one, supervisor, `/v1/complaints/${id}/assign`, { owner: agent })
  const complaint = (await one.call('GET', `/v1/complaints/${id}`, { as: agent })).body
  const expected = complaint.deadlines.map((deadline: Json) => ({
    ...deadline,
    overdue: false,
    complaint_id: id,
    case_number: complaint.case_number,
    channel: 'chat',
    category: 'logistics',
    level: 1,
    owner: agent,
    unanswered_since: null,
  }))
  t.strictSame(
    expected.map(({ kind }: Json) => kind),
    ['first_response', 'completion'],
  )
  for (const as of [agent, supervisor, 'admin:root'])
    t.strictSame((await one.call('GET', '/v1/deadlines', { as })).body, { data: expected, next_cursor: null }, as)

  one.clock.advance(5 * MINUTE)
  const flags = async (query = '') => (await walk(one, query)).map(({ status, overdue, level }) => [status, overdue, level])
  t.strictSame(await flags('kind=first_response'), [['running', true, 1]], 'due, before a sweep has seen it')
  await done(one, 'admin:root', '/v1/sweeps')
  t.strictSame(await flags('kind=first_response'), [['running', true, 2]], 'owed on, though the next step is not due yet')
  t.strictSame(await flags('status=missed'), [['missed', false, 2]], 'the one that was acted on')
  await done(one, agent, `/v1/complaints/${id}/accept`)
  t.strictSame(await flags('kind=first_response&status=running,met,missed'), [
    ['missed', false, 2],
    ['met', false, 2],
  ])
})

await t.test('an intervention that was missed once is overdue until it is done, a right never', async (t) => {
  const one = await testApp(t)
  const { caseId } = await proposed(one, [{ type: 'apology' }], filing({ order: order('O-1', 25_900) }))
  await done(one, supervisor, `/v1/complaints/${caseId}/close`, { reason_code: 'other' })
  one.clock.advance(7 * DAY + HOUR)
  t.strictSame(
    (await walk(one, 'kind=appeal_window')).map(({ overdue }) => overdue),
    [false, false],
  )
  const { id } = await negotiating(one, filing({ order: order('O-2', 25_900) }))
  await done(one, agent, `/v1/complaints/${id}/escalate`, { reason_code: 'no_agreement' })
  one.clock.advance(4 * DAY)
  await done(one, 'admin:root', '/v1/sweeps')
  t.match(await walk(one, 'kind=intervention&status=missed'), [{ complaint_id: id, overdue: true }])
})

await t.test('for the desk of this platform alone, and in words it knows', async (t) => {
  const one = await testApp(t)
  await file(one)
  await file(one)
  const other = await one.platform('test')
  const get = (query: string, options: object = { as: agent }) => one.call('GET', `/v1/deadlines${query}`, options)
  for (const as of [buyer, merchant])
    t.match(await get('?status=nonsense', { as }), { status: 403, body: { code: 'forbidden' } }, as)
  t.strictSame((await get('', { as: agent, key: other.key })).body.data, [])
  for (const query of ['status=nonsense', 'kind=', 'party=buyer', 'due_before=soon', 'owner=agent:alice', 'limit=0'])
    t.match(await get(`?${query}`), { status: 400, body: { code: 'validation_failed' } }, query)
  const { next_cursor: cursor } = (await get('?limit=1')).body
  for (const query of [`?limit=1&cursor=${cursor}x`, `?limit=1&status=paused&cursor=${cursor}`])
    t.match(await get(query), { status: 400, body: { code: 'invalid_cursor' } })
  t.match(await get(`?limit=1&cursor=${cursor}`, { as: supervisor }), { status: 400 }, 'a cursor of somebody else')
})
