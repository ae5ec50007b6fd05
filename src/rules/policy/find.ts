import { type RawBuilder, sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { PlatformRow } from '../../platform/platforms/table.ts'
import { readRule } from '../calendars/reading.ts'
import type { CalendarRow, StoredCalendarRow } from '../calendars/table.ts'
import { RulesMissing } from '../rule-book/missing.ts'
import { readPolicy } from './reading.ts'
import type { Policy } from './schema.ts'
import type { PolicyRow } from './table.ts'

/** The policy of a platform: as it is now, or in an earlier version. */
export const findPolicy = async (db: Db, platformId: string, version?: number): Promise<PolicyRow | undefined> => {
  let select = db.selectFrom('policies').selectAll().where('platform_id', '=', platformId)
  if (version !== undefined) select = select.where('version', '=', version)
  const row = await select.orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row && { ...row, document: readPolicy(row.document) }
}

/** The present policy. Every platform has one from its birth. */
export const findPresentPolicy = async (db: Db, platformId: string): Promise<PolicyRow> => {
  const present = await findPolicy(db, platformId)
  if (present === undefined) throw new Error('a platform without a policy')
  return present
}

export type WithoutRules = Pick<PlatformRow, 'id' | 'clock_offset_ms'>

/** Platforms that have no policy; `own` is the id of the platform whose policies are looked for. */
export const withoutRules = (own: RawBuilder<string>): RawBuilder<WithoutRules> => sql`
    select p.id, p.clock_offset_ms from platforms p left join policies q on q.platform_id = ${own}
     where q.platform_id is null`

/** This platform, if it has no policy. */
export const findPlatformWithoutRules = async (db: Db, platformId: string): Promise<WithoutRules[]> => {
  const { rows } = await sql<WithoutRules>`${withoutRules(sql`${platformId}`)} and p.id = ${platformId}`.execute(db)
  return rows
}

/** The versions of a platform's policy without their documents, newest first; one more than the page shows. */
export const findPolicyVersions = (
  db: Db,
  platformId: string,
  page: Page,
): Promise<Omit<PolicyRow, 'document' | 'platform_id'>[]> =>
  db
    .selectFrom('policies')
    .select(['version', 'created_at', 'created_by', 'explanation'])
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['version'], 'desc'))
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute()

/** The present policy of a platform, and the present versions of its calendars. */
export interface PresentRules {
  rules_version: number
  policy_version: number
  document: Policy
  calendars: CalendarName[]
}

export const findPresentRules = async (db: Db, platformId: string): Promise<PresentRules> => {
  const { rows } = await sql<PresentRules>`
    select p.rules_version, l.version as policy_version, l.document,
      (select json_agg(k) from (
        select name, max(version) as version from calendars where platform_id = ${platformId} group by name) k) as calendars
      from platforms p
      cross join lateral (select version, document from policies where platform_id = ${platformId} order by version desc limit 1) l
     where p.id = ${platformId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('a platform without a policy')
  return { ...row, document: readPolicy(row.document) }
}

export const findPolicyDocument = async (db: Db, platformId: string, version: number): Promise<Policy> => {
  const found = await db
    .selectFrom('policies')
    .select('document')
    .where('platform_id', '=', platformId)
    .where('version', '=', version)
    .executeTakeFirst()
  if (found === undefined) throw new RulesMissing('policy', `there is no version ${version} of the policy`)
  return readPolicy(found.document)
}

export interface CalendarName {
  name: string
  version: number
}

/** Calendars in these versions. @throws RulesMissing where one of them does not exist */
export const findCalendarVersions = async (
  db: Db,
  platformId: string,
  versions: readonly CalendarName[],
): Promise<Pick<CalendarRow, 'name' | 'version' | 'document' | 'resolved'>[]> => {
  const names = versions.map(({ name }) => name)
  const numbers = versions.map(({ version }) => version)
  const { rows } = await sql<Pick<StoredCalendarRow, 'name' | 'version' | 'document' | 'resolved'>>`
    select c.name, c.version, c.document, c.resolved
      from unnest(${names}::text[], ${numbers}::integer[]) as wanted (name, version)
      join calendars c on c.platform_id = ${platformId} and c.name = wanted.name and c.version = wanted.version`.execute(db)
  if (rows.length < versions.length) throw new RulesMissing('calendar', 'a calendar is named that is not there')
  return rows.map((row) => ({ name: row.name, version: row.version, ...readRule(row) }))
}
