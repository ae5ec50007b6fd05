/** What follows an attempt, by the schedule of Standard Webhooks. */
import t from 'tap'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/foundation/clock.ts'
import { type Health, outcomeOf, retryAfterMs, schedule } from '../../../src/outward/delivery/outcome.ts'
import type { Attempt } from '../../../src/outward/delivery/send.ts'

const now = Date.parse('2026-11-21T19:16:00.000Z')
const well: Health = { failures: 0, failingSinceMs: null }
const made = (change: Partial<Attempt>): Attempt => ({
  atMs: now,
  durationMs: 1,
  status: 500,
  error: 'status',
  response: null,
  retryAfter: undefined,
  ...change,
})

t.test('ten attempts over three days, then it is given up', async (t) => {
  const waits: number[] = []
  let tries = 0
  for (; tries < 20; tries++) {
    const { delivery } = outcomeOf(made({}), tries, well, now, 0.5)
    if (delivery.state === 'failed') break
    waits.push('nextMs' in delivery ? delivery.nextMs - now : 0)
  }
  t.strictSame(waits, [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR])
  t.equal(tries + 1, 10, 'attempts')
  t.equal(schedule.length, 10)
})

t.test('each wait is a little longer or shorter', async (t) => {
  const waitOf = (random: number) => outcomeOf(made({}), 1, well, now, random).delivery
  t.strictSame(waitOf(0), { state: 'pending', nextMs: now + 4.5 * MINUTE })
  t.strictSame(waitOf(1), { state: 'pending', nextMs: now + 5.5 * MINUTE })
})

t.test('a receiver that says when to come back is believed, up to a day', async (t) => {
  t.equal(retryAfterMs('120', now), 120 * SECOND)
  t.equal(retryAfterMs(new Date(now + HOUR).toUTCString(), now), HOUR)
  t.equal(retryAfterMs('999999999', now), DAY)
  for (const odd of [undefined, '', 'soon', '-5', new Date(now - HOUR).toUTCString()])
    t.equal(retryAfterMs(odd, now), 0, odd ?? 'none')
  const { delivery, pausedUntilMs } = outcomeOf(made({ status: 429, retryAfter: '600' }), 0, well, now, 0.5)
  t.strictSame(delivery, { state: 'pending', nextMs: now + 600 * SECOND })
  t.equal(pausedUntilMs, now + 600 * SECOND, 'and the whole endpoint rests')
  t.equal(outcomeOf(made({ status: 500 }), 0, well, now, 0.5).pausedUntilMs, null, 'which it does for nothing else at first')
  t.equal(outcomeOf(made({ status: 503 }), 0, well, now, 0.5).pausedUntilMs, now + 5 * SECOND)
})

t.test('one that fails again and again is left alone for longer and longer', async (t) => {
  const restAfter = (failures: number) =>
    outcomeOf(made({}), 0, { failures: failures - 1, failingSinceMs: now }, now, 0.5).pausedUntilMs
  t.strictSame([4, 5, 6, 7, 50].map(restAfter), [null, now + 5_000, now + 10_000, now + 20_000, now + 5 * MINUTE])
})

t.test('410 disables at once; failures do after five days and ten attempts', async (t) => {
  t.equal(outcomeOf(made({ status: 410 }), 0, well, now, 0.5).disable, 'gone')
  const after = (failures: number, days: number) =>
    outcomeOf(made({}), 0, { failures: failures - 1, failingSinceMs: now - days * DAY }, now, 0.5).disable
  t.strictSame([after(9, 30), after(10, 4.9), after(10, 5)], [null, null, 'failing'])
})

t.test('a success makes it well', async (t) => {
  const done = outcomeOf(made({ status: 204, error: null }), 3, { failures: 40, failingSinceMs: 0 }, now, 0.5)
  t.strictSame(done, { delivery: { state: 'delivered' }, health: well, pausedUntilMs: null, disable: null })
})

t.test('an event that is no longer kept is given up, and no fault of the endpoint', async (t) => {
  const before = { failures: 2, failingSinceMs: now }
  const gone = outcomeOf(made({ status: null, error: 'event_gone' }), 0, before, now, 0.5)
  t.strictSame(gone, { delivery: { state: 'failed' }, health: before, pausedUntilMs: null, disable: null })
})
