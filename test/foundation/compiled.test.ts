import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
import t from 'tap'
import { compileOnce } from '../../src/foundation/sql/compiled.ts'

interface Tables {
  people: { platform: string; name: string; age: number }
}

interface Asked {
  platform: string
  names: readonly string[] | undefined
  age: number | undefined
}

const watched = () => {
  const asked: [text: string, values: readonly unknown[]][] = []
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void asked.push([query.sql, query.parameters]),
  })
  let built = 0
  const find = compileOnce<Tables, { name: string }, Asked, { order: 'asc' | 'desc' }>(
    (from, { platform, names, age }, { order }) => {
      built += 1
      let select = from.selectFrom('people').select('name').where('platform', '=', platform)
      if (names) select = select.where('name', '=', sql<string>`any(${names})`)
      if (age !== undefined) select = select.where('age', '=', age)
      return select.orderBy('name', order).limit(7)
    },
  )
  return { db, find, asked, timesBuilt: () => built }
}

t.test('a query is built once for each shape, and always asks with the values at hand', async (t) => {
  const { db, find, asked, timesBuilt } = watched()
  await find(db, { platform: 'a', names: ['x', 'y'], age: undefined }, { order: 'asc' })
  await find(db, { platform: 'b', names: ['z'], age: undefined }, { order: 'asc' })
  await find(db, { platform: 'c', names: undefined, age: 0 }, { order: 'asc' })
  await find(db, { platform: 'd', names: undefined, age: 41 }, { order: 'asc' })
  await find(db, { platform: 'e', names: undefined, age: 42 }, { order: 'desc' })
  const byName = 'select "name" from "people" where "platform" = $1 and "name" = any($2) order by "name" asc limit $3'
  const byAge = 'select "name" from "people" where "platform" = $1 and "age" = $2 order by "name"'
  t.same(asked, [
    [byName, ['a', ['x', 'y'], 7]],
    [byName, ['b', ['z'], 7]],
    [`${byAge} asc limit $3`, ['c', 0, 7]],
    [`${byAge} asc limit $3`, ['d', 41, 7]],
    [`${byAge} desc limit $3`, ['e', 42, 7]],
  ])
  t.equal(timesBuilt(), 3)
})

t.test('values of one call never reach another, even at the same time', async (t) => {
  const { db, find, asked } = watched()
  const platforms = Array.from({ length: 50 }, (_, n) => `platform ${n}`)
  await Promise.all(
    platforms.map((platform, n) => find(db, { platform, names: [platform], age: n % 2 || undefined }, { order: 'asc' })),
  )
  const expected = platforms.map((platform, n) => (n % 2 ? [platform, [platform], 1, 7] : [platform, [platform], 7]))
  t.same(asked.map(([, values]) => values).toSorted(), expected.toSorted())
})
