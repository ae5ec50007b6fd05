/**
 * Makes a further platform (a tenant) and prints its first admin key, once; lists the platforms; issues a new admin key for a platform.
 * `npm run platform -- create --name "Shop A" --mode live`
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type Config, ConfigError, loadConfig } from '../src/config.ts'
import { prepareDatabase } from '../src/database.ts'
import { systemClock, toTime } from '../src/foundation/clock.ts'
import { type EmbeddedUrls, runningEmbeddedPostgres, startEmbeddedPostgres } from '../src/foundation/embedded-postgres/start.ts'
import { connect, type Db, type Trx } from '../src/foundation/sql/database.ts'
import { countUsableAdminKeys } from '../src/platform/access/find.ts'
import { findPlatforms } from '../src/platform/platforms/find.ts'
import { createPlatform, issueAdminKey } from '../src/rules/new-platforms/create.ts'

const help = `Usage: npm run platform -- create --name NAME --mode live|test
       npm run platform -- list
       npm run platform -- issue-admin-key --platform NAME

create           makes a platform and prints its id and its first admin key
list             prints every platform: name, id, mode, when it was created, how many of its admin keys work
issue-admin-key  makes a further admin key for a platform whose admins are locked out

A key is shown once, when it is stored and works.
Works on DATABASE_URL, else on the embedded database under DATA_DIR, whether the service is running or not.`

class UsageError extends Error {}

const main = async (): Promise<void> => {
  const wanted = readArguments()
  if (wanted === 'help') return console.log(help)
  await withDatabase(loadConfig(process.env), async (db) => {
    const now = toTime(systemClock.nowMs())
    if (wanted.command === 'list') return list(db, now)
    const made = await db.transaction().execute((trx) => make(trx, wanted, now))
    console.log(`platform   ${made.platformId}  (${made.name}, ${made.mode})`)
    console.log(`admin key  ${made.key}  shown this once`)
  })
}

const make = async (trx: Trx, wanted: Creating | Issuing, now: string) => {
  if (wanted.command === 'create') return { ...wanted, ...(await createPlatform(trx, { ...wanted, now })) }
  const issued = await issueAdminKey(trx, { platform: wanted.name, now })
  if (issued === undefined) throw new Error('there is no platform of this name; `list` prints those there are')
  return { name: wanted.name, ...issued }
}

const list = async (db: Db, now: string): Promise<void> => {
  for (const { name, id, mode, created_at } of await findPlatforms(db)) {
    const keys = await countUsableAdminKeys(db, id, now)
    console.log([name, id, mode, created_at, `${keys} admin ${keys === 1 ? 'key' : 'keys'}`].join('  '))
  }
}

interface Creating {
  command: 'create'
  name: string
  mode: 'live' | 'test'
}
interface Issuing {
  command: 'issue-admin-key'
  name: string
}

const readArguments = (): 'help' | Creating | Issuing | { command: 'list' } => {
  const { values, positionals } = parse()
  if (values.help) return 'help'
  const [command, ...more] = positionals
  if (more.length > 0) throw new UsageError('one command at a time')
  const { name, mode, platform } = values
  const unexpected = (expected: readonly string[]) => {
    const odd = ['name', 'mode', 'platform'].find((option) => option in values && !expected.includes(option))
    if (odd !== undefined) throw new UsageError(`${command} takes no --${odd}`)
  }
  if (command === 'list') {
    unexpected([])
    return { command }
  }
  if (command === 'issue-admin-key') {
    unexpected(['platform'])
    if (platform === undefined) throw new UsageError('--platform must name the platform')
    return { command, name: platform }
  }
  if (command !== 'create') throw new UsageError('the commands are create, list and issue-admin-key')
  unexpected(['name', 'mode'])
  if (name === undefined || !/^\S(.{0,98}\S)?$/u.test(name) || /\p{Cc}/u.test(name))
    throw new UsageError('--name needs 1 to 100 characters, not blank at either end')
  if (mode !== 'live' && mode !== 'test') throw new UsageError('--mode must be live or test')
  return { command, name, mode }
}

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        mode: { type: 'string' },
        platform: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Does `work` as the service's role, on a database that its owner has brought to this version. */
const withDatabase = async (config: Config, work: (db: Db) => Promise<void>): Promise<void> => {
  const { databaseUrl: url, databaseOwnerUrl: ownerUrl, dataDir } = config
  const there = url === undefined ? runningEmbeddedPostgres(dataDir) : { url, ownerUrl }
  if (there !== undefined) return withConnections(there, config, work)
  const embedded = await startEmbeddedPostgres({ dataDir, durable: true, log: { info() {}, warn: console.error } })
  try {
    await withConnections(embedded, config, work)
  } finally {
    await embedded.stop()
  }
}

const withConnections = async (
  { url, ownerUrl }: Pick<EmbeddedUrls, 'url'> & { ownerUrl: string | undefined },
  { databasePlanCacheMode: planCacheMode }: Config,
  work: (db: Db) => Promise<void>,
): Promise<void> => {
  const open = (connectionString: string) => connect({ connectionString, max: 2, planCacheMode, onError: () => undefined })
  const db = open(url)
  const owner = ownerUrl === undefined ? undefined : open(ownerUrl)
  try {
    await prepareDatabase(db, owner)
    await work(db)
  } finally {
    await Promise.all([db.destroy(), owner?.destroy()])
  }
}

const explain = (error: unknown): string => {
  if (error instanceof pg.DatabaseError && error.constraint === 'platforms_name_unique')
    return 'a platform of this name exists already'
  if (error instanceof ConfigError) return error.message
  // a refused connection is an AggregateError with one error for each address and no message of its own
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || String(error)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${help}` : explain(error))
  process.exitCode = error instanceof UsageError ? 2 : 1
}
