import { type RawBuilder, sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { sourcesInUse } from './public-holidays.ts'
import { readCalendar, readHoldsFrom } from './reading.ts'
import type { CalendarRow } from './table.ts'

/** One calendar: as it is now, or in an earlier version. */
export const findCalendar = async (
  db: Db,
  platformId: string,
  name: string,
  version?: number,
): Promise<CalendarRow | undefined> => {
  let select = db.selectFrom('calendars').selectAll().where('platform_id', '=', platformId).where('name', '=', name)
  if (version !== undefined) select = select.where('version', '=', version)
  const found = await select.orderBy('version', 'desc').limit(1).executeTakeFirst()
  return found && readCalendar(found)
}

const presentVersions = (db: Db, platformId: string) =>
  db
    .selectFrom('calendars')
    .where('platform_id', '=', platformId)
    .groupBy('name')
    .select(['name', sql<number>`max(version)`.as('version')])

/** The calendars of a platform as they are now, by name; for a page, one more than it shows. */
export const findCalendars = async (db: Db, platformId: string, page?: Page): Promise<CalendarRow[]> => {
  let present = presentVersions(db, platformId)
  if (page !== undefined) {
    present = present
      .where(beyond(page, ['name'], 'asc'))
      .orderBy('name')
      .limit(page.limit + 1)
  }
  const rows = await db
    .selectFrom(present.as('present'))
    .innerJoin('calendars', (join) =>
      join.onRef('calendars.name', '=', 'present.name').onRef('calendars.version', '=', 'present.version'),
    )
    .where('calendars.platform_id', '=', platformId)
    .orderBy('calendars.name')
    .selectAll('calendars')
    .execute()
  return rows.map(readCalendar)
}

/** What the list of versions shows of each. */
export type CalendarVersionRow = Pick<CalendarRow, 'version' | 'holds_from' | 'created_at' | 'created_by'>

/** The versions of one calendar without their days, newest first; one more than the page shows. */
export const findVersionsOf = async (db: Db, platformId: string, name: string, page: Page): Promise<CalendarVersionRow[]> => {
  const rows = await db
    .selectFrom('calendars')
    .select(['version', 'holds_from', 'created_at', 'created_by'])
    .where('platform_id', '=', platformId)
    .where('name', '=', name)
    .where(beyond(page, ['version'], 'desc'))
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute()
  return rows.map((row) => ({ ...row, holds_from: readHoldsFrom(row) }))
}

/** The version that each calendar of a platform has now, by name. */
export const findCurrentVersions = async (db: Db, platformId: string): Promise<Map<string, number>> => {
  const rows = await presentVersions(db, platformId).execute()
  return new Map(rows.map(({ name, version }) => [name, version]))
}

/** A calendar whose days come from a library in another version than the one in use. */
export interface Stale {
  platform_id: string
  name: string
  version: number
  source: string | null
}

/** Finds the present calendars whose days come from no library version in use: none, unless a library was updated. */
export const staleAmong = (which: RawBuilder<boolean>): RawBuilder<Stale> => sql`
    select platform_id, name, version, source from (
      select distinct on (platform_id, name)
             platform_id, name, version, document -> 'public_holidays' as public_holidays, resolved ->> 'source' as source
        from calendars where ${which} order by platform_id, name, version desc) as present
     where json_typeof(public_holidays) = 'object' and (source is null or source <> all(${sourcesInUse}::text[]))
     order by platform_id, name`

export const findStale = async (db: Db, platformId: string): Promise<Stale[]> =>
  (await staleAmong(sql`platform_id = ${platformId}`).execute(db)).rows

/**
 * Lets nobody else change a calendar or the policy of this platform until the transaction ends.
 * @returns the `rules_version` that holds until then
 */
export const lockRules = async (trx: Trx, platformId: string): Promise<number> => {
  const platform = trx.selectFrom('platforms').where('id', '=', platformId).forNoKeyUpdate()
  return (await platform.select('rules_version').executeTakeFirstOrThrow()).rules_version
}
