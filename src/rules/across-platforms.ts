/** The statements of this wing that name no platform; see `platform/across-platforms.ts`. */
import { sql } from 'kysely'
import type { Db } from '../foundation/sql/database.ts'
import { type Stale, staleAmong } from './calendars/find.ts'
import { type WithoutRules, withoutRules } from './policy/find.ts'

/** Platforms that have no policy: from before policies were data. */
export const findPlatformsWithoutRules = async (db: Db): Promise<WithoutRules[]> =>
  (await withoutRules(sql.ref('p.id')).execute(db)).rows

/** The calendars of all platforms whose days come from another version of a library than the one in use. */
export const findAllStale = async (db: Db): Promise<Stale[]> => (await staleAmong(sql`true`).execute(db)).rows
