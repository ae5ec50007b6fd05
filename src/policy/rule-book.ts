/**
 * The rules of every platform, as this instance knows them. Versions never change, so what has been read once is right for good; what a
 * platform's present ones are, its `rules_version` tells, which is read with each API key and by each sweep.
 */
import { sql } from 'kysely'
import { type Calendar, calendarOf } from '../calendars/calendar.ts'
import type { CalendarRow } from '../calendars/table.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { Db } from '../database.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { Rules } from './rules.ts'
import type { Policy } from './schema.ts'

/** A platform whose rules are asked for. */
export interface RuledPlatform {
  id: string
  rules_version: number
}

/** The part of a case that says by which versions it is decided. */
export interface RuledCase {
  complaint: Pick<ComplaintRow, 'policy_version'>
  deadlines: readonly Pick<DeadlineRow, 'calendar' | 'calendar_version' | 'ended_at' | 'owed_since'>[]
}

/** A promise only where the database has to be asked, since every decision waits for this. */
export interface RuleBook {
  /** By which a new case is decided. */
  present: (platform: RuledPlatform) => Rules | Promise<Rules>
  /** By which this case is decided. */
  of: (platform: RuledPlatform, file: RuledCase) => Rules | Promise<Rules>
}

/** What a platform's present versions are. */
interface Present {
  rulesVersion: number
  policyVersion: number
  calendars: Map<string, number>
}

/** Documents that are kept; most platforms share those they were born with. */
const MOST_KEPT = 2000

export const createRuleBook = (db: Db): RuleBook => {
  const presents = new Map<string, Present>()
  const policies = new Map<string, Policy>()
  const calendars = new Map<string, Calendar>()
  // equal documents are one object: a calendar works its days out once for all platforms that have it
  const equal = new Map<string, unknown>()

  const shared = <T>(content: unknown, make: () => T): T => {
    const key = JSON.stringify(content)
    const known = equal.get(key) as T | undefined
    if (known !== undefined) return known
    const made = make()
    equal.set(key, made)
    return made
  }

  const policyKey = (platformId: string, version: number): string => `${platformId} ${version}`
  const calendarKey = (platformId: string, name: string, version: number): string => `${platformId} ${name} ${version}`

  const keepPolicy = (platformId: string, version: number, document: Policy): void => {
    policies.set(
      policyKey(platformId, version),
      shared(document, () => document),
    )
  }
  const keepCalendar = ({ platform_id, name, version, document, resolved }: CalendarVersion): void => {
    const key = calendarKey(platform_id, name, version)
    calendars.set(
      key,
      shared([document, resolved], () => calendarOf(document, resolved)),
    )
  }

  const forgetWhenFull = (): void => {
    for (const map of [presents, policies, calendars, equal]) if (map.size > MOST_KEPT) map.clear()
  }

  /** Everything a case needs, or undefined where something of it is not known yet. */
  const known = ({ id, rules_version }: RuledPlatform, file: RuledCase | undefined): Rules | undefined => {
    const present = presents.get(id)
    if (present === undefined || present.rulesVersion < rules_version) return undefined
    const policyVersion = file?.complaint.policy_version ?? present.policyVersion
    const policy = policies.get(policyKey(id, policyVersion))
    if (policy === undefined) return undefined
    for (const [name, version] of present.calendars) if (!calendars.has(calendarKey(id, name, version))) return undefined
    if (file && missingCalendars(id, file).length > 0) return undefined
    const calendarAt = (name: string, version: number): Calendar => {
      const calendar = calendars.get(calendarKey(id, name, version))
      if (calendar === undefined) throw new Error(`the calendar ${name} in version ${version} was not read`)
      return calendar
    }
    const calendarNow = (name: string) => {
      const version = present.calendars.get(name)
      if (version === undefined) throw new Error(`the platform has no calendar ${name}`)
      return { name, version, time: calendarAt(name, version) }
    }
    return { policyVersion, policy, calendarNow, calendarAt, automationStopped: false }
  }

  /** Versions in which open clocks of the case, and duties still owed, were counted. */
  const missingCalendars = (platformId: string, { deadlines }: RuledCase): { name: string; version: number }[] =>
    deadlines.flatMap(({ calendar: name, calendar_version: version, ended_at, owed_since }) =>
      name === null ||
      version === null ||
      (ended_at !== null && owed_since === null) ||
      calendars.has(calendarKey(platformId, name, version))
        ? []
        : [{ name, version }],
    )

  const readPresent = async ({ id }: RuledPlatform): Promise<void> => {
    const { rows } = await sql<{ rules_version: number; policy_version: number; document: Policy; calendars: CalendarVersion[] }>`
      select p.rules_version, l.version as policy_version, l.document,
        (select json_agg(k) from (
          select distinct on (name) platform_id, name, version, document, resolved
            from calendars where platform_id = p.id order by name, version desc) k) as calendars
        from platforms p
        cross join lateral (select version, document from policies where platform_id = p.id order by version desc limit 1) l
       where p.id = ${id}`.execute(db)
    const row = rows[0]
    if (row === undefined) throw new Error('a platform without a policy')
    keepPolicy(id, row.policy_version, row.document)
    for (const calendar of row.calendars) keepCalendar(calendar)
    const versions = new Map(row.calendars.map(({ name, version }) => [name, version]))
    presents.set(id, { rulesVersion: row.rules_version, policyVersion: row.policy_version, calendars: versions })
  }

  const readOlder = async ({ id }: RuledPlatform, file: RuledCase): Promise<void> => {
    const { policy_version: version } = file.complaint
    if (!policies.has(policyKey(id, version))) {
      const row = await db
        .selectFrom('policies')
        .select('document')
        .where('platform_id', '=', id)
        .where('version', '=', version)
        .executeTakeFirstOrThrow()
      keepPolicy(id, version, row.document)
    }
    for (const { name, version } of missingCalendars(id, file)) {
      const row = await db
        .selectFrom('calendars')
        .select(['platform_id', 'name', 'version', 'document', 'resolved'])
        .where('platform_id', '=', id)
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirstOrThrow()
      keepCalendar(row)
    }
  }

  const read = async (platform: RuledPlatform, file: RuledCase | undefined): Promise<Rules> => {
    forgetWhenFull()
    const present = presents.get(platform.id)
    if (present === undefined || present.rulesVersion < platform.rules_version || !known(platform, undefined))
      await readPresent(platform)
    if (file) await readOlder(platform, file)
    const rules = known(platform, file)
    if (rules === undefined) throw new Error('the rules of a platform could not be read')
    return rules
  }

  return {
    present: (platform) => known(platform, undefined) ?? read(platform, undefined),
    of: (platform, file) => known(platform, file) ?? read(platform, file),
  }
}

type CalendarVersion = Pick<CalendarRow, 'platform_id' | 'name' | 'version' | 'document' | 'resolved'>
