import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Kysely, PostgresAdapter, PostgresDialect, sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { sqlState } from './errors.ts'

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
 * @throws one line that names the migration that failed; the database is then as it was.
 */
export const migrateToLatest = async <Tables>(db: Kysely<Tables>, log?: (message: string) => void): Promise<void> => {
  // the usual start finds nothing to do: one query then saves the lock and the migrator's look at every table
  const { known, executed } = await compare(db)
  if (known.size === executed.size && known.isSubsetOf(executed)) return
  const done = await db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = 0`.execute(trx)
    await sql`set local statement_timeout = 0`.execute(trx)
    await sql`select pg_advisory_xact_lock(hashtext('redress migrations'))`.execute(trx)
    const { error, results = [] } = await migrator(trx).migrateToLatest()
    if (error === undefined) return results
    const failed = results.find((r) => r.status === 'Error')?.migrationName
    const reason = error instanceof Error ? error.message : String(error)
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
