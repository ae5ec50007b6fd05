/**
 * Runs the tests: `npm test [-- FILES…] [--coverage] [--pgbouncer] [--slow N]`. They get a Postgres with a migrated template, from which each test
 * copies its own database: the one at TEST_DATABASE_URL, whose user must be allowed to create databases and roles, else a throwaway embedded
 * one. The tested service is never the owner of its tables: it connects as a role of its own.
 * With `--pgbouncer` they reach their databases through a transaction-pooling pgbouncer, which must be installed. With `--slow N` the
 * files that took longest are listed at the end. Everything that was started or created is gone afterwards, also when the run is interrupted.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { prepareDatabase } from '../src/database.ts'
import { type EmbeddedUrls, startEmbeddedPostgres } from '../src/foundation/embedded-postgres/start.ts'
import { connect, type Db } from '../src/foundation/sql/database.ts'
import { pgbouncerVersion, startPgbouncer } from '../test/scaling/pgbouncer.ts'
import { staysDirect } from '../test/support/pooler.ts'
import { databaseUrl, onServer } from '../test/support/postgres.ts'
import { groupsOf } from './test/groups.ts'
import { runProcesses } from './test/processes.ts'

/** Sessions of the pooler: fewer than the connections of a test, but enough for tests in which one transaction waits for another. */
const SESSIONS = 5

const compileCache = path.join(import.meta.dirname, '../node_modules/.cache/compiled-tests')
const template = `redress_template_${randomBytes(4).toString('hex')}`
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort(signal))

const main = async (): Promise<number> => {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: { coverage: { type: 'boolean' }, pgbouncer: { type: 'boolean' }, slow: { type: 'string' } },
  })
  const { coverage = false, slow = '0' } = values
  if (!/^[0-9]+$/.test(slow)) throw new Error('--slow takes a number: how many of the slowest files to list')
  const version = values.pgbouncer ? pgbouncerVersion() : undefined
  if (values.pgbouncer && version === undefined) {
    console.error('--pgbouncer needs pgbouncer, which is not installed (Debian: apt-get install pgbouncer)')
    return 1
  }
  const server = await startServer()
  try {
    try {
      await createTemplate(server)
      const run = (env: Record<string, string> = {}) => {
        const given = {
          ...process.env,
          REDRESS_TEST_SERVER: server.ownerUrl,
          REDRESS_TEST_SERVICE: server.url,
          REDRESS_TEST_TEMPLATE: template,
          ...env,
        }
        return coverage ? runCoverage(files, given) : runTests(files, given, Number(slow))
      }
      if (version === undefined) return await run()
      return await throughPooler(server, version, (pooler) => run({ REDRESS_TEST_POOLER: pooler }))
    } finally {
      await dropDatabases(server.ownerUrl)
    }
  } finally {
    await server.stop()
  }
}

interface TestServer extends EmbeddedUrls {
  stop(): Promise<void>
}

const startServer = async (): Promise<TestServer> => {
  const given = process.env.TEST_DATABASE_URL
  if (given) return withServiceRole(given)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-test-'))
  const remove = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    const embedded = await startEmbeddedPostgres({ dataDir, durable: false, log: { info() {}, warn: console.error } })
    return { ...embedded, stop: () => embedded.stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

/** On a server that is there, the role is of this run alone. */
const withServiceRole = async (ownerUrl: string): Promise<TestServer> => {
  const role = `${template}_service`
  const password = randomBytes(16).toString('hex')
  await onServer(ownerUrl, async (client) => {
    await client.query(`create role ${role} login password '${password}'`)
    // to drop a database, its last connections are ended, which needs a superuser or a member of their role
    await client.query(`grant ${role} to current_user`)
  })
  const url = Object.assign(new URL(ownerUrl), { username: role, password }).href
  return { url, ownerUrl, stop: () => onServer(ownerUrl, async (client) => void (await client.query(`drop role ${role}`))) }
}

const createTemplate = async ({ url, ownerUrl }: EmbeddedUrls): Promise<void> => {
  await onServer(ownerUrl, (client) => client.query(`create database ${template}`))
  const [db, owner] = [url, ownerUrl].map((at) =>
    connect({ connectionString: databaseUrl(at, template), onError: () => undefined }),
  ) as [Db, Db]
  try {
    await prepareDatabase(db, owner)
  } finally {
    await Promise.all([db.destroy(), owner.destroy()])
  }
  // only a database that nobody is connected to can be copied
  await onServer(ownerUrl, (client) => client.query(`alter database ${template} allow_connections false`))
}

/** The template, and the copies of tests that were killed. */
const dropDatabases = (server: string): Promise<void> =>
  onServer(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      template,
    ])
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
  })

const throughPooler = async (
  { url, ownerUrl }: EmbeddedUrls,
  version: string,
  run: (pooler: string) => Promise<number>,
): Promise<number> => {
  const pooler = await startPgbouncer([ownerUrl, url], { sessions: SESSIONS })
  try {
    console.log(`through ${version}, ${SESSIONS} sessions for each database and role, except`)
    for (const [file, reason] of Object.entries(staysDirect)) console.log(`  ${file}: ${reason}`)
    return await run(pooler.urls[0])
  } finally {
    await pooler.stop()
  }
}

/** @returns the exit code */
const runTests = (files: readonly string[], env: NodeJS.ProcessEnv, slow: number): Promise<number> =>
  // most of a short test's time is the compiling of its modules
  runProcesses(groupsOf(files), { env: { ...env, NODE_COMPILE_CACHE: compileCache }, slow, signal: interrupted.signal })

/** tap's own runner, which follows what each process runs: a process for each file. @returns its exit code */
const runCoverage = async (files: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const bin = createRequire(import.meta.url)
    .resolve('tap/package.json')
    .replace('package.json', 'dist/esm/run.mjs')
  const tap = spawn(process.execPath, [bin, ...files], { stdio: 'inherit', env })
  interrupted.signal.addEventListener('abort', () => tap.kill(interrupted.signal.reason))
  const [code] = (await once(tap, 'exit')) as [number | null]
  return code ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!interrupted.signal.aborted) throw error
}
if (interrupted.signal.aborted) process.exitCode = 128 + constants.signals[interrupted.signal.reason as 'SIGINT' | 'SIGTERM']
