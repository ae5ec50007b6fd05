import { type Selectable, sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import { isId } from '../../foundation/ids.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { KeyRole, PlatformScope } from './caller.ts'
import type { ApiKeyRow } from './table.ts'

/** A key that was presented, with the platform that it belongs to. */
export interface Credential {
  id: string
  roles: readonly KeyRole[]
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** Of a key of staff: whether the payment system of its platform has a key of its own. */
  besidePayments: boolean
  platform: PlatformScope
}

export type ApiKey = Omit<Selectable<ApiKeyRow>, 'digest' | 'platform_id'>

const shown = [
  'id',
  'name',
  'start',
  'last_four',
  'roles',
  'created_at',
  'created_by',
  'expires_at',
  'revoked_at',
  'last_used_at',
] as const

export const findApiKey = async (db: Db, platformId: string, id: string): Promise<ApiKey | undefined> => {
  if (!isId(id)) return undefined
  return db.selectFrom('api_keys').where('platform_id', '=', platformId).where('id', '=', id).select(shown).executeTakeFirst()
}

/** Newest first, one more than the page shows. */
export const findApiKeys = async (db: Db, platformId: string, page: Page): Promise<ApiKey[]> =>
  db
    .selectFrom('api_keys')
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['created_at', 'id'], 'desc'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .select(shown)
    .execute()

const usableAdminKeys = (db: Db, platformId: string, now: string) =>
  db
    .selectFrom('api_keys')
    .where('platform_id', '=', platformId)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .where(sql<boolean>`'admin' = any(roles)`)
    .select('id')

/**
 * The admin keys that work at `now`, locked in the order of their ids. A revocation has to know that another admin key stays; of two admins
 * who revoke each other's key at once, only one may succeed.
 */
export const lockUsableAdminKeys = (trx: Trx, platformId: string, now: string): Promise<{ id: string }[]> =>
  usableAdminKeys(trx, platformId, now).orderBy('id').forUpdate().execute()

/** How many admin keys of a platform work at `now`. */
export const countUsableAdminKeys = async (db: Db, platformId: string, now: string): Promise<number> =>
  (await usableAdminKeys(db, platformId, now).execute()).length
