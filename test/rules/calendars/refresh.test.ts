/** When a library is updated: calendars that stand take new days over, earlier versions keep what they had. */
import t from 'tap'
import { renewHolidays } from '../../../src/clockwork/jobs/renew-holidays.ts'
import { toTime } from '../../../src/foundation/clock.ts'
import { leaveNobodyOut } from '../../../src/platform/platforms/ask-each.ts'
import { chineseHolidays, chineseSource } from '../../../src/rules/calendars/china.ts'
import { countriesSource } from '../../../src/rules/calendars/countries.ts'
import { findCurrentVersions } from '../../../src/rules/calendars/find.ts'
import { refreshPublishedHolidays } from '../../../src/rules/calendars/refresh.ts'
import type { CalendarDocument } from '../../../src/rules/calendars/schema.ts'
import type { StoredHolidays } from '../../../src/rules/calendars/table.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { document } from './documents.ts'

const OLDER = 'chinese-days 1.4.9'
const inChina = document({ public_holidays: { country: 'CN' } })

/** What the library said before it had the last year. */
const aYearAgo = (): StoredHolidays => {
  const { years, holidays, workdays } = chineseHolidays()
  const last = years.at(-1) ?? 0
  const isEarlier = ({ date }: { date: string }) => !date.startsWith(`${last}-`)
  return {
    years: years.filter((year) => year !== last),
    holidays: holidays.filter(isEarlier),
    workdays: workdays.filter(isEarlier),
    source: OLDER,
  }
}

const write = async (
  { db, clock }: TestApp,
  platformId: string,
  name: string,
  version: number,
  resolved: StoredHolidays | null,
  written: CalendarDocument = inChina,
): Promise<void> => {
  const created = { created_at: toTime(clock.nowMs()), created_by: 'admin:root' }
  await db
    .insertInto('calendars')
    .values({ platform_id: platformId, name, version, document: written, resolved, holds_from: null, ...created })
    .execute()
}

const rulesVersionOf = async ({ db }: TestApp, platformId: string): Promise<number> =>
  (await db.selectFrom('platforms').select('rules_version').where('id', '=', platformId).executeTakeFirstOrThrow()).rules_version

await t.test('newly published years make a new version, on every platform, once', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('live')
  await write(one, one.platformId, 'china', 2, aYearAgo())
  await write(one, one.platformId, 'shop', 1, aYearAgo(), { ...inChina, holidays: [{ date: '2026-12-24', name: 'own' }] })
  await write(one, other.platformId, 'theirs', 1, aYearAgo())
  const before = await rulesVersionOf(one, one.platformId)
  const old = (await one.call('GET', '/v1/calendars/shop')).body

  const { renewed, unknown } = await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)
  t.strictSame(
    renewed
      .map(({ platformId, name, version }) => `${platformId === one.platformId ? 'one' : 'other'} ${name} ${version}`)
      .sort(),
    ['one china 3', 'one shop 2', 'other theirs 2'],
  )
  t.strictSame(unknown, [])

  const { body } = await one.call('GET', '/v1/calendars/shop')
  t.match(body, { version: 2, created_by: 'system:redress', holidays: [{ date: '2026-12-24' }] })
  const last = chineseHolidays().years.at(-1)
  t.ok(body.published_years.includes(last))
  t.ok(body.public_holiday_dates.some(({ date }: Json) => date === `${last}-10-01`))
  t.strictSame((await one.call('GET', '/v1/calendars/shop?version=1')).body, old, 'the version before means what it meant')
  t.ok((await rulesVersionOf(one, one.platformId)) > before, 'and every instance hears of it')

  const heard = await rulesVersionOf(one, one.platformId)
  t.strictSame(
    await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut),
    { renewed: [], unknown: [] },
    'nothing is left to do',
  )
  t.equal(await rulesVersionOf(one, one.platformId), heard)
})

await t.test('as a job it stops between two calendars, goes on with its next turn, and tells what it renewed', async (t) => {
  const one = await testApp(t)
  await write(one, one.platformId, 'china', 2, aYearAgo())
  await write(one, one.platformId, 'shop', 1, aYearAgo(), inChina)
  let asked = 0
  t.strictSame(await renewHolidays(one.deps, () => ++asked > 1), { renewed: 1 })
  t.strictSame(await renewHolidays(one.deps, () => false), { renewed: 1 })
  t.strictSame(await renewHolidays(one.deps, () => false), { renewed: 0 })
  const told = one.logs.map((line) => JSON.parse(line)).filter(({ calendars }) => calendars)
  t.match(told, [{ calendars: [{ name: 'china', version: 3 }] }, { calendars: [{ name: 'shop', version: 2 }] }])
})

await t.test('what is known of a country is a part of its source', async (t) => {
  const one = await testApp(t)
  const india = (days: StoredHolidays) =>
    write(one, one.platformId, 'india', 1, days, document({ public_holidays: { country: 'IN' } }))
  // as the version before wrote it, with the very same library
  const before: StoredHolidays = {
    years: [2025, 2026, 2027],
    holidays: [{ date: '2026-01-26', name: 'Republic Day' }],
    workdays: [],
    source: 'date-holidays 3.37.0',
  }
  await india(before)
  await one.call('POST', '/v1/test-clock/advance', { body: { by: 'P30D' } })
  const old = (await one.call('GET', '/v1/calendars/india')).body
  t.match(old, { published_years: [2025, 2026, 2027], coverage: { method: 'unrecorded', source: 'date-holidays 3.37.0' } })

  const { renewed } = await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)
  t.match(renewed, [{ name: 'india', version: 2 }])
  const { body } = await one.call('GET', '/v1/calendars/india')
  t.match(body, { version: 2, published_years: [], coverage: { method: 'partial' }, created_by: 'system:redress' })
  t.match(body, { created_at: '2026-11-21T19:16:00.000Z', holds_from: '2026-12-21T19:16:00.000Z' })
  t.strictSame((await one.call('GET', '/v1/calendars/india?version=1')).body, old, 'the version before means what it meant')
  t.strictSame(await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut), { renewed: [], unknown: [] })

  await write(
    one,
    one.platformId,
    'india',
    3,
    { ...before, source: countriesSource.replace(/\d+$/, '0') },
    document({ public_holidays: { country: 'IN' } }),
  )
  t.match(
    (await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)).renewed,
    [{ name: 'india', version: 4 }],
    'an earlier table is an earlier source',
  )
  await write(
    one,
    one.platformId,
    'india',
    5,
    { ...before, source: countriesSource.replace(/\d+$/, '99') },
    document({ public_holidays: { country: 'IN' } }),
  )
  t.strictSame((await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)).renewed, [], 'a later one is not taken back')
})

await t.test('instances that start at once write one version', async (t) => {
  const one = await testApp(t)
  await write(one, one.platformId, 'china', 2, aYearAgo())
  const all = await Promise.all([1, 2, 3].map(() => refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)))
  t.equal(all.flatMap(({ renewed }) => renewed).length, 1)
  t.equal((await findCurrentVersions(one.db, one.platformId)).get('china'), 3)
})

await t.test('nothing is written where nothing has changed', async (t) => {
  const one = await testApp(t)
  const days = chineseHolidays()
  await write(one, one.platformId, 'same-days', 1, { ...days, source: OLDER })
  const { coverage: _, ...asStoredBefore } = days
  await write(one, one.platformId, 'of-the-version-before', 1, { ...asStoredBefore, source: OLDER })
  await write(one, one.platformId, 'newer-library', 1, { ...aYearAgo(), source: 'chinese-days 99.0.0' })
  await write(one, one.platformId, 'replaced', 1, aYearAgo())
  await write(one, one.platformId, 'replaced', 2, days)
  await write(one, one.platformId, 'without', 1, null, document())
  t.strictSame(await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut), { renewed: [], unknown: [] })
  t.equal(days.source, chineseSource)
})

await t.test('days of a library that is no longer used are replaced, and any country is refreshed', async (t) => {
  const one = await testApp(t)
  const inBerlin = document({ time_zone: 'Europe/Berlin', public_holidays: { country: 'DE', region: 'BE' } })
  await write(one, one.platformId, 'china', 2, { ...aYearAgo(), source: 'another 7.0.0' })
  await write(one, one.platformId, 'unsaid', 1, { years: [], holidays: [], workdays: [] })
  await write(
    one,
    one.platformId,
    'berlin',
    1,
    { years: [2026], holidays: [], workdays: [], source: 'date-holidays 3.9.0' },
    inBerlin,
  )
  const { renewed } = await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)
  t.strictSame(
    renewed.map(({ name }) => name),
    ['berlin', 'china', 'unsaid'],
  )
  t.ok((await one.call('GET', '/v1/calendars/berlin')).body.public_holiday_dates.some(({ date }: Json) => date === '2026-03-08'))
})

await t.test('a country that is no longer known keeps its days and is told', async (t) => {
  const one = await testApp(t)
  const kept: StoredHolidays = {
    years: [2026],
    holidays: [{ date: '2026-05-01', name: 'x' }],
    workdays: [],
    source: 'date-holidays 1.0.0',
  }
  await write(one, one.platformId, 'gone', 1, kept, document({ public_holidays: { country: 'XX' } }))
  await write(one, one.platformId, 'china', 2, aYearAgo())
  const { renewed, unknown } = await refreshPublishedHolidays(one.db, one.clock, leaveNobodyOut)
  t.strictSame(unknown, [{ country: 'XX' }])
  t.strictSame(
    renewed.map(({ name }) => name),
    ['china'],
    'the others go on',
  )
  t.strictSame((await one.call('GET', '/v1/calendars/gone')).body.public_holiday_dates, kept.holidays)
})
