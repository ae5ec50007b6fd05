import type { Db } from '../database.ts'

/** What is told of a key to whoever calls with it. */
export const findOwnKey = (db: Db, platformId: string, id: string) =>
  db
    .selectFrom('api_keys')
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .select(['id', 'name', 'roles', 'start', 'last_four', 'expires_at'])
    .executeTakeFirstOrThrow()

/** The platform that a key belongs to. */
export const findOwnPlatform = (db: Db, id: string) =>
  db.selectFrom('platforms').where('id', '=', id).select(['id', 'name', 'mode']).executeTakeFirstOrThrow()
