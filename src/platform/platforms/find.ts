import { sql } from 'kysely'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { PlatformRow } from './table.ts'

/**
 * How far a platform's clock runs ahead, in milliseconds, locked so that it stays so until the transaction ends.
 * The lock is the weaker kind: inserts of rows that refer to the platform do not wait for it.
 */
export const lockClockOffset = async (trx: Trx, platformId: string): Promise<number> => {
  const row = await trx
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .forNoKeyUpdate()
    .select('clock_offset_ms')
    .executeTakeFirstOrThrow()
  return row.clock_offset_ms
}

/** What work for one platform has to know of it, as its row says it now. */
export const findPlatform = (db: Db, platformId: string) =>
  db
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .select(['id', 'rules_version', 'clock_offset_ms'])
    .executeTakeFirstOrThrow()

/** What anybody may know of a platform, and what its rules are found by. */
export type PublicPlatform = Pick<PlatformRow, 'id' | 'name' | 'clock_offset_ms'> & { rules_version: number }

/** `undefined` where there is none of that id. */
export const findPublicPlatform = (db: Db, platformId: string): Promise<PublicPlatform | undefined> =>
  db
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .select(['id', 'name', 'rules_version', 'clock_offset_ms'])
    .executeTakeFirst()

/** The id of every platform, in random order: where not all can be served, the same one must not always be the last. */
export const findPlatformIds = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select id from platforms order by random()`.execute(db)
  return rows.map(({ id }) => id)
}

/** Every platform, the oldest first: for the operator, who stands outside of all of them. */
export const findPlatforms = (db: Db): Promise<Pick<PlatformRow, 'id' | 'name' | 'mode' | 'created_at'>[]> =>
  db.selectFrom('platforms').select(['id', 'name', 'mode', 'created_at']).orderBy('created_at').orderBy('id').execute()

/** Whether this database knows a platform of that id. */
export const isPlatform = async (db: Db, id: string): Promise<boolean> =>
  (await db.selectFrom('platforms').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
