import type { Trx } from '../database.ts'
import type { ApiKeyRow } from './table.ts'

/** Adds a key. */
export const insertApiKey = async (trx: Trx, row: ApiKeyRow): Promise<void> => {
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
