import type { Db } from '../../foundation/sql/database.ts'

/** The platform that a key belongs to. */
export const findOwnPlatform = (db: Db, id: string) =>
  db.selectFrom('platforms').where('id', '=', id).select(['id', 'name', 'mode']).executeTakeFirstOrThrow()
