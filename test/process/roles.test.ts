/** The service serves as a role that owns nothing, on the Postgres that it brings as on any other. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { appendOnly } from '../../src/database.ts'
import { giveTo, identityFor } from '../../src/foundation/embedded-postgres/identity.ts'
import { startServer } from '../../src/foundation/embedded-postgres/server.ts'
import { type EmbeddedUrls, runningEmbeddedPostgres } from '../../src/foundation/embedded-postgres/start.ts'
import { filing } from '../races/cases.ts'
import { testDatabase } from '../support/database.ts'
import { migrateAsBefore } from '../support/older-database.ts'
import { onServer } from '../support/postgres.ts'
import { ask, startService } from './child.ts'

const adminKey = `rdk_${'r'.repeat(40)}`
const env = { REDRESS_ADMIN_KEY: adminKey, PLATFORM_MODE: 'test', SWEEP_CRON: '* * * * * *' }

const dataFolder = (t: Test): string => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-roles-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

const query = (url: string, text: string): Promise<unknown[]> =>
  onServer(url, async (client) => (await client.query<Record<string, unknown>>(text)).rows)

/** Files one case, as a buyer does. @returns the status of the answer */
const fileOne = async (url: string): Promise<number> => {
  const { body } = await ask(`${url}/v1/api-keys`, { key: adminKey, body: { name: 'all', roles: ['buyer'] } })
  return (await ask(`${url}/v1/complaints`, { key: body.key, as: 'buyer:B-1', body: filing() })).status
}

/** Starts the service on its own Postgres, files a case, and looks on as the owner while it serves. */
const serving = async (t: Test, dataDir: string) => {
  const service = startService(t, { ...env, DATA_DIR: dataDir })
  t.equal(await fileOne(await service.url), 201)
  const urls = runningEmbeddedPostgres(dataDir) as EmbeddedUrls
  const roles = await query(
    urls.ownerUrl,
    `select distinct usename::text as role from pg_stat_activity where application_name like 'redress%' order by 1`,
  )
  const end = async (): Promise<string> => {
    service.child.kill('SIGTERM')
    t.equal(await service.ended, 0, service.err())
    return service.out() + service.err()
  }
  return { urls, roles, end }
}

const stranger =
  "select rolcanlogin as login, rolsuper as super, rolcreatedb or rolcreaterole as creates from pg_roles where rolname = 'redress_service'"

await t.test('on its own Postgres it serves as redress_service', async (t) => {
  const dataDir = dataFolder(t)
  const { urls, roles, end } = await serving(t, dataDir)
  t.strictSame(roles, [{ role: 'redress_service' }], 'requests, sweeps and jobs, and the owner has left')
  t.strictSame(await query(urls.url, 'select current_user::text as role'), [{ role: 'redress_service' }])
  t.strictSame(await query(urls.ownerUrl, stranger), [{ login: true, super: false, creates: false }])
  t.strictSame(
    await query(urls.ownerUrl, `select from pg_shdepend where deptype = 'o' and refobjid = 'redress_service'::regrole`),
    [],
    'and owns nothing',
  )
  await t.rejects(query(urls.url, 'create table mine (id integer)'), { code: '42501' })
  for (const table of appendOnly)
    for (const text of [`update ${table} set platform_id = platform_id`, `delete from ${table}`, `truncate ${table}`])
      await t.rejects(query(urls.url, text), { code: '42501' }, text)
  const printed = await end()
  t.notMatch(printed, 'DATABASE_OWNER_URL', 'there is nothing to warn of')
  const log = readFileSync(path.join(dataDir, 'postgres/postgres.log'), 'utf8')
  for (const url of [urls.url, urls.ownerUrl]) t.notMatch(printed + log, new URL(url).password)

  rmSync(path.join(dataDir, 'postgres/service-password'))
  const again = await serving(t, dataDir)
  t.strictSame(again.roles, [{ role: 'redress_service' }], 'a password that is lost is made anew')
  t.strictSame(await query(again.urls.ownerUrl, 'select count(*)::integer as n from complaints'), [{ n: 2 }])
  await again.end()
})

/** A folder as the version before left it: one role, which owned everything and served. */
const olderFolder = async (t: Test): Promise<string> => {
  const dataDir = dataFolder(t)
  const folder = path.join(dataDir, 'postgres')
  mkdirSync(folder, { mode: 0o700 })
  const identity = identityFor(path.join(folder, 'cluster'))
  giveTo(identity, folder)
  writeFileSync(path.join(folder, 'password'), 'of-before', { mode: 0o600 })
  giveTo(identity, path.join(folder, 'password'))
  const log = { info() {}, warn() {} }
  const server = await startServer({ folder, logFile: path.join(folder, 'postgres.log'), identity, durable: false, log })
  try {
    const url = `postgres://redress:of-before@127.0.0.1:${server.port}/postgres`
    await migrateAsBefore(url, '2026-11-30T18-25-00_automatic_plans')
    await query(url, `insert into platforms (id, name, mode, created_at) values (gen_random_uuid(), 'of before', 'test', now())`)
  } finally {
    await server.stop()
  }
  return dataDir
}

await t.test('a folder of an older version opens and goes on', async (t) => {
  const dataDir = await olderFolder(t)
  t.notOk(readdirSync(path.join(dataDir, 'postgres')).includes('service-password'))
  const { urls, roles, end } = await serving(t, dataDir)
  t.strictSame(roles, [{ role: 'redress_service' }])
  t.equal(new URL(urls.ownerUrl).password, 'of-before')
  t.equal(statSync(path.join(dataDir, 'postgres/service-password')).mode & 0o777, 0o600)
  t.strictSame(await query(urls.url, 'select name from platforms'), [{ name: 'of before' }])
  await t.rejects(query(urls.url, 'delete from case_events'), { code: '42501' })
  t.notMatch(await end(), 'DATABASE_OWNER_URL')
})

await t.test('on any other Postgres the owner migrates and the service serves', async (t) => {
  const { url, ownerUrl, owner } = await testDatabase(t)
  const dataDir = dataFolder(t)
  const start = (given: Record<string, string>) => startService(t, { ...env, DATA_DIR: dataDir, ...given })
  await sql`drop schema public cascade`.execute(owner)
  await sql`create schema public`.execute(owner)

  const alone = start({ DATABASE_URL: url })
  t.equal(await alone.ended, 1)
  t.match(
    alone.err(),
    /^redress: the database could not be migrated: [^\n]+: DATABASE_OWNER_URL must name the role that owns the tables\n$/,
  )

  const parted = start({ DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl })
  t.equal(await fileOne(await parted.url), 201)
  t.notMatch(parted.out(), 'DATABASE_OWNER_URL')

  const further = start({ DATABASE_URL: url })
  t.equal(await fileOne(await further.url), 201, 'once there is nothing to migrate, nobody needs the owner')
  t.notMatch(further.out(), 'DATABASE_OWNER_URL')

  const both = start({ DATABASE_URL: ownerUrl })
  t.equal(await fileOne(await both.url), 201)
  const warnings = both
    .out()
    .split('\n')
    .filter((line) => line.includes('DATABASE_OWNER_URL'))
  t.equal(warnings.length, 1, 'one role for all works, and is told of')
  const { level, powers } = JSON.parse(warnings[0] ?? '{}') as { level: string; powers: string[] }
  t.equal(level, 'warn')
  // who lets the tests have a server need not be its superuser
  t.strictSame(
    powers.filter((power) => power !== 'is a superuser'),
    ['owns the tables', 'creates tables', 'changes what is only added to'],
  )
  for (const service of [parted, further, both])
    for (const secret of [url, ownerUrl]) t.notMatch(service.out() + service.err(), new URL(secret).password)
})
