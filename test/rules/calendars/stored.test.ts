/** Calendars as the version of November 2026 stored them: test/fixtures/calendars is frozen, and is read for good. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { toMs } from '../../../src/foundation/clock.ts'
import { leaveNobodyOut } from '../../../src/platform/platforms/ask-each.ts'
import { refreshPublishedHolidays } from '../../../src/rules/calendars/refresh.ts'
import type { StoredCalendarRow } from '../../../src/rules/calendars/table.ts'
import { movableClock, type TestApp, testApp } from '../../support/app.ts'
import { filing } from '../../support/story.ts'
import { businessDays, changePolicy } from '../policy/policies.ts'

const names = ['china', 'weekdays', 'always', 'berlin'] as const
type Name = (typeof names)[number]
type Frozen = Omit<StoredCalendarRow, 'platform_id' | 'holds_from'>

const frozen = (name: Name): Frozen =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `../../fixtures/calendars/${name}.json`), 'utf8')) as Frozen

/** The same from before some fields were there. */
const sparse = (name: Name): Frozen => {
  const row = frozen(name)
  const { business_day_minutes: _minutes, complete_years: _years, workdays: _workdays, ...document } = row.document
  return { ...row, document }
}

/** As an instance of that version writes it: it knows no `holds_from`. */
const store = ({ db, platformId }: TestApp, row: Frozen): Promise<unknown> =>
  db
    .insertInto('calendars')
    .values({ ...row, platform_id: platformId, holds_from: null })
    .execute()

type Due = readonly [name: Name, filed: string, days: number, due: string, why: string]

/** Worked out with a printed calendar. */
const dues: readonly Due[] = [
  [
    'china',
    '2026-09-30T08:00:00.000Z',
    1,
    '2026-10-08T08:00:00.000Z',
    '16:00 before National Day: 2 h, and 7 h on Thursday after',
  ],
  ['china', '2026-10-09T09:00:00.000Z', 1, '2026-10-10T09:00:00.000Z', '17:00 on Friday: the Saturday is worked'],
  ['weekdays', '2026-09-30T08:00:00.000Z', 1, '2026-10-01T08:00:00.000Z', 'without holidays'],
  ['always', '2026-09-30T08:00:00.000Z', 2, '2026-10-02T08:00:00.000Z', 'a day of 24 hours'],
  [
    'berlin',
    '2026-12-23T09:00:00.000Z',
    3,
    '2026-12-29T09:00:00.000Z',
    '10:00 on Wednesday: 7 h, 8 h on Christmas Eve, 8 h on Monday, 1 h',
  ],
]

const counts = async (t: Test, read: (name: Name) => Frozen): Promise<void> => {
  const one = await testApp(t, { clock: movableClock('2026-09-29T08:00:00.000Z') })
  for (const name of names) await store(one, { ...read(name), name: `stored-${name}`, version: 1 })
  for (const [name, filed, days, due, why] of dues) {
    one.clock.advance(toMs(filed) - one.clock.nowMs())
    await changePolicy(one, ({ clocks }) => {
      clocks.first_response = [{ allow: businessDays(days), calendar: `stored-${name}`, on_silence: ['escalate'] }]
    })
    const { status, body } = await one.call('POST', '/v1/complaints', { as: 'buyer:B-1', body: filing() })
    t.equal(status, 201)
    const expected = { kind: 'first_response', due_at: due, calendar: `stored-${name}`, provisional: false }
    t.match(body.deadlines[0], expected, `${name}: ${why}`)
  }
}

await t.test('clocks are counted in stored calendars', (t) => counts(t, frozen))

await t.test('also in those that lack what was added later', (t) => counts(t, sparse))

await t.test('what is lacking is shown with the default of its kind', async (t) => {
  const one = await testApp(t)
  for (const name of names) await store(one, { ...sparse(name), name: `old-${name}`, version: 1 })
  const defaults = { business_day_minutes: null, complete_years: [], workdays: [], holidays: [], version: 1 }
  for (const name of names) {
    const { status, body } = await one.call('GET', `/v1/calendars/old-${name}`)
    t.equal(status, 200)
    t.match(body, { ...defaults, hours: frozen(name).document.hours }, name)
    t.equal(body.holds_from, body.created_at, 'it holds since it was written')
    t.equal(body.created_at, frozen(name).created_at)
  }
  const shown = async (name: Name) => (await one.call('GET', `/v1/calendars/old-${name}`)).body
  t.match((await shown('china')).coverage, { source: 'chinese-days 1.5.7', method: 'announced', missing: [] })
  t.match((await shown('berlin')).coverage, { source: 'date-holidays 3.37.0', method: 'unrecorded' })
  t.equal((await shown('weekdays')).coverage, null)
  t.strictSame((await shown('berlin')).published_years.slice(-1), [2050], 'and means what it meant')
  t.equal((await one.call('GET', '/v1/calendars?limit=100')).body.data.length, 7, 'in the list too')
  t.match((await one.call('GET', '/v1/calendars/old-china/versions')).body.data, [
    { version: 1, holds_from: frozen('china').created_at },
  ])
})

await t.test('they are written back, changed and refreshed like any other', async (t) => {
  const one = await testApp(t)
  await store(one, { ...sparse('berlin'), version: 1 })
  await store(one, { ...sparse('weekdays'), name: 'shop', version: 1 })
  const put = (name: string, body: object) => one.call('PUT', `/v1/calendars/${name}`, { body, headers: { 'if-match': '"1"' } })
  const berlin = (await one.call('GET', '/v1/calendars/berlin')).body
  t.strictSame((await put('berlin', berlin)).body, berlin, 'unchanged')
  const shop = (await one.call('GET', '/v1/calendars/shop')).body
  t.match(await put('shop', { ...shop, complete_years: [2027] }), { status: 200, body: { version: 2, complete_years: [2027] } })

  t.match((await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)).renewed, [{ name: 'berlin', version: 2 }])
  t.match((await one.call('GET', '/v1/calendars/berlin')).body, {
    version: 2,
    coverage: { method: 'computed' },
    business_day_minutes: null,
    workdays: [],
  })
  t.strictSame((await one.call('GET', '/v1/calendars/berlin?version=1')).body, berlin)
})
