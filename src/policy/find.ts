import { calendarOf } from '../calendars/calendar.ts'
import { findCalendars } from '../calendars/find.ts'
import type { Db } from '../database.ts'
import { beyond, type Page } from '../foundation/pagination.ts'
import type { KnownCalendars } from './check.ts'
import type { PolicyRow } from './table.ts'

/** The policy of a platform: as it is now, or in an earlier version. */
export const findPolicy = (db: Db, platformId: string, version?: number): Promise<PolicyRow | undefined> => {
  let select = db.selectFrom('policies').selectAll().where('platform_id', '=', platformId)
  if (version !== undefined) select = select.where('version', '=', version)
  return select.orderBy('version', 'desc').limit(1).executeTakeFirst()
}

/** The present policy. Every platform has one from its birth. */
export const findPresentPolicy = async (db: Db, platformId: string): Promise<PolicyRow> => {
  const present = await findPolicy(db, platformId)
  if (present === undefined) throw new Error('a platform without a policy')
  return present
}

/** The versions of a platform's policy without their documents, newest first; of a page one more than it shows. */
export const findPolicyVersions = (
  db: Db,
  platformId: string,
  page: Page,
): Promise<Omit<PolicyRow, 'document' | 'platform_id'>[]> =>
  db
    .selectFrom('policies')
    .select(['version', 'created_at', 'created_by', 'reason'])
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['version'], 'desc'))
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute()

/** The calendars that a policy of this platform may name, as they are now. */
export const findKnownCalendars = async (db: Db, platformId: string): Promise<KnownCalendars> => {
  const rows = await findCalendars(db, platformId)
  return new Map(rows.map(({ name, document, resolved }) => [name, calendarOf(document, resolved)]))
}
