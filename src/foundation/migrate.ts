import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kysely } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'

const migrator = <Tables>(db: Kysely<Tables>): Migrator =>
  new Migrator({
    db,
    provider: new FileMigrationProvider({
      fs,
      path,
      migrationFolder: path.join(import.meta.dirname, '../../migrations'),
      import: (file) => import(pathToFileURL(file).href),
    }),
  })

/**
 * Brings the database to the newest schema, all or nothing. Several processes may call this at once: one migrates, the others wait for it.
 * @throws one line that names the migration that failed; the database is then as it was.
 */
export const migrateToLatest = async <Tables>(db: Kysely<Tables>, log?: (message: string) => void): Promise<void> => {
  const { error, results = [] } = await migrator(db).migrateToLatest()
  if (error) {
    const failed = results.find((r) => r.status === 'Error')?.migrationName
    const reason = (error as Error).message
    throw new Error(failed ? `migration ${failed} failed: ${reason}` : `the database could not be migrated: ${reason}`, {
      cause: error,
    })
  }
  for (const { migrationName } of results) log?.(`migrated to ${migrationName}`)
}

/** Whether this code expects a schema that the database does not have yet. Changes nothing. */
export const migrationsPending = async <Tables>(db: Kysely<Tables>): Promise<boolean> => {
  const migrations = await migrator(db).getMigrations()
  return migrations.some((m) => m.executedAt === undefined)
}
