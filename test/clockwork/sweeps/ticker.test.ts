/** Ticks by a pattern of the system clock, whatever is done to that clock. The machine is one of the test's own. */
import t, { type Test } from 'tap'
import { startTicker } from '../../../src/clockwork/sweeps/ticker.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/foundation/clock.ts'
import { createLogger } from '../../../src/foundation/process/logger.ts'
import { machine } from '../machine.ts'

/** A ticker that notes when it ticked, in milliseconds of the steady clock. */
const ticking = (t: Test, gaps: readonly number[], work: () => Promise<void> = async () => undefined) => {
  const m = machine(gaps)
  const ticks: number[] = []
  const lines: { level: string; msg: string; by_ms?: number; late_ms?: number; period_ms?: number }[] = []
  const log = createLogger({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const ticker = startTicker(m.made, log, async () => {
    ticks.push(m.sinceStart())
    await work()
  })
  t.teardown(() => ticker.stop())
  return { ...m, ticker, ticks, lines }
}

const EVERY_15 = [15 * SECOND]

t.test('it ticks at each moment of the pattern, whatever its period', async (t) => {
  const seconds = ticking(t, [SECOND])
  await seconds.pass(3 * SECOND)
  t.strictSame(seconds.ticks, [1_000, 2_000, 3_000])
  const quarter = ticking(t, EVERY_15)
  await quarter.pass(MINUTE)
  t.strictSame(quarter.ticks, [15_000, 30_000, 45_000, 60_000])
  const uneven = ticking(t, [7 * MINUTE, 53 * MINUTE])
  await uneven.pass(2 * HOUR)
  t.strictSame(
    uneven.ticks.map((ms) => ms / MINUTE),
    [7, 60, 67, 120],
  )
  const monthly = ticking(t, [30 * DAY])
  await monthly.pass(60 * DAY)
  t.strictSame(monthly.ticks, [30 * DAY, 60 * DAY], 'longer than any timer of the machine can wait')
  for (const { lines } of [seconds, quarter, uneven, monthly]) t.strictSame(lines, [])
})

for (const [name, by] of [
  ['45 seconds', 45 * SECOND],
  ['an hour', HOUR],
  ['a month', 30 * DAY],
] as const)
  t.test(`set back by ${name}, the clock keeps no tick waiting longer than a period`, async (t) => {
    const { pass, setClock, ticks, lines, ticker } = ticking(t, EVERY_15)
    await pass(20 * SECOND)
    setClock(-by)
    await pass(2 * MINUTE)
    t.strictSame(
      ticks,
      [15, 30, 45, 60, 75, 90, 105, 120, 135].map((s) => s * SECOND),
    )
    t.equal(ticker.isLate(), false)
    t.match(lines, [{ level: 'warn', by_ms: -by, msg: /system clock was set/ }], 'one line tells of it')
    t.equal(lines.length, 1)
  })

t.test('set back between two moments, it ticks at most once more than it would have', async (t) => {
  const { pass, setClock, ticks } = ticking(t, EVERY_15)
  await pass(20 * SECOND)
  setClock(-7 * SECOND)
  await pass(MINUTE)
  t.strictSame(
    ticks,
    [15, 30, 37, 52, 67].map((s) => s * SECOND),
  )
})

t.test('set back again and again, it never ticks in a storm', async (t) => {
  const { pass, setClock, ticks } = ticking(t, EVERY_15)
  for (let n = 0; n < 60; n++) {
    await pass(SECOND)
    setClock(-SECOND)
  }
  t.ok(ticks.length >= 3 && ticks.length <= 5, `${ticks.length} ticks in a minute`)
})

t.test('set ahead, it ticks once, soon, without a line for every moment that was passed over', async (t) => {
  const { pass, setClock, ticks, lines, ticker } = ticking(t, [HOUR])
  await pass(MINUTE)
  setClock(100 * HOUR)
  await pass(10 * SECOND)
  t.equal(ticks.length, 1, 'the system clock is looked at every ten seconds')
  await pass(2 * HOUR)
  t.equal(ticks.length, 3)
  t.equal(lines.length, 1)
  t.match(lines, [{ by_ms: 100 * HOUR }])
  t.equal(ticker.isLate(), false)
})

t.test('a timer that comes a moment too early by the system clock does not tick twice', async (t) => {
  const { pass, setClock, ticks, lines } = ticking(t, EVERY_15)
  for (let n = 0; n < 8; n++) {
    setClock(-20)
    await pass(15 * SECOND + 20)
  }
  t.equal(ticks.length, 8)
  t.strictSame(lines, [], 'clocks that drift are not clocks that are set')
})

t.test('a tick that is late by more than three periods is told, once, and is told to whoever asks', async (t) => {
  const { pass, freeze, ticks, lines, ticker } = ticking(t, EVERY_15)
  await pass(15 * SECOND)
  freeze(60 * SECOND)
  t.equal(ticker.isLate(), false, 'three periods after it was due')
  t.equal(ticker.ageMs(), 60 * SECOND)
  freeze(1)
  t.equal(ticker.isLate(), true)
  await pass(1)
  t.match(lines, [{ level: 'error', msg: /late by more than three periods/, late_ms: 45_001, period_ms: 15_000 }])
  t.equal(ticks.length, 2, 'it is made up for at once')
  t.equal(ticker.isLate(), false)
  await pass(MINUTE)
  t.equal(lines.length, 1)
})

t.test('a tick at work leaves others out; it is late when nothing of it is seen any more', async (t) => {
  const work = Promise.withResolvers<void>()
  const { pass, ticks, lines, ticker } = ticking(t, EVERY_15, () => work.promise)
  for (let n = 0; n < 5; n++) {
    await pass(20 * SECOND)
    ticker.seen()
  }
  t.equal(ticks.length, 1)
  t.equal(ticker.isLate(), false, 'batch after batch is seen')
  t.equal(lines.length, 5)
  for (const line of lines) t.match(line, { level: 'warn', msg: /still running/ })
  await pass(61 * SECOND)
  t.equal(ticker.isLate(), true)
  await pass(MINUTE)
  t.equal(lines.filter(({ level }) => level === 'error').length, 1, 'told once')
  work.resolve()
  await new Promise(setImmediate)
  await pass(15 * SECOND)
  t.equal(ticker.isLate(), false)
  t.equal(ticks.length, 2)
})

t.test('a stop lets no further tick begin, and waits for the one at work', async (t) => {
  const work = Promise.withResolvers<void>()
  const { pass, ticks, ticker } = ticking(t, EVERY_15, () => work.promise)
  await pass(15 * SECOND)
  let stopped = false
  const stopping = ticker.stop().then(() => {
    stopped = true
  })
  await pass(MINUTE)
  t.equal(stopped, false)
  work.resolve()
  await stopping
  t.equal(ticks.length, 1)
})
