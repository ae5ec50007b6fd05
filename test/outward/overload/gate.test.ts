import { setImmediate as soon } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createGate, type Gate, type Share } from '../../../src/foundation/process/gate.ts'
import { eventually } from '../../process/child.ts'

type Kind = 'first' | 'second' | 'last'

const LONG_MS = 60_000

/** A gate whose visitors write down what happens to them, and go when the test ends. */
const gateFor = (t: Test, places: number, shares: Record<Kind, Share>, { waiting = 8, waitMs = LONG_MS } = {}) => {
  const gate: Gate<Kind> = createGate({ places, shares, waiting, waitMs })
  const diary: string[] = []
  const enter = (kind: Kind, name: string) => {
    const leave = gate.enter(
      kind,
      () => diary.push(`${name} in`),
      () => diary.push(`${name} refused`),
    )
    t.teardown(leave)
    return leave
  }
  return { gate, enter, diary }
}

const free = { weight: 1, most: 100 }

await t.test('kinds of one weight take turns, and within a kind it goes to who came first', async (t) => {
  const { enter, diary } = gateFor(t, 1, { first: free, second: free, last: free })
  const leave = enter('second', 'a')
  const leaving = [enter('last', 'b'), enter('second', 'c'), enter('first', 'd'), enter('first', 'e')]
  t.strictSame(diary, ['a in'])
  leave()
  for (const next of [2, 1, 0, 3]) {
    await soon()
    leaving[next]?.()
  }
  t.strictSame(diary, ['a in', 'd in', 'c in', 'b in', 'e in'])
})

await t.test('those who wait go in by the weights of their kinds, and none is shut out', async (t) => {
  const shares = { first: { weight: 4, most: 100 }, second: { weight: 2, most: 100 }, last: { weight: 1, most: 100 } }
  const { enter, diary } = gateFor(t, 1, shares, { waiting: 100 })
  let leave = enter('second', 'holder')
  diary.length = 0
  const kinds: readonly Kind[] = ['last', 'second', 'first']
  const leaves = new Map<Kind, (() => void)[]>()
  for (const kind of kinds)
    leaves.set(
      kind,
      Array.from({ length: 20 }, () => enter(kind, kind)),
    )
  for (let turn = 0; turn < 14; turn++) {
    leave()
    await soon()
    const name = kinds.find((kind) => diary.at(-1) === `${kind} in`) as Kind
    leave = leaves.get(name)?.shift() as () => void
  }
  t.strictSame(
    kinds.map((kind) => diary.filter((line) => line === `${kind} in`).length),
    [2, 4, 8],
  )
})

await t.test('no kind holds more than its bound, though there is room', async (t) => {
  const { enter, gate, diary } = gateFor(t, 6, { first: free, second: { weight: 1, most: 2 }, last: free })
  const leave = enter('second', 'a')
  for (const name of 'bcd') enter('second', name)
  t.same(gate.count('second'), { inside: 2, waiting: 2 })
  enter('last', 'e')()
  t.same(gate.count('second'), { inside: 2, waiting: 2 }, 'a place that another leaves is not for it')
  leave()
  await soon()
  t.strictSame(diary, ['a in', 'b in', 'e in', 'c in'])
})

await t.test('a full queue refuses at once', async (t) => {
  const { enter, diary } = gateFor(t, 1, { first: free, second: free, last: free }, { waiting: 2 })
  for (const name of 'abcd') enter('last', name)
  t.strictSame(diary, ['a in', 'd refused'])
  enter('first', 'e')()
  t.strictSame(diary, ['a in', 'd refused'], 'another kind has a queue of its own')
})

await t.test('who waits in vain is refused, and for as long as that few others may wait', async (t) => {
  const { gate, enter, diary } = gateFor(t, 1, { first: free, second: free, last: free }, { waitMs: 200 })
  const leave = enter('first', 'a')
  enter('last', 'b')
  t.equal(gate.count('last').waiting, 1)
  await eventually(async () => (gate.count('last').waiting === 0 ? true : undefined), 'it gives up')
  t.strictSame(diary, ['a in', 'b refused'])

  diary.length = 0
  const leaveNext = enter('last', 'c')
  enter('last', 'd')
  t.strictSame(diary, ['d refused'], 'one of eight may wait')
  leave()
  await soon()
  leaveNext()
  enter('last', 'e')
  t.strictSame(diary, ['d refused', 'c in', 'e in'], 'a free place is given all the same')
})

await t.test('a queue that has only begun is waited in for longer than one that stands', async (t) => {
  const waitMs = 100
  const { gate, enter, diary } = gateFor(t, 1, { first: free, second: free, last: free }, { waiting: 80, waitMs })
  enter('first', 'holder')
  const began = performance.now()
  const givenUp = new Promise<void>((resolve) => {
    gate.enter('second', () => t.fail('there is no place'), resolve)
  })
  // its time is up a moment later, so that the queue still stands when the first gives up
  enter('second', 'next')
  await givenUp
  t.ok(performance.now() - began > 2 * waitMs, 'the first has waited for longer than in a queue that stands')
  t.equal(gate.count('second').waiting, 1)
  diary.length = 0
  enter('last', 'begins a queue')
  enter('second', 'comes to one that stands')
  await eventually(async () => (diary.length === 3 ? true : undefined), 'all give up')
  t.strictSame(diary, ['next refused', 'comes to one that stands refused', 'begins a queue refused'])
})

await t.test('who leaves while waiting is never called, and whoever leaves twice leaves once', async (t) => {
  const { enter, gate, diary } = gateFor(t, 1, { first: free, second: free, last: free })
  const leave = enter('first', 'a')
  const leaveQueue = enter('first', 'b')
  const leaveSoon = enter('first', 'c')
  leaveQueue()
  leaveQueue()
  leave()
  leave()
  t.same(gate.count('first'), { inside: 1, waiting: 0 }, 'the place is c’s')
  leaveSoon()
  await soon()
  t.strictSame(diary, ['a in'], 'who has left before being called in is not called')
  t.same(gate.count('first'), { inside: 0, waiting: 0 })
})

await t.test('who is done at once leaves no trace', async (t) => {
  const gate: Gate<Kind> = createGate({
    places: 1,
    shares: { first: free, second: free, last: free },
    waiting: 0,
    waitMs: LONG_MS,
  })
  for (let n = 0; n < 3; n++) gate.enter('first', (leave) => leave(), t.fail)
  t.same(gate.count('first'), { inside: 0, waiting: 0 })
})

await t.test('a long queue of visitors who leave at once is worked off', async (t) => {
  const many = 20_000
  const gate: Gate<Kind> = createGate({
    places: 1,
    shares: { first: free, second: free, last: free },
    waiting: many,
    waitMs: LONG_MS,
  })
  const done = Promise.withResolvers<void>()
  let served = 0
  const leave = gate.enter('first', () => undefined, t.fail)
  for (let n = 0; n < many; n++) {
    gate.enter(
      'first',
      (leaveNext) => {
        leaveNext()
        if (++served === many) done.resolve()
      },
      t.fail,
    )
  }
  leave()
  await done.promise
  t.same(gate.count('first'), { inside: 0, waiting: 0 })
})

await t.test('a kind is content with less, and rests in between, while a more important one is there', async (t) => {
  const { enter, diary } = gateFor(t, 10, {
    first: free,
    second: free,
    last: { weight: 1, most: 3, beside: { most: 1, rest: 3 } },
  })
  const leaving = [enter('last', 'a'), enter('last', 'b')]
  t.strictSame(diary, ['a in', 'b in'], 'alone it has all its places')
  const important = enter('first', 'x')
  enter('last', 'c')
  leaving[0]?.()
  await soon()
  t.strictSame(diary, ['a in', 'b in', 'x in'], 'b holds the one place that is left to it')
  leaving[1]?.()
  t.equal(diary.length, 3, 'after b it rests')
  await eventually(async () => (diary.at(-1) === 'c in' ? true : undefined), 'c goes in after the rest')
  enter('last', 'd')
  important()
  await soon()
  t.equal(diary.at(-1), 'd in', 'as soon as nobody important is there any more')
})
