import fc from 'fast-check'
import t from 'tap'
import { addMs, DAY, NEVER, normaliseTime } from '../../src/foundation/clock.ts'

t.test('whatever Postgres or a caller writes for a moment becomes the one text of that moment', async (t) => {
  const digits = (n: number, length: number) => String(n).padStart(length, '0')
  const moment = fc.record({
    // the wall clock of each form below stays within the years 1 to 9999
    at: fc.date({ min: new Date('0001-01-03T00:00:00Z'), max: new Date('9999-12-29T00:00:00Z'), noInvalidDate: true }),
    micros: fc.integer({ min: 0, max: 999 }),
    decimals: fc.integer({ min: 0, max: 6 }),
    offset: fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }),
  })
  const check = fc.property(moment, ({ at, micros, decimals, offset }) => {
    const fraction = `${digits(at.getUTCMilliseconds(), 3)}${digits(micros, 3)}`.slice(0, decimals)
    const kept = Math.floor(at.getTime() / 1000) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
    const wall = (minutes: number) => new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19)
    const tail = fraction && `.${fraction}`
    const sign = offset < 0 ? '-' : '+'
    const [hours, minutes] = [digits(Math.trunc(Math.abs(offset) / 60), 2), digits(Math.abs(offset) % 60, 2)]
    const texts = [
      `${wall(0).replace('T', ' ')}${tail}+00`,
      `${wall(0)}${tail}+00:00`,
      `${wall(0)}${tail}Z`,
      `${wall(offset)}${tail}${sign}${hours}:${minutes}`,
    ]
    for (const text of texts) t.equal(normaliseTime(text), new Date(kept).toISOString(), text, { diagnostic: false })
  })
  fc.assert(check, { numRuns: 200 })
  t.equal(normaliseTime('infinity'), NEVER)
})

t.test('a text that is no moment has no form', async (t) => {
  for (const text of ['tomorrow', '10000-01-01 00:00:00+00', '-infinity']) t.throws(() => normaliseTime(text), RangeError, text)
})

t.test('nothing lies beyond the last moment that can be told', async (t) => {
  t.equal(addMs('9999-12-31T00:00:00.000Z', 180 * DAY), '9999-12-31T23:59:59.999Z')
  t.equal(addMs('2026-11-22T00:00:00.000Z', DAY), '2026-11-23T00:00:00.000Z')
})
