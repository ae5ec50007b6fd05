import t from 'tap'
import { groupCommit, type Parting } from '../../src/foundation/process/group-commit.ts'

interface Job {
  name: string
  by?: string
}

/** Groups as they came to work, each of which ends when it is told to. */
const workshop = (options: { lanes?: number; most?: number; parting?: Parting } = {}) => {
  const groups: { names: string[]; end: (error?: Error) => void }[] = []
  const one = groupCommit<Job, string>(
    (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>()
      const names = items.map(({ name }) => name)
      groups.push({ names, end: (error) => (error ? reject(error) : resolve(names.map((name) => `done ${name}`))) })
      return promise
    },
    {
      lanes: options.lanes ?? 1,
      most: options.most ?? 10,
      by: ({ by = 'P' }) => by,
      apart: ({ name }) => [name],
      parting: () => options.parting ?? 'halves',
    },
  )
  return { groups, one, names: () => groups.map((group) => group.names) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

await t.test('alone it starts at once; what comes meanwhile is done together', async (t) => {
  const { groups, one, names } = workshop()
  const first = one({ name: 'a' })
  const others = [one({ name: 'b' }), one({ name: 'c' })]
  t.strictSame(names(), [['a']])
  groups[0]?.end()
  t.equal(await first, 'done a')
  await settled()
  t.strictSame(names(), [['a'], ['b', 'c']])
  groups[1]?.end()
  t.strictSame(await Promise.all(others), ['done b', 'done c'], 'each gets its own result')
})

await t.test('a group has a bound, and no two of the same', async (t) => {
  const { groups, one, names } = workshop({ most: 2 })
  const all = ['a', 'b', 'b', 'c', 'd'].map((name) => one({ name }))
  for (let n = 0; n < 4; n++) {
    await settled()
    groups[n]?.end()
  }
  await Promise.all(all)
  t.strictSame(names(), [['a'], ['b', 'c'], ['b', 'd']])
})

await t.test('kinds do not wait for each other, and each has its lanes', async (t) => {
  const { groups, one, names } = workshop({ lanes: 2 })
  const all = ['P', 'P', 'P', 'Q', 'P'].map((by, n) => one({ name: `${by}${n}`, by }))
  t.strictSame(names(), [['P0'], ['P1'], ['Q3']])
  groups[0]?.end()
  await settled()
  t.strictSame(names().at(-1), ['P2', 'P4'])
  for (const group of groups) group.end()
  await Promise.all(all)
})

await t.test('when one item undoes a group, its halves are tried, down to that item', async (t) => {
  const { groups, one, names } = workshop()
  const first = one({ name: 'a' })
  const good = ['b', 'c', 'd'].map((name) => one({ name }))
  const bad = one({ name: 'e' })
  groups[0]?.end()
  await first
  for (const [n, isUndone] of [true, false, true, false, true].entries()) {
    await settled()
    groups[n + 1]?.end(isUndone ? new Error(`undone ${n}`) : undefined)
  }
  t.strictSame(await Promise.all(good), ['done b', 'done c', 'done d'])
  await t.rejects(bad, { message: 'undone 4' })
  t.strictSame(names(), [['a'], ['b', 'c', 'd', 'e'], ['b', 'c'], ['d', 'e'], ['d'], ['e']])
})

await t.test('where its tries may have to wait, a group parts beside the lane', async (t) => {
  const { groups, one, names } = workshop({ parting: 'aside' })
  const first = one({ name: 'a' })
  const two = [one({ name: 'b' }), one({ name: 'c' })]
  groups[0]?.end()
  await first
  await settled()
  groups[1]?.end(new Error('held'))
  await settled()
  const later = one({ name: 'd' })
  t.strictSame(names(), [['a'], ['b', 'c'], ['b'], ['c'], ['d']])
  for (const group of groups.slice(2)) group.end()
  t.strictSame(await Promise.all([...two, later]), ['done b', 'done c', 'done d'])
})

await t.test('when nobody knows what has become of a group, nothing is tried again', async (t) => {
  const { groups, one, names } = workshop({ parting: 'none' })
  const first = one({ name: 'a' })
  const others = Promise.allSettled([one({ name: 'b' }), one({ name: 'c' })])
  groups[0]?.end()
  await first
  await settled()
  groups[1]?.end(new Error('connection lost'))
  t.match(await others, [
    { status: 'rejected', reason: { message: 'connection lost' } },
    { status: 'rejected', reason: { message: 'connection lost' } },
  ])
  t.strictSame(names(), [['a'], ['b', 'c']])
})
