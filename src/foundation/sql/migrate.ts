import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Kysely, PostgresAdapter, PostgresDialect, sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { sqlState } from './errors.ts'
import { grantsDue, type Serving } from './grants.ts'

/**
 * Postgres without the migrator's own lock, which belongs to a session. Behind a transaction pooler two transactions may be in two
 * sessions, so that lock would protect nothing and might never be released. `migrateToLatest` takes a lock that belongs to its transaction.
 */
export class PooledPostgresDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new (class extends PostgresAdapter {
      override async acquireMigrationLock(): Promise<void> {}
      override async releaseMigrationLock(): Promise<void> {}
    })()
  }
}

const folder = path.join(import.meta.dirname, '../../../migrations')
const UNDEFINED_TABLE = '42P01'
const NOT_ALLOWED = '42501'
const WHOSE = 'DATABASE_OWNER_URL must name the role that owns the tables'

/** The message of an error, and what to do where the role is not the owner. */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return isNotAllowed(error) ? `${message}: ${WHOSE}` : message
}

const isNotAllowed = (error: unknown): boolean => sqlState(error) === NOT_ALLOWED

/** In an empty database the migrator itself would hide what went wrong. */
const checkMayBegin = async <Tables>(trx: Kysely<Tables>): Promise<void> => {
  const { rows } = await sql<{ may: boolean | null }>`select has_schema_privilege(current_schema(), 'CREATE') as may`.execute(trx)
  if (rows[0]?.may !== true) throw new Error(`the database could not be migrated: its role may make no tables: ${WHOSE}`)
}

const migrator = <Tables>(db: Kysely<Tables>): Migrator =>
  new Migrator({
    db,
    provider: new FileMigrationProvider({
      fs,
      path,
      migrationFolder: folder,
      import: (file) => import(pathToFileURL(file).href),
    }),
  })

/** The names of the migrations that this code brings, and of those that the database has had. */
const compare = async <Tables>(db: Kysely<Tables>): Promise<{ known: Set<string>; executed: Set<string> }> => {
  const files = await fs.readdir(folder)
  const known = new Set(files.filter((file) => file.endsWith('.ts')).map((file) => path.basename(file, '.ts')))
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return { known, executed: new Set(rows.map(({ name }) => name)) }
  } catch (error) {
    if (sqlState(error) !== UNDEFINED_TABLE) throw error
    return { known, executed: new Set() }
  }
}

/**
 * Brings the database to the newest schema, all or nothing. Several processes may call this at once: one migrates, the others wait for it,
 * however long that takes.
 * @param db is connected as the owner of the tables
 * @param serving the role that gets its grants in the same transaction, where it is another than the owner's
 * @throws one line that names the migration that failed; the database is then as it was.
 */
export const migrateToLatest = async <Tables>(
  db: Kysely<Tables>,
  log?: (message: string) => void,
  serving?: Serving,
): Promise<void> => {
  // the usual start finds nothing to do: a few queries then save the lock and the migrator's look at every table
  const { known, executed } = await compare(db).catch((error: unknown) => {
    throw isNotAllowed(error) ? new Error(reasonOf(error), { cause: error }) : error
  })
  const newest = known.size === executed.size && known.isSubsetOf(executed)
  if (newest && (serving === undefined || (await grantsDue(db, serving)).length === 0)) return
  const done = await db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = 0`.execute(trx)
    await sql`set local statement_timeout = 0`.execute(trx)
    await sql`select pg_advisory_xact_lock(hashtext('redress migrations'))`.execute(trx)
    if (executed.size === 0) await checkMayBegin(trx)
    const { error, results = [] } = await migrator(trx).migrateToLatest()
    if (error === undefined) {
      const grants = serving === undefined ? [] : await grantsDue(trx, serving)
      for (const grant of grants) await sql.raw(grant).execute(trx)
      return results
    }
    const failed = results.find((r) => r.status === 'Error')?.migrationName
    const reason = reasonOf(error)
    throw new Error(failed ? `migration ${failed} failed: ${reason}` : `the database could not be migrated: ${reason}`, {
      cause: error,
    })
  })
  for (const { migrationName } of done) log?.(`migrated to ${migrationName}`)
}

/** Whether this code expects a schema that the database does not have yet. Changes nothing. */
export const migrationsPending = async <Tables>(db: Kysely<Tables>): Promise<boolean> => {
  const { known, executed } = await compare(db)
  return !known.isSubsetOf(executed)
}
