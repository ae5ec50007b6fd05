/** Versions of a calendar over HTTP: what was read is sent back, from when each holds, which there are. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { document } from './documents.ts'
import { put, rulesVersion } from './put.ts'

await t.test('what was read can be sent back, and makes no version', async (t) => {
  const one = await testApp(t)
  const more = { holidays: [{ date: '2026-12-24', name: 'closed' }], complete_years: [2027], business_day_minutes: 240 }
  for (const country of ['DE', 'IN', 'AE'])
    await put(one, country.toLowerCase(), document({ public_holidays: { country }, ...more }))
  const before = await rulesVersion(one)
  for (const name of ['always', 'china', 'weekdays', 'de', 'in', 'ae']) {
    const read = await one.call('GET', `/v1/calendars/${name}`)
    const sent = await put(one, name, read.body, { match: read.headers.etag ?? '' })
    t.equal(sent.status, 200, name)
    t.strictSame(sent.body, read.body)
    t.equal(sent.headers.etag, '"1"')
  }
  t.equal(await rulesVersion(one), before, 'nobody hears of anything')

  const { body } = await one.call('GET', '/v1/calendars/de')
  const changed = await put(one, 'de', { ...body, time_zone: 'Europe/Berlin' }, { match: '"1"' })
  t.match(changed, { status: 200, body: { version: 2, time_zone: 'Europe/Berlin' } }, 'so can it be with a change')
  t.match(
    await put(one, 'de', { ...body, time_zone: 'Europe/Vienna' }, { match: '"1"' }),
    { status: 412, body: { code: 'version_stale' } },
    'what was read before somebody else’s change is stale',
  )
})

await t.test('what nobody writes is refused where it differs, by name', async (t) => {
  const one = await testApp(t)
  const { body } = await one.call('GET', '/v1/calendars/china')
  const others: Record<string, unknown> = {
    name: 'weekdays',
    published_years: [...body.published_years, 2027],
    coverage: { ...body.coverage, method: 'computed' },
    public_holiday_dates: body.public_holiday_dates.slice(1),
    make_up_workdays: [],
    version: 2,
    holds_from: '2026-01-01T00:00:00.000Z',
    created_at: null,
    created_by: 'admin:root',
  }
  const written = Object.keys(document())
  t.strictSame(Object.keys(body).sort(), [...Object.keys(others), ...written].sort(), 'these are all fields of a calendar')
  for (const [field, value] of Object.entries(others)) {
    const refused = await put(one, 'china', { ...body, time_zone: 'Asia/Urumqi', [field]: value }, { match: '"1"' })
    t.match(
      refused,
      {
        status: 400,
        body: { code: 'validation_failed', detail: `/${field} cannot be written; leave it out, or send it back as it was read.` },
      },
      field,
    )
    t.strictSame(refused.body.errors, [
      { pointer: `/${field}`, code: 'read_only', detail: 'cannot be written; leave it out, or send it back as it was read' },
    ])
  }
  const twice = await put(one, 'china', { ...body, version: 7, make_up_workdays: [] }, { match: '"1"' })
  t.strictSame(twice.body.errors.map(({ pointer }: Json) => pointer).sort(), ['/make_up_workdays', '/version'], 'all at once')
  const copied = await put(one, 'copy', body)
  t.strictSame(
    copied.body.errors.map(({ pointer }: Json) => pointer).sort(),
    Object.keys(others)
      .map((field) => `/${field}`)
      .sort(),
    'a new calendar is made without them',
  )
  t.equal((await one.call('GET', '/v1/calendars/china')).body.version, 1)
  t.match(await one.call('GET', '/v1/calendars/copy'), { status: 404 })
})

await t.test('a version tells from which of the platform’s times it holds, beside the real one', async (t) => {
  const one = await testApp(t)
  const first = (await one.call('GET', '/v1/calendars/china')).body
  t.equal(first.holds_from, first.created_at, 'at its birth a platform’s clock is right')

  await one.call('POST', '/v1/test-clock/advance', { body: { by: 'P30D' } })
  one.clock.advance(2 * DAY)
  const { body } = await put(one, 'china', document(), { match: '"1"' })
  t.match(body, { created_at: '2026-11-23T19:16:00.000Z', holds_from: '2026-12-23T19:16:00.000Z' })
  t.strictSame((await one.call('GET', '/v1/calendars/china')).body, body)
  t.strictSame((await one.call('GET', '/v1/calendars/china?version=1')).body, first, 'the version before says what it said')

  const other = await one.platform('live')
  const theirs = (await put(one, 'shop', document(), { key: other.key })).body
  t.match(theirs, { created_at: '2026-11-23T19:16:00.000Z', holds_from: '2026-11-23T19:16:00.000Z' })
})

await t.test('the versions of a calendar are listed, newest first, without their days', async (t) => {
  const one = await testApp(t)
  const zones = ['Asia/Tokyo', 'Asia/Seoul', 'Asia/Urumqi', 'Asia/Hong_Kong']
  for (const [n, time_zone] of zones.entries()) {
    one.clock.advance(DAY)
    await put(one, 'china', document({ time_zone }), { match: `"${n + 1}"` })
  }
  const { status, body } = await one.call('GET', '/v1/calendars/china/versions', { as: 'buyer:B-1' })
  t.equal(status, 200)
  t.equal(body.next_cursor, null)
  t.strictSame(
    body.data.map(({ version }: Json) => version),
    [5, 4, 3, 2, 1],
  )
  t.strictSame(body.data[1], {
    version: 4,
    holds_from: '2026-11-24T19:16:00.000Z',
    created_at: '2026-11-24T19:16:00.000Z',
    created_by: 'admin:root',
  })
  t.match(body.data[4], { version: 1, created_by: 'system:redress' })

  const seen: number[] = []
  let next: string | undefined = '/v1/calendars/china/versions?limit=2'
  while (next !== undefined) {
    const page: Called = await one.call('GET', next)
    seen.push(...page.body.data.map(({ version }: Json) => version))
    next = /^<(.*)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
  }
  t.strictSame(seen, [5, 4, 3, 2, 1], 'page by page')

  t.equal((await one.call('GET', '/v1/calendars/weekdays/versions')).body.data.length, 1, 'each has its own')
  t.match(await one.call('GET', '/v1/calendars/none/versions'), { status: 404, body: { code: 'not_found' } })
  const other = await one.platform('live')
  t.equal((await one.call('GET', '/v1/calendars/china/versions', { key: other.key })).body.data.length, 1, 'and each platform')
  t.match(await one.call('GET', '/v1/calendars/china/versions?limit=0'), { status: 400 })
  const { body: page } = await one.call('GET', '/v1/calendars/china/versions?limit=1')
  t.match(await one.call('GET', `/v1/calendars/weekdays/versions?cursor=${page.next_cursor}`), {
    status: 400,
    body: { code: 'invalid_cursor' },
  })
})
