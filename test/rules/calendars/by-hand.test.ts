/** Due times worked out with a printed calendar and a pencil. 23 November 2026 is a Monday. */
import t, { type Test } from 'tap'
import { DAY, HOUR, MINUTE, type Time, toMs, toTime } from '../../../src/foundation/clock.ts'
import { type Calendar, calendarOf } from '../../../src/rules/calendars/calendar.ts'
import { birthCalendars, type defaultCalendars } from '../../../src/rules/calendars/default-calendars.ts'
import type { CalendarDocument } from '../../../src/rules/calendars/schema.ts'
import type { PublishedDays } from '../../../src/rules/calendars/table.ts'
import { document, everyDay, fromMondayToFriday, week, windows } from './documents.ts'

const open = (change: Partial<CalendarDocument> = {}, resolved: PublishedDays | null = null): Calendar =>
  calendarOf(document(change), resolved)

const atBirth = (name: keyof typeof defaultCalendars): Calendar => {
  const found = birthCalendars().find((calendar) => calendar.name === name)
  if (found === undefined) throw new Error(name)
  return calendarOf(found.document, found.resolved)
}
const china = atBirth('china')
const weekdays = atBirth('weekdays')
const always = atBirth('always')

/** `2026-11-25 10:00` on a clock with this offset. */
const local =
  (offset: string) =>
  (text: string): Time =>
    toTime(Date.parse(`${text.replace(' ', 'T')}${offset}`))
const inShanghai = local('+08:00')

type Row = [start: string, ms: number, due: string, why: string]

/** Each row forwards, and back. */
const check = (t: Test, { add, between }: Calendar, read: (text: string) => Time, rows: readonly Row[]): void => {
  for (const [start, ms, due, why] of rows) {
    t.equal(add(read(start), ms), read(due), why)
    t.equal(between(read(start), read(due)), ms, `and back: ${why}`)
  }
}

t.test('plain weekdays, 09:00 to 18:00', async (t) => {
  t.equal(weekdays.dayMs, 9 * HOUR, 'one business day is one full set of windows')
  check(t, weekdays, inShanghai, [
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
    ['2028-02-28 10:00', 18 * HOUR, '2028-03-01 10:00', 'over 29 February 2028, a Tuesday'],
    ['2028-02-29 17:30', HOUR, '2028-03-01 09:30', 'from 29 February into March'],
    ['2027-02-26 17:30', HOUR, '2027-03-01 09:30', 'a year without one: Friday 26 February, then Monday 1 March'],
  ])
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
  for (const [from, to, ms] of rows) t.equal(weekdays.between(inShanghai(from), inShanghai(to)), ms, `${from} – ${to}`)
})

t.test('when it is open, opens next, was open last', async (t) => {
  const rows: [at: string, isOpen: boolean, next: string, last: string][] = [
    ['2026-11-23 08:59', false, '2026-11-23 09:00', '2026-11-20 18:00'],
    ['2026-11-23 09:00', true, '2026-11-23 09:00', '2026-11-23 09:00'],
    ['2026-11-23 17:59', true, '2026-11-23 17:59', '2026-11-23 17:59'],
    ['2026-11-23 18:00', false, '2026-11-24 09:00', '2026-11-23 18:00'],
    ['2026-11-28 12:00', false, '2026-11-30 09:00', '2026-11-27 18:00'],
  ]
  for (const [at, isOpen, next, last] of rows) {
    t.equal(weekdays.isOpen(inShanghai(at)), isOpen, at)
    t.equal(weekdays.nextOpening(inShanghai(at)), inShanghai(next), `next after ${at}`)
    t.equal(weekdays.lastOpen(inShanghai(at)), inShanghai(last), `last before ${at}`)
  }
  t.equal(china.nextOpening(inShanghai('2026-09-30 18:00')), inShanghai('2026-10-08 09:00'), 'a holiday week long')
  t.equal(china.lastOpen(inShanghai('2026-10-08 08:59')), inShanghai('2026-09-30 18:00'))
})

// 国办发明电〔2025〕7号: 20 September (Sunday) and 10 October (Saturday) are worked for 1–7 October; 25–27 September are off
t.test('National Day 2026 and the days worked for it', async (t) => {
  check(t, china, inShanghai, [
    ['2026-09-30 16:00', 9 * HOUR, '2026-10-08 16:00', 'one day crosses the week: 2 h on Wednesday, 7 h on Thursday after'],
    ['2026-09-30 10:00', 18 * HOUR, '2026-10-09 10:00', 'two days'],
    ['2026-09-30 10:00', 36 * HOUR, '2026-10-12 10:00', 'four days, the worked Saturday among them'],
    ['2026-10-03 12:00', HOUR, '2026-10-08 10:00', 'filed within the holidays'],
    ['2026-10-10 17:30', HOUR, '2026-10-12 09:30', 'half an hour on Saturday, half an hour on Monday'],
    ['2026-09-18 17:00', 9 * HOUR, '2026-09-20 17:00', 'Friday to the worked Sunday: Saturday is off'],
    ['2026-09-18 17:00', 18 * HOUR, '2026-09-21 17:00', 'and on to Monday'],
    ['2026-09-24 12:00', 9 * HOUR, '2026-09-28 12:00', 'over the Mid-Autumn days'],
  ])
  check(t, weekdays, inShanghai, [
    ['2026-09-30 16:00', 9 * HOUR, '2026-10-01 16:00', 'a calendar without holidays knows nothing of it'],
  ])
})

// the same notice: 14 and 28 February (Saturdays) are worked for 15–23 February; 4 January (Sunday) for 1–3 January
t.test('Spring Festival and New Year 2026', async (t) => {
  check(t, china, inShanghai, [
    ['2026-02-13 17:00', 9 * HOUR, '2026-02-14 17:00', 'Friday to the worked Saturday'],
    ['2026-02-13 17:00', 18 * HOUR, '2026-02-24 17:00', 'and over nine days to Tuesday'],
    ['2026-02-14 18:00', HOUR, '2026-02-24 10:00', 'from its closing on'],
    ['2026-02-27 17:00', 18 * HOUR, '2026-03-02 17:00', 'Friday, the worked Saturday, Monday'],
    ['2026-02-10 10:00', 63 * HOUR, '2026-02-26 10:00', 'seven days'],
    ['2025-12-31 17:00', 9 * HOUR, '2026-01-04 17:00', 'New Year’s Eve to the worked Sunday'],
  ])
})

t.test('a year that is not published is counted by weekdays, and said', async (t) => {
  const [eve, due] = [inShanghai('2026-12-31 17:00'), inShanghai('2027-01-01 17:00')]
  t.equal(china.add(eve, 9 * HOUR), due, '1 January 2027 is a Friday')
  t.strictSame(china.unpublishedYears(eve, due), [2027])
  t.strictSame(china.unpublishedYears(inShanghai('2026-12-01 09:00'), inShanghai('2026-12-31 23:59')), [])
  t.strictSame(china.unpublishedYears(eve, inShanghai('2027-01-01 00:00')), [], 'what ends with the year does not touch the next')
  t.strictSame(china.unpublishedYears(inShanghai('2027-01-01 00:00'), inShanghai('2027-01-01 00:00')), [2027])
  t.strictSame(
    china.unpublishedYears('2026-12-31T16:30:00.000Z', '2026-12-31T16:40:00.000Z'),
    [2027],
    'years are those of the zone',
  )
  const newYork = open(
    { time_zone: 'America/New_York', public_holidays: { country: 'US' } },
    { years: [2026], holidays: [], workdays: [] },
  )
  t.strictSame(newYork.unpublishedYears('2027-01-01T03:00:00.000Z', '2027-01-01T04:00:00.000Z'), [], 'west of Greenwich too')
  t.strictSame(newYork.unpublishedYears('2027-01-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'), [2027])
  t.strictSame(china.unpublishedYears(inShanghai('2019-12-31 12:00'), inShanghai('2029-01-01 12:00')), [2019, 2027, 2028, 2029])
  t.strictSame(weekdays.unpublishedYears(eve, inShanghai('2040-01-01 00:00')), [], 'without public holidays no year lacks any')

  const { document: plain, resolved } = birthCalendars()[0] ?? { document: document(), resolved: null }
  const completed = calendarOf({ ...plain, complete_years: [2027], holidays: [{ date: '2027-01-01', name: '元旦' }] }, resolved)
  t.strictSame(completed.unpublishedYears(eve, due), [], 'unless its holidays are listed')
  t.equal(completed.add(eve, 9 * HOUR), inShanghai('2027-01-04 17:00'), 'and then they count')
})

t.test('which list wins', async (t) => {
  const resolved: PublishedDays = {
    years: [2026],
    holidays: [
      { date: '2026-11-24', name: 'public' },
      { date: '2026-11-25', name: 'public' },
    ],
    workdays: [
      { date: '2026-11-28', name: 'made up' },
      { date: '2026-11-29', name: 'made up' },
    ],
  }
  const hours = week({ monday: '08:00-12:00', tuesday: '09:00-18:00', wednesday: '09:00-18:00', thursday: '09:00-18:00' })
  const calendar = open(
    {
      public_holidays: { country: 'CN' },
      hours,
      holidays: [
        { date: '2026-11-26', name: 'own' },
        { date: '2026-11-29', name: 'own' },
        { date: '2026-12-01', name: 'both' },
      ],
      workdays: [
        { date: '2026-11-25', name: 'own' },
        { date: '2026-12-01', name: 'both' },
        { date: '2026-12-05', name: 'special', hours: windows('10:00-11:00 14:00-15:00') },
      ],
    },
    resolved,
  )
  const openOn = (day: string) => calendar.between(inShanghai(`${day} 00:00`), inShanghai(`${day} 24:00`)) / HOUR
  t.equal(openOn('2026-11-24'), 0, 'a public holiday is closed')
  t.equal(openOn('2026-11-25'), 4, 'a workday of one’s own beats it, with the hours of the first open weekday')
  t.equal(openOn('2026-11-26'), 0, 'so does a holiday of one’s own beat a weekday')
  t.equal(openOn('2026-11-28'), 4, 'a make-up workday is open on a Saturday')
  t.equal(openOn('2026-11-29'), 0, 'but not when it is a holiday of one’s own')
  t.equal(openOn('2026-12-01'), 4, 'of one’s own lists, workdays win')
  t.equal(openOn('2026-12-05'), 2, 'with hours of their own where they have some')
  t.equal(openOn('2026-11-23'), 4, 'any other day is as its weekday')
  t.equal(calendar.dayMs, 9 * HOUR, 'a business day is the longest weekday')
})

t.test('several windows a day, and a business day that is said', async (t) => {
  const lunch = open({ hours: fromMondayToFriday('09:00-12:00 13:00-18:00') })
  t.equal(lunch.dayMs, 8 * HOUR)
  check(t, lunch, inShanghai, [
    ['2026-11-23 11:30', HOUR, '2026-11-23 13:30', 'over lunch'],
    ['2026-11-23 11:00', HOUR, '2026-11-23 12:00', 'due when lunch begins'],
    ['2026-11-23 12:00', HOUR, '2026-11-23 14:00', 'from lunch on'],
    ['2026-11-23 12:30', HOUR, '2026-11-23 14:00', 'within it'],
    ['2026-11-23 09:00', 8 * HOUR, '2026-11-23 18:00', 'a whole day'],
    ['2026-11-23 11:30', 8 * HOUR, '2026-11-24 11:30', 'a day from late morning'],
  ])
  const hours = { ...fromMondayToFriday('09:00-18:00'), saturday: windows('10:00-14:00') }
  const shortSaturday = open({ hours, business_day_minutes: 480 })
  t.equal(shortSaturday.dayMs, 8 * HOUR)
  t.equal(open({ hours }).dayMs, 9 * HOUR, 'else that of the longest weekday')
  check(t, shortSaturday, inShanghai, [
    ['2026-11-27 14:00', 8 * HOUR, '2026-11-28 14:00', 'four hours on Friday, four on Saturday'],
    ['2026-11-27 14:00', 16 * HOUR, '2026-11-30 17:00', 'the next eight all on Monday'],
  ])
})

t.test('a make-up Saturday has a weekday’s hours, whatever Saturdays have', async (t) => {
  const hours = { ...fromMondayToFriday('09:00-18:00'), saturday: windows('10:00-14:00') }
  const made = (more: Partial<CalendarDocument>) =>
    open(
      { hours, public_holidays: { country: 'CN' }, ...more },
      { years: [2026], holidays: [], workdays: [{ date: '2026-10-10', name: '国庆节' }] },
    )
  check(t, made({}), inShanghai, [
    ['2026-10-10 00:00', 9 * HOUR, '2026-10-10 18:00', 'the country’s: 09:00 to 18:00, as on a Monday'],
    ['2026-10-09 17:00', 9 * HOUR, '2026-10-10 17:00', 'an hour on Friday, eight on the Saturday'],
    ['2026-10-17 00:00', 4 * HOUR, '2026-10-17 14:00', 'the Saturday after has its own four hours again'],
    ['2026-10-16 17:00', 9 * HOUR, '2026-10-19 13:00', 'an hour on Friday, four on Saturday, four on Monday'],
  ])
  const ownList = made({ workdays: [{ date: '2026-10-17', name: 'own' }] })
  t.equal(ownList.add(inShanghai('2026-10-17 00:00'), 9 * HOUR), inShanghai('2026-10-17 18:00'), 'so has one of its own list')
  const asSaturday = made({ workdays: [{ date: '2026-10-10', name: 'short', hours: windows('10:00-14:00') }] })
  check(t, asSaturday, inShanghai, [
    ['2026-10-10 00:00', 4 * HOUR, '2026-10-10 14:00', 'unless it is listed with hours'],
    ['2026-10-09 17:00', 9 * HOUR, '2026-10-12 13:00', 'an hour on Friday, four on the Saturday, four on Monday'],
  ])
  const fromTuesday = open(
    { hours: { ...hours, monday: [], tuesday: windows('08:00-12:00') }, public_holidays: { country: 'CN' } },
    { years: [2026], holidays: [], workdays: [{ date: '2026-10-10', name: '国庆节' }] },
  )
  check(t, fromTuesday, inShanghai, [['2026-10-10 00:00', 4 * HOUR, '2026-10-10 12:00', 'Monday is closed, so Tuesday’s hours']])
})

t.test('around the clock', async (t) => {
  t.equal(always.dayMs, 24 * HOUR)
  check(t, always, inShanghai, [['2026-02-28 23:59', 24 * HOUR, '2026-03-01 23:59', 'windows that touch are one stretch']])
  t.ok(always.isOpen(inShanghai('2026-11-23 00:00')), 'midnight is no gap')
})

const inBerlin = { time_zone: 'Europe/Berlin' }
const inWinter = local('+01:00')
const inSummer = local('+02:00')

t.test('Berlin, 29 March 2026: 02:00 becomes 03:00', async (t) => {
  const office = open(inBerlin)
  t.equal(office.add(inWinter('2026-03-27 17:00'), 9 * HOUR), inSummer('2026-03-30 17:00'), 'local hours stay local')
  const sunday = open({ ...inBerlin, hours: week({ sunday: '00:00-06:00' }) })
  t.equal(sunday.between(inWinter('2026-03-28 00:00'), inSummer('2026-03-30 00:00')), 5 * HOUR, 'six hours on the clock are five')
  t.equal(sunday.add(inWinter('2026-03-29 00:30'), 4 * HOUR), inSummer('2026-03-29 05:30'))

  const night = open({ ...inBerlin, hours: week({ saturday: '22:00-06:00' }) })
  t.equal(night.between(inWinter('2026-03-28 12:00'), inSummer('2026-03-30 00:00')), 7 * HOUR, 'so over midnight')
  t.equal(night.add(inWinter('2026-03-28 23:00'), 4 * HOUR), inSummer('2026-03-29 04:00'))
  t.equal(night.add(inWinter('2026-03-28 23:00'), 6 * HOUR), inSummer('2026-03-29 06:00'), 'due at its end')
  t.equal(
    night.add(inWinter('2026-03-28 23:00'), 6 * HOUR + MINUTE),
    inSummer('2026-04-04 22:01'),
    'a minute more is next Saturday',
  )

  const within = open({ ...inBerlin, hours: week({ sunday: '02:15-04:00' }) })
  t.equal(
    within.nextOpening(inWinter('2026-03-29 00:00')),
    inSummer('2026-03-29 03:15'),
    'an opening that the clocks leave out is an hour later',
  )
  const around = open({ ...inBerlin, hours: week({ sunday: '01:00-02:30 03:00-04:00' }) })
  t.equal(
    around.between(inWinter('2026-03-29 00:00'), inSummer('2026-03-29 12:00')),
    2 * HOUR,
    'what two windows then share counts once',
  )
  const nowhere = open({ ...inBerlin, hours: week({ sunday: '02:00-03:00' }) })
  t.equal(
    nowhere.nextOpening(inWinter('2026-03-29 00:00')),
    inSummer('2026-04-05 02:00'),
    'an hour that is left out whole is no window',
  )
  const half = open({ ...inBerlin, hours: week({ sunday: '02:15-02:45' }) })
  t.equal(half.nextOpening(inWinter('2026-03-29 00:00')), inSummer('2026-03-29 03:15'), 'a window within it is an hour later')
  t.equal(half.lastOpen(inSummer('2026-03-29 12:00')), inSummer('2026-03-29 03:45'), 'opening and closing alike')
  const closesWithin = open({ ...inBerlin, hours: week({ sunday: '00:00-02:30' }) })
  t.equal(
    closesWithin.between(inWinter('2026-03-28 00:00'), inSummer('2026-03-30 00:00')),
    2.5 * HOUR,
    'one that closes within it is as long as ever, until 03:30',
  )
})

t.test('Berlin, 25 October 2026: 03:00 becomes 02:00', async (t) => {
  const office = open(inBerlin)
  t.equal(office.add(inSummer('2026-10-23 17:00'), 9 * HOUR), inWinter('2026-10-26 17:00'), 'local hours stay local')
  const sunday = open({ ...inBerlin, hours: week({ sunday: '00:00-06:00' }) })
  t.equal(
    sunday.between(inSummer('2026-10-24 00:00'), inWinter('2026-10-26 00:00')),
    7 * HOUR,
    'six hours on the clock are seven',
  )

  const night = open({ ...inBerlin, hours: week({ saturday: '22:00-06:00' }) })
  t.equal(night.between(inSummer('2026-10-24 12:00'), inWinter('2026-10-26 00:00')), 9 * HOUR, 'so over midnight')
  t.equal(night.add(inSummer('2026-10-24 23:00'), 4 * HOUR), inWinter('2026-10-25 02:00'), 'the second time it is two o’clock')
  t.equal(night.add(inSummer('2026-10-24 23:00'), 8 * HOUR), inWinter('2026-10-25 06:00'), 'due at its end')
  t.equal(
    night.add(inSummer('2026-10-24 23:00'), 8 * HOUR + MINUTE),
    inWinter('2026-10-31 22:01'),
    'a minute more is next Saturday',
  )

  const twice = open({ ...inBerlin, hours: week({ sunday: '02:00-03:00' }) })
  t.equal(
    twice.nextOpening(inSummer('2026-10-25 00:00')),
    inSummer('2026-10-25 02:00'),
    'an hour that is shown twice opens the first time',
  )
  t.equal(twice.lastOpen(inWinter('2026-10-25 12:00')), inWinter('2026-10-25 03:00'), 'and closes after the second')
  const within = open({ ...inBerlin, hours: week({ sunday: '02:10-02:40' }) })
  t.equal(
    within.lastOpen(inWinter('2026-10-25 12:00')),
    inSummer('2026-10-25 02:40'),
    'a window within it is open the first time only',
  )
  const opensWithin = open({ ...inBerlin, hours: week({ sunday: '02:30-04:00' }) })
  t.equal(
    opensWithin.between(inSummer('2026-10-25 00:00'), inWinter('2026-10-26 00:00')),
    2.5 * HOUR,
    'one that opens within it is longer',
  )
  const closesWithin = open({ ...inBerlin, hours: week({ sunday: '00:00-02:30' }) })
  t.equal(
    closesWithin.between(inSummer('2026-10-25 00:00'), inWinter('2026-10-26 00:00')),
    2.5 * HOUR,
    'one that closes within it is not: it closes the first time',
  )
  const around = open({ ...inBerlin, hours: everyDay() })
  t.equal(around.between(inSummer('2026-10-25 00:00'), inWinter('2026-10-26 00:00')), 25 * HOUR, 'a day of 25 hours')
  t.equal(around.dayMs, 24 * HOUR, 'does not make a business day longer')
})

t.test('zones that are not whole hours from UTC', async (t) => {
  const kolkata = open({ time_zone: 'Asia/Kolkata' })
  check(t, kolkata, local('+05:30'), [
    ['2026-11-23 17:30', HOUR, '2026-11-24 09:30', 'India'],
    ['2026-11-27 17:30', 9 * HOUR, '2026-11-30 17:30', 'over a weekend'],
  ])
  t.equal(kolkata.nextOpening('2026-11-23T00:00:00.000Z'), '2026-11-23T03:30:00.000Z')
  const kathmandu = open({ time_zone: 'Asia/Kathmandu' })
  check(t, kathmandu, local('+05:45'), [['2026-11-27 17:45', HOUR, '2026-11-30 09:45', 'Nepal']])
  t.equal(kathmandu.nextOpening('2026-11-23T00:00:00.000Z'), '2026-11-23T03:15:00.000Z')

  // Lord Howe sets its clocks by half an hour: +10:30, in summer +11, from 4 October 2026 on, until 5 April
  const lordHowe = open({ time_zone: 'Australia/Lord_Howe' })
  t.equal(
    lordHowe.add('2026-10-02T06:30:00.000Z', 9 * HOUR),
    '2026-10-05T06:00:00.000Z',
    'Friday 17:00 to Monday 17:00 in spring',
  )
  t.equal(lordHowe.add('2026-04-03T06:00:00.000Z', 9 * HOUR), '2026-04-06T06:30:00.000Z', 'and in autumn')
  const night = open({ time_zone: 'Australia/Lord_Howe', hours: week({ saturday: '22:00-06:00' }) })
  t.equal(night.between('2026-10-03T00:00:00.000Z', '2026-10-04T12:00:00.000Z'), 7.5 * HOUR, 'a night of seven and a half hours')
  t.equal(night.between('2026-04-04T00:00:00.000Z', '2026-04-05T12:00:00.000Z'), 8.5 * HOUR, 'and one of eight and a half')
})

t.test('zones that are most of a day from UTC', async (t) => {
  // UTC+14: Monday 09:00 is Sunday 19:00Z, Friday 18:00 is Friday 04:00Z
  const kiritimati = open({ time_zone: 'Pacific/Kiritimati' })
  t.equal(kiritimati.add('2026-11-22T18:59:00.000Z', HOUR), '2026-11-22T20:00:00.000Z')
  t.equal(kiritimati.add('2026-11-27T03:00:00.000Z', 2 * HOUR), '2026-11-29T20:00:00.000Z')
  // UTC-11: Friday 18:00 is Saturday 05:00Z, Monday 09:00 is Monday 20:00Z
  const pagoPago = open({ time_zone: 'Pacific/Pago_Pago' })
  t.equal(pagoPago.add('2026-11-28T04:00:00.000Z', 2 * HOUR), '2026-11-30T21:00:00.000Z')
  t.equal(pagoPago.between('2026-11-28T00:00:00.000Z', '2026-11-30T20:30:00.000Z'), 5 * HOUR + 30 * MINUTE)
  // UTC+13
  check(t, open({ time_zone: 'Pacific/Apia' }), local('+13:00'), [['2026-11-27 17:30', HOUR, '2026-11-30 09:30', 'Samoa']])
})

t.test('a window over midnight belongs to the day on which it opens', async (t) => {
  const nights = open({ hours: fromMondayToFriday('20:00-04:00'), holidays: [{ date: '2026-11-25', name: 'Wednesday' }] })
  t.equal(nights.dayMs, 8 * HOUR)
  check(t, nights, inShanghai, [
    ['2026-11-24 23:00', 2 * HOUR, '2026-11-25 01:00', 'Tuesday night goes on into the holiday'],
    ['2026-11-24 23:00', 5 * HOUR, '2026-11-25 04:00', 'to its end'],
    ['2026-11-25 12:00', HOUR, '2026-11-26 21:00', 'Wednesday night does not open'],
    ['2026-11-26 01:00', HOUR, '2026-11-26 21:00', 'nor go on into Thursday'],
    ['2026-11-28 03:00', 2 * HOUR, '2026-11-30 21:00', 'Friday night ends on Saturday morning'],
  ])
  const touching = open({ hours: everyDay('09:00-18:00 18:00-09:00') })
  t.equal(
    touching.add(inShanghai('2026-11-23 08:00'), 24 * HOUR),
    inShanghai('2026-11-24 08:00'),
    'windows that touch over midnight are one stretch',
  )
  const special = open({
    hours: week({ monday: '20:00-06:00' }),
    workdays: [{ date: '2026-11-24', name: 'early', hours: windows('05:00-08:00') }],
  })
  t.equal(
    special.between(inShanghai('2026-11-23 00:00'), inShanghai('2026-11-25 00:00')),
    12 * HOUR,
    'what a special day shares with the night before counts once',
  )
})

t.test('a week that is never open is no calendar', async (t) => {
  t.throws(() => open({ hours: week({}) }), /without any open hours/)
})

t.test('years of business time are counted to the day', async (t) => {
  // 2,600 weekdays are 520 weeks
  t.equal(weekdays.add(inShanghai('2026-11-23 10:00'), 2600 * 9 * HOUR), inShanghai('2036-11-10 10:00'))
  t.equal(weekdays.between(inShanghai('2026-11-23 10:00'), inShanghai('2036-11-10 10:00')), 2600 * 9 * HOUR)
  // 3,650 are 730
  t.equal(weekdays.between(inShanghai('2026-11-23 10:00'), inShanghai('2040-11-19 10:00')), 3650 * 9 * HOUR)
})

t.test('nothing is later than ten years after its start, however little a calendar is open', async (t) => {
  const start = inShanghai('2026-11-23 10:00')
  const tenYearsOn = inShanghai('2036-11-23 10:00')
  t.equal(weekdays.add(start, 3650 * 9 * HOUR), tenYearsOn)
  // such a week is no longer accepted, but a platform may have had one
  const aMinuteAWeek = open({ hours: week({ monday: '09:00-09:01' }) })
  t.equal(aMinuteAWeek.add(start, 400 * MINUTE), inShanghai('2034-07-24 09:01'))
  t.equal(aMinuteAWeek.add(start, 100_000 * HOUR), tenYearsOn)
  t.equal(aMinuteAWeek.add('9998-01-01T00:00:00.000Z', 100_000 * HOUR), '9999-12-31T23:59:59.999Z', 'nor after the last year')

  const thousandMondays = Array.from({ length: 1000 }, (_, n) => toTime(toMs('2026-11-23T00:00:00.000Z') + 7 * n * DAY))
  const neverAgain = open({
    hours: week({ monday: '09:00-18:00' }),
    holidays: thousandMondays.map((time) => ({ date: time.slice(0, 10), name: 'closed' })),
  })
  t.equal(neverAgain.nextOpening(start), tenYearsOn)
  t.equal(neverAgain.isOpen(start), false)
  t.equal(neverAgain.lastOpen(start), inShanghai('2026-11-16 18:00'))
  t.equal(neverAgain.lastOpen(inShanghai('2040-11-23 10:00')), inShanghai('2030-11-23 10:00'))
})
