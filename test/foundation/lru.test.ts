import t from 'tap'
import { createLru } from '../../src/foundation/process/lru.ts'

t.test('what has not been asked for the longest makes room', async (t) => {
  const kept = createLru<string, number>(3)
  for (const [n, key] of ['a', 'b', 'c'].entries()) kept.set(key, n)
  t.equal(kept.get('a'), 0)
  kept.set('d', 3)
  t.strictSame(
    ['a', 'b', 'c', 'd'].map((key) => kept.get(key)),
    [0, undefined, 2, 3],
  )
  kept.set('a', 9)
  t.equal(kept.get('a'), 9, 'what is set again takes its own place')
  t.equal(kept.get('c'), 2)
})

t.test('room is measured by weight, and the latest always stays', async (t) => {
  const kept = createLru<string, string>(10)
  kept.set('small', 'x', 4)
  kept.set('large', 'x', 6)
  t.equal(kept.get('small'), 'x', 'both fit')
  kept.set('small', 'y', 5)
  t.equal(kept.get('large'), undefined, 'it grew, and the other one went')
  kept.set('huge', 'x', 11)
  t.equal(kept.get('small'), undefined)
  t.equal(kept.get('huge'), 'x')
  kept.set('next', 'x', 1)
  t.equal(kept.get('huge'), undefined)
})
