/**
 * Runs the tests: `npm test [-- FILES…] [--coverage]`.
 * They get a Postgres (TEST_DATABASE_URL where it may create databases, else a throwaway embedded one) holding a migrated template, from
 * which each test copies its own database. Everything that was started or created is gone afterwards, also when the run is interrupted.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from '../src/database.ts'
import { startEmbeddedPostgres } from '../src/foundation/embedded-postgres.ts'
import { migrateToLatest } from '../src/foundation/migrate.ts'
import { databaseUrl, onServer } from '../test/support/postgres.ts'

const template = `redress_template_${randomBytes(4).toString('hex')}`
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort(signal))

const main = async (): Promise<number> => {
  const server = await startServer()
  try {
    try {
      await createTemplate(server.url)
      return await runTap(server.url, process.argv.slice(2))
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

/** tap's exit code; 128 + the signal's number when the run was interrupted. */
const runTap = async (server: string, args: readonly string[]): Promise<number> => {
  interrupted.signal.throwIfAborted()
  const bin = createRequire(import.meta.url)
    .resolve('tap/package.json')
    .replace('package.json', 'dist/esm/run.mjs')
  const flags = args.flatMap((a) =>
    a === '--coverage' ? ['--no-disable-coverage', '--allow-incomplete-coverage', '--coverage-report=text'] : [a],
  )
  // In a process group of its own: tap alone would let the running files finish first.
  const tap = spawn(process.execPath, [bin, ...flags], {
    stdio: 'inherit',
    detached: process.platform !== 'win32',
    env: { ...process.env, REDRESS_TEST_SERVER: server, REDRESS_TEST_TEMPLATE: template },
  })
  interrupted.signal.addEventListener('abort', () => {
    endAll(tap, interrupted.signal.reason)
    setTimeout(() => endAll(tap, 'SIGKILL'), 5000).unref()
  })
  const [code] = (await once(tap, 'exit')) as [number | null]
  return code ?? 1
}

const endAll = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // everybody has gone already
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!interrupted.signal.aborted) throw error
}
if (interrupted.signal.aborted) process.exitCode = 128 + constants.signals[interrupted.signal.reason as 'SIGINT' | 'SIGTERM']
