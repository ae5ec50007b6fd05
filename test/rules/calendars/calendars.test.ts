/** Calendars over HTTP. */
import { sql } from 'kysely'
import t from 'tap'
import { DAY, toTime } from '../../../src/foundation/clock.ts'
import type { CalendarDocument } from '../../../src/rules/calendars/schema.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { businessDays, businessHours, changePolicy } from '../policy/policies.ts'
import { document, everyDay, fromMondayToFriday, week, windows } from './documents.ts'
import { put, rulesVersion } from './put.ts'

await t.test('a platform has three calendars from its birth, which everybody reads', async (t) => {
  const { call } = await testApp(t)
  for (const as of ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'supervisor:zhao', 'admin:root']) {
    const { status, body } = await call('GET', '/v1/calendars', { as })
    t.equal(status, 200, as)
    t.strictSame(
      body.data.map(({ name, version }: Json) => [name, version]),
      [
        ['always', 1],
        ['china', 1],
        ['weekdays', 1],
      ],
    )
  }
  const { body, headers } = await call('GET', '/v1/calendars/china', { as: 'buyer:B-1' })
  t.equal(headers.etag, '"1"')
  t.match(body, {
    name: 'china',
    time_zone: 'Asia/Shanghai',
    hours: { monday: [{ from: '09:00', to: '18:00' }], sunday: [] },
    public_holidays: { country: 'CN' },
    business_day_minutes: null,
    created_by: 'system:redress',
  })
  t.ok(body.published_years.includes(2026), 'the reader sees which years are known')
  t.ok(
    body.public_holiday_dates.some(({ date, name }: Json) => date === '2026-10-01' && name === '国庆节'),
    'and which days count',
  )
  t.ok(body.make_up_workdays.some(({ date }: Json) => date === '2026-10-10'))
  t.match((await call('GET', '/v1/calendars/weekdays')).body, { published_years: null, public_holiday_dates: [] })
  t.match(await call('GET', '/v1/calendars/none'), { status: 404, body: { code: 'not_found' } })
})

await t.test('an admin makes a calendar and changes it; earlier versions stay', async (t) => {
  const one = await testApp(t)
  const { call } = one
  const before = await rulesVersion(one)
  const first = {
    time_zone: 'Europe/Berlin',
    hours: fromMondayToFriday('09:00-12:30 13:00-17:00'),
    public_holidays: { country: 'DE', region: 'BE' },
    workdays: [{ date: '2026-12-19', name: 'Adventssamstag', hours: windows('10:00-14:00') }],
  }
  const made = await put(one, 'berlin', first)
  t.equal(made.status, 200)
  t.equal(made.headers.etag, '"1"')
  t.match(made.body, {
    ...first,
    holidays: [],
    complete_years: [],
    business_day_minutes: null,
    version: 1,
    created_by: 'admin:root',
  })
  t.ok(
    made.body.public_holiday_dates.some(({ date }: Json) => date === '2026-03-08'),
    'with the holidays of its region',
  )
  t.equal(made.body.published_years.length, 31)
  t.strictSame((await call('GET', '/v1/calendars/berlin')).body, made.body)

  const second = { ...first, public_holidays: null, holidays: [{ date: '2026-12-24', name: 'Heiligabend' }] }
  const changed = await put(one, 'berlin', second, { match: '"1"' })
  t.match(changed, {
    status: 200,
    headers: { etag: '"2"' },
    body: { version: 2, published_years: null, public_holiday_dates: [] },
  })
  t.strictSame((await call('GET', '/v1/calendars/berlin')).body, changed.body)
  t.strictSame((await call('GET', '/v1/calendars/berlin?version=1')).body, made.body, 'as it was')
  t.equal((await call('GET', '/v1/calendars/berlin?version=1')).headers.etag, '"1"')
  t.strictSame((await call('GET', '/v1/calendars/berlin?version=2')).body, changed.body)
  t.match(await call('GET', '/v1/calendars/berlin?version=3'), { status: 404 })
  t.match(await call('GET', '/v1/calendars/berlin?version=0'), { status: 400, body: { errors: [{ pointer: '?version' }] } })
  t.equal((await call('GET', '/v1/calendars?limit=100')).body.data.find(({ name }: Json) => name === 'berlin').version, 2)
  t.equal(await rulesVersion(one), before + 2, 'every instance hears of each change')

  const same = await put(one, 'berlin', { ...second, complete_years: [] }, { match: '"2"' })
  t.strictSame(same.body, changed.body, 'what changes nothing makes no version')
  t.equal(await rulesVersion(one), before + 2)
})

await t.test('complete years count as published', async (t) => {
  const one = await testApp(t)
  const { body } = await put(one, 'shop', document({ public_holidays: { country: 'CN' }, complete_years: [2035, 2026] }))
  t.ok(body.published_years.includes(2035))
  t.strictSame(body.published_years, [...new Set(body.published_years as number[])].sort(), 'each once, in order')
})

await t.test('a change names the version it was made from', async (t) => {
  const one = await testApp(t)
  const changed = document({ time_zone: 'Asia/Urumqi' })
  t.match(await put(one, 'china', changed), { status: 428, body: { code: 'version_required' } })
  t.match(await put(one, 'china', changed, { match: '"2"' }), { status: 412, body: { code: 'version_stale' } })
  t.match(
    await put(one, 'fresh', changed, { match: '"1"' }),
    { status: 412, body: { code: 'version_stale' } },
    'a new one has none',
  )
  t.match(await put(one, 'fresh', changed, { match: '*' }), { status: 412 })
  t.match(await one.call('GET', '/v1/calendars/fresh'), { status: 404 })
  t.equal((await put(one, 'china', changed, { match: '*' })).status, 200)
  t.match(await put(one, 'china', { time_zone: 'x' }, { match: '"7"' }), { status: 400 }, 'what does not fit is told first')
})

await t.test('only admins write, whatever the name', async (t) => {
  const one = await testApp(t)
  for (const as of ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'supervisor:zhao']) {
    for (const name of ['china', 'new', 'No Name'])
      t.match(await put(one, encodeURIComponent(name), {}, { as }), { status: 403, body: { code: 'forbidden' } }, `${as} ${name}`)
  }
  for (const name of ['China', '1st', 'a b', 'x'.repeat(65), 'ü'])
    t.match(await put(one, encodeURIComponent(name), document()), { status: 404 }, name)
  t.equal((await put(one, `x${'-'.repeat(63)}`, document())).status, 200)
})

await t.test('platforms do not see each other’s calendars', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('live')
  t.equal((await put(one, 'mine', document())).status, 200)
  t.match(await one.call('GET', '/v1/calendars/mine', { key: other.key }), { status: 404 })
  const { body } = await one.call('GET', '/v1/calendars', { key: other.key })
  t.notOk(body.data.some(({ name }: Json) => name === 'mine'))
  const theirs = await put(one, 'mine', document({ time_zone: 'Europe/Berlin' }), { key: other.key })
  t.match(theirs, { status: 200, body: { version: 1, time_zone: 'Europe/Berlin' } }, 'the same name is theirs to use')
  t.equal((await one.call('GET', '/v1/calendars/mine')).body.time_zone, 'Asia/Shanghai')
})

await t.test('the list is paged by name', async (t) => {
  const one = await testApp(t)
  for (const name of ['b', 'a', 'zz']) await put(one, name, document())
  await put(one, 'b', document({ time_zone: 'Asia/Tokyo' }), { match: '"1"' })
  const seen: string[] = []
  let next: string | undefined = '/v1/calendars?limit=2'
  while (next !== undefined) {
    const { body, headers }: Called = await one.call('GET', next)
    seen.push(...body.data.map(({ name, version }: Json) => `${name} ${version}`))
    next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
  }
  t.strictSame(seen, ['a 1', 'always 1', 'b 2', 'china 1', 'weekdays 1', 'zz 1'])
})

await t.test('two changes at once: one is made, the other hears of it', async (t) => {
  const one = await testApp(t)
  const beside = await testApp(t, { beside: one })
  const zones = ['Asia/Tokyo', 'Asia/Seoul']
  const both = (name: string, match?: string) =>
    Promise.all(
      zones.map((time_zone, n) =>
        put(n === 0 ? one : beside, name, document({ time_zone }), match === undefined ? {} : { match }),
      ),
    )

  // both have to find it missing before either makes it
  const waiting = () =>
    sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(one.db)
  const made = await one.db.transaction().execute(async (trx) => {
    await sql`select 1 from platforms where id = ${one.platformId} for update`.execute(trx)
    const answers = both('twice')
    while ((await waiting()).rows.length < 2);
    return { answers }
  })
  const answers = await made.answers
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 412])
  t.match(answers.find(({ status }) => status === 412)?.body, { code: 'version_stale' })

  const changed = await both('china', '"1"')
  t.strictSame(changed.map(({ status }) => status).sort(), [200, 412])
  const winner = changed.find(({ status }) => status === 200)?.body
  t.strictSame((await one.call('GET', '/v1/calendars/china')).body, winner)
  t.equal(winner.version, 2)
})

type Fault = [change: Record<string, unknown>, pointer: string, code: string]

await t.test('what cannot be a calendar is refused, with a pointer and the reason', async (t) => {
  const one = await testApp(t)
  const faults = async (change: Record<string, unknown>): Promise<string[]> => {
    const { status, body } = await put(one, 'wrong', { ...document(), ...change })
    return status === 400 ? body.errors.map(({ pointer, code }: Json) => `${pointer} ${code}`) : [`${status}`]
  }
  const office = fromMondayToFriday('09:00-18:00')
  const on = (change: Partial<CalendarDocument['hours']>) => ({ hours: { ...office, ...change } })
  const { sunday: _, ...sixDays } = office
  const refused: Fault[] = [
    [{ time_zone: 'Mars/Olympus' }, '/time_zone', 'unknown_zone'],
    [{ time_zone: '+08:00' }, '/time_zone', 'unknown_zone'],
    [{ time_zone: '' }, '/time_zone', 'unknown_zone'],
    [{ time_zone: 8 }, '/time_zone', 'wrong_type'],
    [{ hours: week({}) }, '/hours', 'never_open'],
    [{ hours: week({ monday: '09:00-09:30', friday: '09:00-09:29' }) }, '/hours', 'hardly_open'],
    [{ hours: sixDays }, '/hours/sunday', 'missing'],
    [on({ holiday: [] } as object), '/hours/holiday', 'unknown_field'],
    [on({ monday: windows('09:00-12:00 11:59-18:00') }), '/hours/monday/1/from', 'overlap'],
    [on({ monday: windows('13:00-18:00 09:00-12:00') }), '/hours/monday/1/from', 'overlap'],
    [on({ monday: windows('20:00-02:00 21:00-22:00') }), '/hours/monday/1/from', 'overlap'],
    [on({ monday: windows('20:00-09:01') }), '/hours/monday/0/to', 'overlap'],
    [on({ sunday: windows('20:00-09:01') }), '/hours/sunday/0/to', 'overlap'],
    [on({ monday: windows('9:00-18:00') }), '/hours/monday/0/from', 'pattern'],
    [on({ monday: windows('24:00-18:00') }), '/hours/monday/0/from', 'pattern'],
    [on({ monday: windows('09:00-24:01') }), '/hours/monday/0/to', 'pattern'],
    [on({ monday: [{ from: '09:00', to: '18:00', name: 'x' }] as never }), '/hours/monday/0/name', 'unknown_field'],
    [{ holidays: [{ date: '2026-02-30', name: 'x' }] }, '/holidays/0/date', 'format'],
    [{ holidays: [{ date: '2026-2-3', name: 'x' }] }, '/holidays/0/date', 'format'],
    [{ holidays: [{ date: '2026-02-03' }] }, '/holidays/0/name', 'missing'],
    [{ workdays: [{ date: '2027-02-29', name: 'x' }] }, '/workdays/0/date', 'format'],
    [{ workdays: [{ date: '2026-12-24', name: 'x', hours: [] }] }, '/workdays/0/hours', 'too_few'],
    [
      { workdays: [{ date: '2026-12-24', name: 'x', hours: windows('09:00-12:00 11:00-13:00') }] },
      '/workdays/0/hours/1/from',
      'overlap',
    ],
    [{ complete_years: [1999] }, '/complete_years/0', 'too_small'],
    [{ complete_years: [2027, 2027] }, '/complete_years', 'duplicates'],
    [{ business_day_minutes: 0 }, '/business_day_minutes', 'too_small'],
    [{ business_day_minutes: 1441 }, '/business_day_minutes', 'too_large'],
    [{ hours: week({ monday: '09:00-10:00' }), business_day_minutes: 61 }, '/business_day_minutes', 'too_large'],
    [{ public_holidays: { country: 'XX' } }, '/public_holidays/country', 'unknown_country'],
    [{ public_holidays: { country: 'de' } }, '/public_holidays/country', 'pattern'],
    [{ public_holidays: { country: 'DE', region: 'XX' } }, '/public_holidays/region', 'unknown_region'],
    [{ public_holidays: { country: 'DE', state: 'BE' } }, '/public_holidays/state', 'unknown_field'],
    [{ name: 'wrong' }, '/name', 'read_only'],
    [{ shop: 'wrong' }, '/shop', 'unknown_field'],
    [{ holidays: Array.from({ length: 1001 }, () => ({ date: '2026-12-24', name: 'x' })) }, '/holidays', 'too_many'],
  ]
  for (const [change, pointer, code] of refused) t.strictSame(await faults(change), [`${pointer} ${code}`], `${pointer} ${code}`)

  const twice = [
    { date: '2026-12-24', name: 'x' },
    { date: '2026-12-25', name: 'x' },
    { date: '2026-12-24', name: 'y' },
  ]
  t.strictSame(await faults({ holidays: twice, workdays: twice, time_zone: 'x' }), [
    '/holidays/2/date duplicates',
    '/workdays/2/date duplicates',
    '/time_zone unknown_zone',
  ])
  t.match(await one.call('GET', '/v1/calendars/wrong'), { status: 404 }, 'nothing of it is kept')
})

await t.test('what only looks odd is taken', async (t) => {
  const one = await testApp(t)
  const odd: Partial<CalendarDocument>[] = [
    { hours: everyDay() },
    { hours: everyDay('00:00-00:00') },
    { hours: everyDay('10:00-10:00') },
    { hours: everyDay('09:00-12:00 12:00-24:00') },
    { hours: everyDay('06:00-12:00 20:00-06:00') },
    { hours: week({ monday: '10:00-10:00' }) },
    { hours: week({ monday: '09:00-09:30', friday: '09:00-09:30' }) },
    { hours: week({ monday: '09:00-10:00', friday: '09:00-10:00' }), business_day_minutes: 120 },
    { time_zone: 'Etc/GMT+8' },
    { time_zone: 'UTC' },
    { holidays: [{ date: '2028-02-29', name: 'leap day' }], workdays: [{ date: '2028-02-29', name: 'after all' }] },
  ]
  for (const [n, change] of odd.entries())
    t.equal((await put(one, `odd-${n}`, document(change))).status, 200, JSON.stringify(change))
})

await t.test('a calendar that the policy goes by stays one that it can work with', async (t) => {
  const one = await testApp(t)
  const anHourAWeek = document({ hours: week({ monday: '09:00-10:00' }), business_day_minutes: 60 })
  await changePolicy(one, (policy) => {
    const { first_response, refund } = policy.clocks
    Object.assign(first_response.at(-1), { allow: businessHours(100), calendar: 'always' })
    Object.assign(refund.at(-1), { allow: businessDays(700), calendar: 'weekdays', warn: { before: businessHours(40) } })
    policy.service_hours = { calendar: 'always', holds_back: ['notices'] }
  })

  const { status, body } = await put(one, 'weekdays', anHourAWeek, { match: '"1"' })
  t.match({ status, code: body.code }, { status: 422, code: 'calendar_does_not_fit' })
  t.strictSame(body.errors, [
    {
      pointer: '',
      code: 'too_long',
      detail: '/clocks/refund/0/allow of the policy takes more than three years in its calendar',
    },
  ])
  t.equal((await one.call('GET', '/v1/calendars/weekdays')).body.version, 1, 'nothing of it is kept')
  const aDayIsAnHour = document({ business_day_minutes: 3 })
  const later = await put(one, 'weekdays', aDayIsAnHour, { match: '"1"' })
  t.match(later.body.errors, [{ code: 'not_shorter', detail: /^\/clocks\/refund\/0\/warn\/before of the policy / }])
  t.equal((await put(one, 'weekdays', anHourAWeek, { match: '"9"' })).status, 412, 'stale comes first')

  t.equal((await put(one, 'always', anHourAWeek, { match: '"1"' })).status, 200, '100 hours are two years there')
  const closedForAYear = Array.from({ length: 400 }, (_, n) => ({
    date: toTime(one.clock.nowMs() + (n - 2) * DAY).slice(0, 10),
    name: 'closed',
  }))
  const shut = await put(one, 'always', { ...anHourAWeek, holidays: closedForAYear }, { match: '"2"' })
  t.strictSame(
    shut.body.errors.map(({ code, detail }: Json) => `${code} ${detail.split(' ')[0]}`),
    ['too_long /clocks/first_response/4/allow', 'never_open /service_hours/calendar'],
  )

  await put(one, 'nobodys', document())
  t.equal((await put(one, 'nobodys', anHourAWeek, { match: '"1"' })).status, 200, 'what no clock counts in may be anything')
})

await t.test('a platform has a hundred calendars at most', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('live')
  for (let n = 4; n <= 100; n++) await put(one, `c${n}`, document())
  t.match(await put(one, 'one-more', document()), { status: 422, body: { code: 'too_many_calendars' } })
  t.equal((await put(one, 'c100', document({ time_zone: 'Asia/Tokyo' }), { match: '"1"' })).status, 200, 'each can be changed')
  t.equal((await put(one, 'c100', document({ time_zone: 'Asia/Tokyo' }), { match: '"2"' })).status, 200, 'and sent again')
  t.equal((await put(one, 'one-more', document(), { key: other.key })).status, 200, 'another platform has its own hundred')
})
