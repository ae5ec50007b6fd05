/** A country publishes its holidays year by year, and the library follows: calendars that stand now take the new days over. */
import { sql } from 'kysely'
import { addMs, type Clock, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { actorName, systemActor } from '../../platform/access/caller.ts'
import { lockClockOffset } from '../../platform/platforms/find.ts'
import { Problem } from '../../words/problems.ts'
import { findCalendar, lockRules } from './find.ts'
import { resolveHolidays, sourcesInUse } from './public-holidays.ts'
import { putCalendar } from './record.ts'
import { isSameDays } from './same.ts'
import type { PublicHolidays } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

/** A calendar whose days come from a library in another version than the one in use. */
interface Stale {
  platform_id: string
  name: string
  version: number
  source: string | null
}

export interface Refreshed {
  /** New versions that were written. */
  renewed: { platformId: string; name: string; version: number }[]
  /** Countries that the library no longer knows; their calendars stay as they are. */
  unknown: PublicHolidays[]
}

/** Of all platforms at once: at the start of a process there is no caller. Nothing is found unless a library was updated. */
const findStale = async (db: Db): Promise<Stale[]> => {
  const { rows } = await sql<Stale>`
    select platform_id, name, version, source from (
      select distinct on (platform_id, name)
             platform_id, name, version, document -> 'public_holidays' as public_holidays, resolved ->> 'source' as source
        from calendars order by platform_id, name, version desc) as present
     where json_typeof(public_holidays) = 'object' and (source is null or source <> all(${sourcesInUse}::text[]))
     order by platform_id, name`.execute(db)
  return rows
}

const inOrder = new Intl.Collator('en', { numeric: true })

/** Whether a later version of the same library was asked: by a newer instance beside this one, whose days must not be taken back. */
const isNewer = (source: string | null): boolean =>
  sourcesInUse.some((ours) => source?.split(' ')[0] === ours.split(' ')[0] && inOrder.compare(source ?? '', ours) > 0)

/** Each country's days, looked up once. */
const lookUpOnce = () => {
  const found = new Map<string, ResolvedHolidays | null>()
  const unknown: PublicHolidays[] = []
  const daysOf = async (place: PublicHolidays): Promise<ResolvedHolidays | null> => {
    const key = JSON.stringify(place)
    const there = found.get(key)
    if (there !== undefined) return there
    const days = await resolveHolidays(place).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
      unknown.push(place)
      return null
    })
    found.set(key, days)
    return days
  }
  return { daysOf, unknown }
}

/**
 * Writes a new version of every present calendar whose public holidays, or what is known of them, have changed in the library since it was
 * written. Several instances may do this at once: one of them writes. Earlier versions, and the clocks that were counted in them, stay as they
 * are.
 */
export const refreshPublishedHolidays = async (db: Db, clock: Clock): Promise<Refreshed> => {
  const stale = (await findStale(db)).filter(({ source }) => !isNewer(source))
  const { daysOf, unknown } = lookUpOnce()
  const renewed: Refreshed['renewed'] = []
  for (const { platform_id, name, version } of stale) {
    const place = (await findCalendar(db, platform_id, name, version))?.document.public_holidays ?? null
    const resolved = place && (await daysOf(place))
    if (resolved === null) continue
    const written = await transact(db, async (trx) => {
      await lockRules(trx, platform_id)
      const present = await findCalendar(trx, platform_id, name)
      if (present === undefined || present.version !== version || isSameDays(present.resolved, resolved)) return undefined
      const now = toTime(clock.nowMs())
      const next = version + 1
      await putCalendar(trx, {
        ...present,
        version: next,
        resolved,
        created_at: now,
        created_by: actorName(systemActor),
        holds_from: addMs(now, await lockClockOffset(trx, platform_id)),
      })
      return next
    })
    if (written !== undefined) renewed.push({ platformId: platform_id, name, version: written })
  }
  return { renewed, unknown }
}
