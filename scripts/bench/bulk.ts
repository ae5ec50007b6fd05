/** Writes very many rows at once. */
import type pg from 'pg'
import { caseTables } from './case-rows.ts'

const LANES = 2

/**
 * Works on the items in turn on two connections. For speed these do not wait for the disk, have no statement timeout, and check no foreign
 * keys: the copies are consistent among themselves.
 */
export const sideBySide = async <T>(
  db: pg.Pool,
  items: readonly T[],
  work: (client: pg.PoolClient, item: T) => Promise<unknown>,
): Promise<void> => {
  const rest = [...items]
  const lane = async (): Promise<void> => {
    const client = await db.connect()
    try {
      await client.query(
        `set session_replication_role = replica; set synchronous_commit = off; set statement_timeout = 0; set maintenance_work_mem = '256MB'`,
      )
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(client, item)
    } finally {
      // the settings go with the connection
      client.release(true)
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane))
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
}

/** Drops the indexes of the case tables that no constraint needs, does the work, and builds the indexes again. */
export const withoutIndexes = async (db: pg.Pool, work: () => Promise<void>): Promise<void> => {
  const { rows } = await db.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid = any($1::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid)`,
    [caseTables],
  )
  for (const { name } of rows) await db.query(`drop index ${name}`)
  await work()
  await sideBySide(db, rows, (client, { definition }) => client.query(definition))
}
