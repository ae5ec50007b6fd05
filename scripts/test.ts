/**
 * Runs the tests: `npm test [-- FILES…] [--coverage] [--pgbouncer] [--slow N]`. They get a Postgres with a migrated template, from which each test
 * copies its own database: the one at TEST_DATABASE_URL, whose user must be allowed to create databases, else a throwaway embedded one.
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
import { startEmbeddedPostgres } from '../src/foundation/embedded-postgres/start.ts'
import { connect } from '../src/foundation/sql/database.ts'
import { migrateToLatest } from '../src/foundation/sql/migrate.ts'
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
      await createTemplate(server.url)
      const run = (env: Record<string, string> = {}) => {
        const given = { ...process.env, REDRESS_TEST_SERVER: server.url, REDRESS_TEST_TEMPLATE: template, ...env }
        return coverage ? runCoverage(files, given) : runTests(files, given, Number(slow))
      }
      if (version === undefined) return await run()
      return await throughPooler(server.url, version, (pooler) => run({ REDRESS_TEST_POOLER: pooler }))
    } finally {
      await dropDatabases(server.url)
    }
  } finally {
    await server.stop()
  }
}

const startServer = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { url, stop: async () => undefined }
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-test-'))
  const remove = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    const embedded = await startEmbeddedPostgres({ dataDir, durable: false, log: { info() {}, warn: console.error } })
    return { url: embedded.url, stop: () => embedded.stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

const createTemplate = async (server: string): Promise<void> => {
  await onServer(server, (client) => client.query(`create database ${template}`))
  const db = connect({ connectionString: databaseUrl(server, template), onError: () => undefined })
  try {
    await migrateToLatest(db)
  } finally {
    await db.destroy()
  }
  // only a database that nobody is connected to can be copied
  await onServer(server, (client) => client.query(`alter database ${template} allow_connections false`))
}

/** The template, and the copies of tests that were killed. */
const dropDatabases = (server: string): Promise<void> =>
  onServer(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      template,
    ])
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
  })

const throughPooler = async (server: string, version: string, run: (pooler: string) => Promise<number>): Promise<number> => {
  const pooler = await startPgbouncer(server, { sessions: SESSIONS })
  try {
    console.log(`through ${version}, ${SESSIONS} sessions for each database, except`)
    for (const [file, reason] of Object.entries(staysDirect)) console.log(`  ${file}: ${reason}`)
    return await run(pooler.url)
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
