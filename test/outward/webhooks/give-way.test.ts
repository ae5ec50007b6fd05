/** Deliveries give way to requests: for how much of the time, and never for long. */
import t from 'tap'
import { LATE_MS, restOf } from '../../../src/outward/delivery/give-way.ts'

const TURN_MS = 80

/** Of a second, the milliseconds in which a delivery may begin. */
const openMs = (requests: number, lateMs: number): number =>
  Array.from({ length: 1_000 }, (_, atMs) => restOf({ requests, lateMs, atMs })).filter((rest) => rest === 0).length

t.test('where there are few requests nothing rests', async (t) => {
  for (const requests of [0, 1, 3]) t.equal(openMs(requests, 0), 1_000)
})

t.test('beside many they have a quarter of the time, and half of it once they are late', async (t) => {
  t.equal(openMs(4, 0), 260, 'thirteen slices begin in a second')
  t.equal(openMs(1_000, LATE_MS - 1), openMs(4, 0), 'however many')
  t.equal(openMs(1_000, LATE_MS), 500)
})

t.test('a rest ends when the next slice begins', async (t) => {
  for (let atMs = 0; atMs < 200; atMs++) {
    const rest = restOf({ requests: 16, lateMs: 0, atMs })
    t.ok(rest >= 0 && rest < TURN_MS)
    t.equal(restOf({ requests: 16, lateMs: 0, atMs: atMs + rest }), 0)
  }
})
