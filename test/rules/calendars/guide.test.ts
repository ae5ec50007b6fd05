/** The examples of docs/guide/calendars.md are what happens. */
import t from 'tap'
import { HOUR, toTime } from '../../../src/foundation/clock.ts'
import { calendarOf } from '../../../src/rules/calendars/calendar.ts'
import { chineseHolidays } from '../../../src/rules/calendars/china.ts'
import { documentOf } from '../../../src/rules/calendars/schema.ts'
import { guidePage, rowsUnder } from '../../support/guide.ts'
import { document, week } from './documents.ts'

const page = guidePage('calendars')
const rowsOf = (head: string): string[][] => rowsUnder(page, head)
const inShanghai = (text = ''): string => toTime(Date.parse(`${text.replace(' ', 'T')}+08:00`))
const hoursOf = (text = ''): number => Number(text.replace(' h', '')) * HOUR

t.test('make-up workdays', async (t) => {
  const written = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
  const { add, dayMs } = calendarOf(documentOf(written), chineseHolidays())
  const rows = rowsOf('Starts | Takes')
  t.equal(rows.length, 3)
  for (const [starts, takes, due, why = ''] of rows) t.equal(add(inShanghai(starts), hoursOf(takes)), inShanghai(due), why)
  t.equal(dayMs, 9 * HOUR)
})

t.test('where the clocks are changed', async (t) => {
  const rows = rowsOf('Window of the Sunday')
  t.equal(rows.length, 5)
  for (const [window = '', inMarch, inOctober] of rows) {
    const { between } = calendarOf(document({ time_zone: 'Europe/Berlin', hours: week({ sunday: window }) }), null)
    t.equal(between('2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z'), hoursOf(inMarch), `${window} in March`)
    t.equal(between('2026-10-24T12:00:00.000Z', '2026-10-25T12:00:00.000Z'), hoursOf(inOctober), `${window} in October`)
  }
})
