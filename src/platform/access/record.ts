import type { Insertable } from 'kysely'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { ApiKeyRow } from './table.ts'

export const insertApiKey = async (trx: Trx, row: Insertable<ApiKeyRow>): Promise<void> => {
  await trx.insertInto('api_keys').values(row).execute()
}

/** Revokes a key for good; one that is revoked already keeps its time. */
export const revokeApiKey = async (trx: Trx, platformId: string, id: string, now: string): Promise<void> => {
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Notes when a key was last used, unless a use after `unlessSince` is noted already: of several instances one writes. */
export const noteKeyUse = async (
  db: Db,
  platformId: string,
  id: string,
  { now, unlessSince }: { now: string; unlessSince: string },
): Promise<void> => {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', unlessSince)]))
    .execute()
}
