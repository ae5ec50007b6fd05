import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { prepareDatabase } from '../../src/database.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from '../../src/foundation/embedded-postgres/start.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { migrateToLatest, migrationsPending } from '../../src/foundation/sql/migrate.ts'
import { digestOf } from '../../src/platform/access/keys.ts'
import { ensureFirstPlatform } from '../../src/rules/new-platforms/create.ts'
import { testApp } from '../support/app.ts'
import { openDb, testDatabase } from '../support/database.ts'
import { pooledEnv } from '../support/pooler.ts'
import { inherited } from './child.ts'

/** Real time does not matter here, its order does. */
const clock = { nowMs: () => Date.UTC(2026, 10, 21, 19, 16) }
const chosenKey = `rdk_${'chosen-by-the-operator'.repeat(2)}`

const open = (t: Test, connectionString: string): Db => {
  const db = openDb(connectionString, 3)
  t.teardown(() => db.destroy())
  return db
}

const keysOf = (db: Db) => db.selectFrom('api_keys').select(['digest', 'roles', 'revoked_at']).orderBy('created_at').execute()

await t.test('instances that start at once migrate once and all find the newest schema', async (t) => {
  const { url, ownerUrl, db, owner } = await testDatabase(t)
  await sql`drop schema public cascade`.execute(owner)
  await sql`create schema public`.execute(owner)
  t.equal(await migrationsPending(db), true)
  const said: string[] = []
  await Promise.all([1, 2, 3, 4].map(() => prepareDatabase(open(t, url), open(t, ownerUrl), (message) => said.push(message))))
  t.equal(await migrationsPending(db), false)
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  t.ok(rows.length > 0)
  t.same(
    said,
    rows.map(({ name }) => `migrated to ${name}`),
  )
})

await t.test('a database that does not fit is left alone, and the message says why', async (t) => {
  const { owner } = await testDatabase(t)
  await sql`insert into kysely_migration (name, timestamp) values ('0000_from_elsewhere', '')`.execute(owner)
  await t.rejects(migrateToLatest(owner), { message: /^the database could not be migrated: .*0000_from_elsewhere/ })
})

await t.test('instances that start at once create one platform and print one key', async (t) => {
  const { url, db } = await testDatabase(t)
  const answers = await Promise.all([1, 2, 3, 4].map(() => ensureFirstPlatform(open(t, url), { mode: 'test', clock })))
  t.equal(answers.filter(({ created }) => created).length, 1)
  const printed = answers.flatMap(({ printKey }) => printKey ?? [])
  t.equal(printed.length, 1)
  t.match(printed[0], /^rdk_test_[A-Za-z0-9_-]{43}$/)
  t.match(await db.selectFrom('platforms').selectAll().execute(), [{ name: 'default', mode: 'test', clock_offset_ms: 0 }])
  t.same(await keysOf(db), [{ digest: digestOf(printed[0] ?? ''), roles: ['admin'], revoked_at: null }])
  t.same(await ensureFirstPlatform(db, { mode: 'live', clock }), { created: false })
})

await t.test('an admin key of the environment opens the first platform, from the first start or a later one', async (t) => {
  const given = { mode: 'live', clock, adminKey: chosenKey } as const
  const fresh = await testDatabase(t)
  t.same(await ensureFirstPlatform(fresh.db, given), { created: true }, 'none is generated beside it')
  t.same(await ensureFirstPlatform(fresh.db, given), { created: false })
  t.same(await keysOf(fresh.db), [{ digest: digestOf(chosenKey), roles: ['admin'], revoked_at: null }])

  const older = await testDatabase(t)
  await ensureFirstPlatform(older.db, { mode: 'live', clock })
  await Promise.all([1, 2, 3].map(() => ensureFirstPlatform(open(t, older.url), given)))
  const keys = await keysOf(older.db)
  t.equal(keys.length, 2)
  t.equal(keys.filter(({ digest }) => digest.equals(digestOf(chosenKey))).length, 1)
})

await t.test('a revoked admin key stays revoked, whatever the environment says', async (t) => {
  const { db } = await testDatabase(t)
  const given = { mode: 'live', clock, adminKey: chosenKey } as const
  await ensureFirstPlatform(db, given)
  await db.updateTable('api_keys').set({ revoked_at: '2026-11-21T20:00:00.000Z' }).execute()
  t.same(await ensureFirstPlatform(db, given), { created: false })
  t.same(await keysOf(db), [{ digest: digestOf(chosenKey), roles: ['admin'], revoked_at: '2026-11-21T20:00:00.000Z' }])
})

const platformScript = async (args: readonly string[], env: Record<string, string>) => {
  const script = path.join(import.meta.dirname, '../../scripts/platform.ts')
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...inherited(), ...pooledEnv(env.DATABASE_URL), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>])
  return { out, err, code }
}

await t.test('the platform script makes a platform and shows its key once', async (t) => {
  const { url, db } = await testDatabase(t)
  const create = ['create', '--name', 'Shop A', '--mode', 'live']
  const { out, err, code } = await platformScript(create, { DATABASE_URL: url })
  t.same({ err, code }, { err: '', code: 0 })
  const [, platformId = '', key = ''] =
    out.match(/^platform {3}(\S+) {2}\(Shop A, live\)\nadmin key {2}(rdk_live_\S{43}) {2}shown this once\n$/) ?? []
  t.match(await db.selectFrom('platforms').selectAll().execute(), [{ id: platformId, name: 'Shop A', mode: 'live' }])
  t.same(await keysOf(db), [{ digest: digestOf(key), roles: ['admin'], revoked_at: null }])

  t.same(await platformScript(create, { DATABASE_URL: url }), {
    out: '',
    err: 'a platform of this name exists already\n',
    code: 1,
  })
})

await t.test('a platform whose admin keys are lost is found in the list and opened again', async (t) => {
  const one = await testApp(t)
  const env = { DATABASE_URL: one.url }
  await one.db.deleteFrom('api_keys').execute()
  await platformScript(['create', '--name', 'Shop A', '--mode', 'live'], env)
  const listed = async (): Promise<string[]> => {
    const { out, err, code } = await platformScript(['list'], env)
    t.same({ err, code }, { err: '', code: 0 })
    return out.trimEnd().split('\n')
  }
  const name = one.platformId
  const [own = '', shop = ''] = await listed()
  t.equal(own, `${name}  ${name}  test  2026-11-20T19:16:00.000Z  0 admin keys`)
  t.match(shop, /^Shop A {2}[0-9a-f-]{36} {2}live {2}\S+Z {2}1 admin key$/)

  const { out, err, code } = await platformScript(['issue-admin-key', '--platform', name], env)
  t.same({ err, code }, { err: '', code: 0 })
  const [, key = ''] = out.match(/^platform {3}\S+ {2}\(\S+, test\)\nadmin key {2}(rdk_test_\S{43}) {2}shown this once\n$/) ?? []
  t.match(await one.call('GET', '/v1/me', { key, as: null }), {
    status: 200,
    body: { actor: { role: 'admin' }, platform: { id: name, mode: 'test' }, key: { last_four: key.slice(-4) } },
  })
  t.match((await listed())[0], /1 admin key$/)
  t.match(await platformScript(['issue-admin-key', '--platform', 'Shop B'], env), {
    out: '',
    err: /^there is no platform of this name; [^\n]+\n$/,
    code: 1,
  })
})

await t.test('the platform script explains what is wrong', async (t) => {
  const help = await platformScript(['--help'], {})
  t.match(help, {
    out: /^Usage: npm run platform -- create --name NAME --mode live\|test\n.*list\n.*issue-admin-key --platform NAME\n/,
    err: '',
    code: 0,
  })
  for (const args of [
    [],
    ['remove'],
    ['create', '--mode', 'live'],
    ['create', '--name', 'A', '--mode', 'real'],
    ['create', '--name', ' ', '--mode', 'live'],
    ['create', '--nome', 'A'],
    ['create', 'list'],
    ['list', '--name', 'A'],
    ['issue-admin-key'],
    ['issue-admin-key', '--platform', 'A', '--mode', 'live'],
  ])
    t.match(await platformScript(args, {}), { out: '', err: /\n\nUsage: /, code: 2 }, args.join(' '))
  const create = ['create', '--name', 'A', '--mode', 'test']
  t.match(await platformScript(create, { DATABASE_URL: 'mysql://root:hunter2@127.0.0.1/x' }), {
    out: '',
    err: /^DATABASE_URL must be [^\n]+\n$/,
    code: 1,
  })
  t.match(await platformScript(create, { DATABASE_URL: 'postgres://redress@127.0.0.1:1/redress' }), {
    out: '',
    err: /^[^\n]*ECONNREFUSED[^\n]*\n$/,
    code: 1,
  })
})

await t.test('the platform script finds the embedded database, at rest or running', async (t) => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-platform-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const create = (name: string) => platformScript(['create', '--name', name, '--mode', 'test'], { DATA_DIR: dataDir })
  t.match(await create('Made at rest'), { err: '', code: 0 })
  t.equal(runningEmbeddedPostgres(dataDir), undefined, 'it is at rest again')

  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log: { info() {}, warn() {} } })
  t.teardown(() => postgres.stop())
  t.match(await create('Made beside the service'), { err: '', code: 0 })
  const db = open(t, postgres.url)
  t.same(await db.selectFrom('platforms').select('name').orderBy('created_at').execute(), [
    { name: 'Made at rest' },
    { name: 'Made beside the service' },
  ])
})
