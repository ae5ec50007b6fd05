/**
 * Makes a further platform (a tenant) and prints its first admin key, once.
 * `npm run platform -- create --name "Shop A" --mode live`
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type Config, ConfigError, loadConfig } from '../src/config.ts'
import { connect, type Db } from '../src/database.ts'
import { systemClock, toTime } from '../src/foundation/clock.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from '../src/foundation/embedded-postgres.ts'
import { migrateToLatest } from '../src/foundation/migrate.ts'
import { createPlatform } from '../src/platforms/create.ts'

const help = `Usage: npm run platform -- create --name NAME --mode live|test

Creates a platform and prints its id and its first admin key. The key is shown this once.
Works on DATABASE_URL, else on the embedded database under DATA_DIR, whether the service is running or not.`

class UsageError extends Error {}

const main = async (): Promise<void> => {
  const wanted = readArguments()
  if (wanted === 'help') return console.log(help)
  await withDatabase(loadConfig(process.env), async (db) => {
    await migrateToLatest(db)
    const { platformId, key } = await db
      .transaction()
      .execute((trx) => createPlatform(trx, { ...wanted, now: toTime(systemClock.nowMs()) }))
    console.log(`platform   ${platformId}  (${wanted.name}, ${wanted.mode})`)
    console.log(`admin key  ${key}  shown this once`)
  })
}

const readArguments = (): 'help' | { name: string; mode: 'live' | 'test' } => {
  const { values, positionals } = parse()
  if (values.help) return 'help'
  if (positionals.length !== 1 || positionals[0] !== 'create') throw new UsageError('the only command is create')
  const { name, mode } = values
  if (name === undefined || !/^\S(.{0,98}\S)?$/u.test(name) || /\p{Cc}/u.test(name))
    throw new UsageError('--name needs 1 to 100 characters, not blank at either end')
  if (mode !== 'live' && mode !== 'test') throw new UsageError('--mode must be live or test')
  return { name, mode }
}

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { name: { type: 'string' }, mode: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

const withDatabase = async (config: Config, work: (db: Db) => Promise<void>): Promise<void> => {
  const running = config.databaseUrl ?? runningEmbeddedPostgres(config.dataDir)
  if (running !== undefined) return withConnection(running, work)
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    durable: true,
    log: { info() {}, warn: console.error },
  })
  try {
    await withConnection(embedded.url, work)
  } finally {
    await embedded.stop()
  }
}

const withConnection = async (connectionString: string, work: (db: Db) => Promise<void>): Promise<void> => {
  const db = connect({ connectionString, max: 2, onError: () => undefined })
  try {
    await work(db)
  } finally {
    await db.destroy()
  }
}

const explain = (error: unknown): string => {
  if (error instanceof pg.DatabaseError && error.constraint === 'platforms_name_unique')
    return 'a platform of this name exists already'
  if (error instanceof ConfigError) return error.message
  // a refused connection has one error for each address and no words of its own
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || String(error)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${help}` : explain(error))
  process.exitCode = error instanceof UsageError ? 2 : 1
}
