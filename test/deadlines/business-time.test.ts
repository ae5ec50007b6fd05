import fc from 'fast-check'
import t from 'tap'
import { defaultCalendar, weeklyCalendar } from '../../src/deadlines/calendar.ts'
import { DAY, HOUR, MINUTE, toMs, toTime } from '../../src/foundation/clock.ts'
import { agent, buyer, inShanghai, Story } from '../support/rules.ts'

const { add, between, dayMs } = defaultCalendar

t.test('one business day is one full set of windows', async (t) => {
  t.equal(dayMs, 9 * HOUR)
})

t.test('due times, worked out by hand (23 November 2026 is a Monday)', async (t) => {
  const rows: [start: string, ms: number, due: string, why: string][] = [
    ['2026-11-23 10:00', 9 * HOUR, '2026-11-24 10:00', 'a day from Monday morning'],
    ['2026-11-23 10:00', 18 * HOUR, '2026-11-25 10:00', 'two days'],
    ['2026-11-23 10:00', 63 * HOUR, '2026-12-02 10:00', 'seven days cross one weekend'],
    ['2026-11-23 09:00', 9 * HOUR, '2026-11-23 18:00', 'from opening on, a day ends with the window'],
    ['2026-11-23 10:00', 8 * HOUR, '2026-11-23 18:00', 'what falls on the end of a window is that end'],
    ['2026-11-23 10:00', 8 * HOUR + MINUTE, '2026-11-24 09:01', 'a minute more is next morning'],
    ['2026-11-23 06:00', HOUR, '2026-11-23 10:00', 'before opening counts from the opening'],
    ['2026-11-23 18:00', HOUR, '2026-11-24 10:00', 'at closing counts from the next opening'],
    ['2026-11-23 23:30', HOUR, '2026-11-24 10:00', 'at night too'],
    ['2026-11-27 17:00', 9 * HOUR, '2026-11-30 17:00', 'Friday evening to Monday evening'],
    ['2026-11-27 17:59', 2 * MINUTE, '2026-11-30 09:01', 'one minute on Friday, one on Monday'],
    ['2026-11-28 12:00', 9 * HOUR, '2026-11-30 18:00', 'Saturday counts from Monday'],
    ['2026-11-29 23:59', 18 * HOUR, '2026-12-01 18:00', 'Sunday night too'],
    ['2026-12-31 17:00', 9 * HOUR, '2027-01-01 17:00', 'over the end of the year'],
  ]
  for (const [start, ms, due, why] of rows) {
    t.equal(add(inShanghai(start), ms), inShanghai(due), why)
    t.equal(between(inShanghai(start), inShanghai(due)), ms, `and back: ${why}`)
  }
})

t.test('time between two moments counts open hours only', async (t) => {
  const rows: [from: string, to: string, ms: number][] = [
    ['2026-11-28 00:00', '2026-11-29 23:59', 0],
    ['2026-11-27 18:00', '2026-11-30 09:00', 0],
    ['2026-11-27 17:30', '2026-11-30 09:30', HOUR],
    ['2026-11-23 00:00', '2026-11-30 00:00', 45 * HOUR],
    ['2026-11-24 10:00', '2026-11-23 10:00', 0],
    ['2026-11-24 10:00', '2026-11-24 10:00', 0],
  ]
  for (const [from, to, ms] of rows) t.equal(between(inShanghai(from), inShanghai(to)), ms, `${from} – ${to}`)
})

t.test('local hours stay local when a zone changes its clocks', async (t) => {
  const berlin = weeklyCalendar({ timeZone: 'Europe/Berlin', weekdays: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' })
  // Friday 17:00 CET = 16:00Z, Monday 17:00 CEST = 15:00Z
  t.equal(berlin.add('2026-03-27T16:00:00.000Z', 9 * HOUR), '2026-03-30T15:00:00.000Z')
  // Friday 17:00 CEST = 15:00Z, Monday 17:00 CET = 16:00Z
  t.equal(berlin.add('2026-10-23T15:00:00.000Z', 9 * HOUR), '2026-10-26T16:00:00.000Z')
})

t.test('a zone may be a whole day from UTC', async (t) => {
  const hours = { weekdays: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }
  // UTC+14: Monday 09:00 is Sunday 19:00Z, Friday 18:00 is Friday 04:00Z
  const kiritimati = weeklyCalendar({ timeZone: 'Pacific/Kiritimati', ...hours })
  t.equal(kiritimati.add('2026-11-22T18:59:00.000Z', HOUR), '2026-11-22T20:00:00.000Z')
  t.equal(kiritimati.add('2026-11-27T03:00:00.000Z', 2 * HOUR), '2026-11-29T20:00:00.000Z')
  // UTC-11: Friday 18:00 is Saturday 05:00Z, Monday 09:00 is Monday 20:00Z
  const pagoPago = weeklyCalendar({ timeZone: 'Pacific/Pago_Pago', ...hours })
  t.equal(pagoPago.add('2026-11-28T04:00:00.000Z', 2 * HOUR), '2026-11-30T21:00:00.000Z')
  t.equal(pagoPago.between('2026-11-28T00:00:00.000Z', '2026-11-30T20:30:00.000Z'), 5 * HOUR + 30 * MINUTE)
})

t.test('a calendar remembers no more days than it needs and forgets none that it is asked for again', async (t) => {
  const calendar = weeklyCalendar({ timeZone: 'Europe/Berlin', weekdays: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' })
  const week = (year: number) => calendar.between(toTime(Date.UTC(year, 0, 1)), toTime(Date.UTC(year, 11, 31)))
  const years = Array.from({ length: 8 }, (_, n) => 2020 + n)
  const first = years.map(week)
  t.same(years.map(week), first)
  t.equal(first[1], 260 * 9 * HOUR, '2021, less its last day, has 260 weekdays')
})

const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') }).map(toTime)
const spans = fc.integer({ min: 0, max: 30 * 9 * HOUR })

t.test('for any start and any span', async (t) => {
  fc.assert(fc.property(moments, spans, (start, ms) => between(start, add(start, ms)) === ms))
  t.pass('between gives back what add used up')
  fc.assert(fc.property(moments, spans, spans, (start, a, b) => a === b || add(start, a) < add(start, b) === a < b))
  t.pass('a longer span ends later')
  fc.assert(
    fc.property(moments, fc.integer({ min: 0, max: 10 * DAY }), spans, (start, later, ms) => {
      return add(start, ms) <= add(toTime(toMs(start) + later), ms)
    }),
  )
  t.pass('a later start never ends earlier')
  fc.assert(
    fc.property(moments, fc.integer({ min: 1, max: 30 * 9 * HOUR }), spans, (start, a, b) => {
      return add(add(start, a), b) === add(start, a + b) || b === 0
    }),
  )
  t.pass('spans can be used up one after the other')
})

t.test('a pause keeps exactly the unused rest, whenever it begins and however long it is', async (t) => {
  const resolution = (story: Story) => story.file.deadlines.find((x) => x.kind === 'resolution')
  const waits = fc.integer({ min: 0, max: 6 * DAY })
  fc.assert(
    fc.property(moments, waits, fc.integer({ min: 0, max: 60 * DAY }), (start, work, pause) => {
      const story = new Story(undefined, undefined, start).by(agent, 'accept')
      const rest = 63 * HOUR - between(start, story.after(work).now)
      story.by(agent, 'request_information', { items: ['照片'] })
      const paused = resolution(story)
      story.after(pause).by(buyer, 'provide_information', { statement: '已上传' })
      const resumed = resolution(story)
      return (
        paused?.status === 'paused' &&
        paused.remaining_ms === rest &&
        resumed?.status === 'running' &&
        between(story.now, resumed.due_at) === rest
      )
    }),
    { numRuns: 200 },
  )
  t.pass('63 hours of work stay 63 hours of work')
})
