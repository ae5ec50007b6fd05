/** Databases as older versions of the service left them. */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import type { Test } from 'tap'
import type { Db } from '../../src/foundation/sql/database.ts'
import { openDatabase, openDb, type TestDatabase } from './database.ts'
import { onServer } from './postgres.ts'

const folder = path.join(import.meta.dirname, '../../migrations')

/** An empty database with the letters of an older version, in which one role was all. @param newest the last of them */
export const olderDatabaseAt = async (t: Test, newest: string): Promise<TestDatabase> => {
  const { REDRESS_TEST_SERVER: server, REDRESS_TEST_TEMPLATE: template } = process.env
  if (!server || !template) throw new Error('tests that need a database run through `npm test -- FILE`')
  const name = `${template}_older_${randomBytes(6).toString('hex')}`
  await onServer(server, (client) => client.query(`create database ${name}`))
  const opened = openDatabase(t, name, (owner) =>
    onServer(owner, (client) => client.query(`drop database if exists ${name} with (force)`)),
  )
  await migrateLike(opened.owner, newest)
  return opened
}

const migrateLike = async (db: Db, newest: string): Promise<void> => {
  const provider = new FileMigrationProvider({
    fs,
    path,
    migrationFolder: folder,
    import: (file) => import(pathToFileURL(file).href),
  })
  const { error } = await new Migrator({ db, provider }).migrateTo(newest)
  if (error) throw error
}

/** Migrates the database at this address as an older version did. @param newest the last of its letters */
export const migrateAsBefore = async (url: string, newest: string): Promise<void> => {
  const db = openDb(url, 2)
  try {
    await migrateLike(db, newest)
  } finally {
    await db.destroy()
  }
}

/** The same, as its owner. */
export const olderDatabase = async (t: Test, newest: string): Promise<Db> => (await olderDatabaseAt(t, newest)).owner

/** Writes the rows of a fixture, as they stand there: a line has a `table` and a `row`. @returns the id of their platform */
export const restore = async (db: Db, file: string): Promise<string> => {
  const text = await fs.readFile(path.join(import.meta.dirname, '../fixtures', file), 'utf8')
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { table: string; row: Record<string, unknown> } => JSON.parse(line))
  await db.transaction().execute(async (trx) => {
    // rows that a trigger would refuse are facts here, and tables come in the order of their names
    await sql`set local session_replication_role = replica`.execute(trx)
    for (const { table, row } of lines)
      await sql`insert into ${sql.table(table)} select * from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(row)}::jsonb)`.execute(
        trx,
      )
  })
  return lines.find(({ table }) => table === 'platforms')?.row.id as string
}
