import { sql } from 'kysely'
import t from 'tap'
import { connect, type Db } from '../../src/foundation/sql/database.ts'
import { lostSettings } from '../../src/foundation/sql/session.ts'
import { transact } from '../../src/foundation/sql/transaction.ts'
import { agent, buyer, done, file } from '../races/cases.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'

const prepared = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)
  return rows.map((row) => row.statement)
}

const letters = (db: Db, more = 1) => sql<Record<string, unknown>>`select * from letters where id <= ${more}`.execute(db)

await t.test('a statement that comes again is prepared, one that does not is not', async (t) => {
  const { ownerUrl: url } = await testDatabase(t)
  const db = connect({ connectionString: url, max: 1, onError: () => undefined })
  t.teardown(() => db.destroy())
  await sql`create table letters (id integer)`.execute(db)
  await letters(db)
  t.same(await prepared(db), [])
  await letters(db)
  await letters(db)
  t.same(await prepared(db), ['select * from letters where id <= $1'])
})

await t.test('plans are made once for all values, unless somebody chose otherwise', async (t) => {
  const { ownerUrl: url } = await testDatabase(t)
  for (const [planCacheMode, expected] of [
    [undefined, 'force_generic_plan'],
    ['auto', 'auto'],
  ] as const) {
    const db = connect({ connectionString: url, max: 1, planCacheMode, onError: () => undefined })
    t.teardown(() => db.destroy())
    t.same((await sql`show plan_cache_mode`.execute(db)).rows, [{ plan_cache_mode: expected }])
    t.same(await lostSettings(db, planCacheMode), [])
  }
})

await t.test('behind a pooler nothing is prepared', async (t) => {
  const { ownerUrl: url } = await testDatabase(t)
  const db = connect({ connectionString: url, max: 1, prepare: false, onError: () => undefined })
  t.teardown(() => db.destroy())
  await sql`create table letters (id integer)`.execute(db)
  for (let i = 0; i < 5; i++) await letters(db)
  t.same(await prepared(db), [])
})

await t.test('a column that another instance adds does not disturb prepared statements', async (t) => {
  const { ownerUrl: url } = await testDatabase(t)
  const db = connect({ connectionString: url, max: 1, onError: () => undefined })
  t.teardown(() => db.destroy())
  await sql`create table letters (id integer)`.execute(db)
  await sql`insert into letters values (1)`.execute(db)
  for (let i = 0; i < 4; i++) await letters(db)

  await sql`alter table letters add column stamp text default 'red'`.execute(db)
  t.same((await letters(db)).rows, [{ id: 1, stamp: 'red' }])

  for (let i = 0; i < 4; i++) await letters(db)
  await sql`alter table letters add column weight integer default 20`.execute(db)
  let runs = 0
  const { rows } = await transact(db, (trx) => {
    runs += 1
    return letters(trx)
  })
  t.same(rows, [{ id: 1, stamp: 'red', weight: 20 }])
  t.equal(runs, 2, 'a transaction is run again')
})

await t.test('an instance writes beside a newer one that has added a column with a default', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  await sql`alter table messages add column stamp text not null default 'red'`.execute(one.owner)
  await sql`alter table deadlines add column stamp text not null default 'red'`.execute(one.owner)
  await sql`alter table complaints add column stamp text not null default 'red'`.execute(one.owner)
  await done(one, buyer, `/v1/complaints/${id}/messages`, { text: '你好', visibility: 'parties' })
  await done(one, agent, `/v1/complaints/${id}/accept`)
  await file(one)
  const { rows } = await sql<{ stamp: string }>`
    select stamp from messages union all select stamp from deadlines union all select stamp from complaints`.execute(one.db)
  t.ok(rows.length > 4)
  t.strictSame(new Set(rows.map(({ stamp }) => stamp)), new Set(['red']))
})
