/** Holidays that are not really known are not passed off as known: over HTTP, on the calendar and on the clocks that are counted in it. */
import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { filing } from '../../support/story.ts'
import { businessDays, changePolicy } from '../policy/policies.ts'
import { document } from './documents.ts'

t.test('a due time is provisional wherever the holidays are not really known', async (t) => {
  const one = await testApp(t)
  const countriesOf: Record<string, object> = {
    india: { public_holidays: { country: 'IN' } },
    emirates: { public_holidays: { country: 'AE' } },
    germany: { public_holidays: { country: 'DE' } },
    known: {
      public_holidays: { country: 'IN' },
      holidays: [{ date: '2026-11-24', name: 'a day that the library lacks' }],
      complete_years: [2026],
    },
    singapore: { public_holidays: { country: 'SG' } },
  }
  const shown: Record<string, Json> = {}
  for (const [name, body] of Object.entries(countriesOf)) {
    const made = await one.call('PUT', `/v1/calendars/${name}`, { body: document(body) })
    t.equal(made.status, 200, name)
    shown[name] = made.body
  }
  t.strictSame(shown.india.published_years, [])
  t.match(shown.india.coverage, {
    source: /^date-holidays \d+\.\d+\.\d+$/,
    method: 'partial',
    summary: /^Computed \(fixed days and Easter\); some public holidays are not in the source/,
    missing: [/Holi, Diwali/, /Eid al-Fitr/, /Buddha Purnima/, /states/],
  })
  t.strictSame(shown.emirates.published_years, [])
  t.equal(shown.emirates.coverage.method, 'estimated')
  t.match(shown.germany.coverage, { method: 'computed', missing: [] })
  t.equal(shown.germany.published_years.at(-1), 2050)
  t.strictSame(shown.known.published_years, [2026], 'the calendar’s own word')
  t.strictSame(shown.singapore.published_years, [2023, 2026])
  t.strictSame((await one.call('GET', '/v1/calendars/china')).body.coverage, {
    source: 'chinese-days 1.5.7',
    method: 'announced',
    summary: 'The holidays and make-up workdays as the State Council announced them, for the published years.',
    missing: [],
  })
  t.equal((await one.call('GET', '/v1/calendars/weekdays')).body.coverage, null)

  const firstDue = async (calendar: string, count: number) => {
    await changePolicy(one, ({ clocks }) => {
      clocks.first_response = [{ allow: businessDays(count), calendar, on_silence: ['escalate'] }]
    })
    const { status, body } = await one.call('POST', '/v1/complaints', { as: 'buyer:B-1', body: filing() })
    t.equal(status, 201)
    const { due_at, provisional } = body.deadlines[0]
    return { due_at, provisional }
  }
  // from Sunday 22 November, 03:16 in Shanghai: Monday and Tuesday until 18:00
  const tuesday = '2026-11-24T10:00:00.000Z'
  t.strictSame(await firstDue('india', 2), { due_at: tuesday, provisional: true })
  t.strictSame(await firstDue('emirates', 2), { due_at: tuesday, provisional: true })
  t.strictSame(await firstDue('germany', 2), { due_at: tuesday, provisional: false })
  t.strictSame(await firstDue('singapore', 2), { due_at: tuesday, provisional: false })
  t.strictSame(
    await firstDue('known', 2),
    { due_at: '2026-11-25T10:00:00.000Z', provisional: false },
    'with the day that was listed',
  )
  t.match(await firstDue('known', 60), { provisional: true }, 'but not into the next year')
  t.match(await firstDue('singapore', 60), { provisional: true })
  t.match(await firstDue('germany', 60), { provisional: false })
})
