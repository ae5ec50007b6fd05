/** Countries publish their holidays year by year, and the libraries follow. This takes the new days over into the present calendars. */
import { addMs, type Clock, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { actorName, systemActor } from '../../platform/access/caller.ts'
import { apart, askEach, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { lockClockOffset } from '../../platform/platforms/find.ts'
import { Problem } from '../../words/problems.ts'
import { findAllStale } from '../across-platforms.ts'
import { findCalendar, findStale, lockRules, type Stale } from './find.ts'
import { resolveHolidays, sourcesInUse } from './public-holidays.ts'
import { putCalendar } from './record.ts'
import { isSameDays } from './same.ts'
import type { PublicHolidays } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

export interface Refreshed {
  /** New versions that were written. */
  renewed: { platformId: string; name: string; version: number }[]
  /** Countries that the library no longer knows; their calendars stay as they are. */
  unknown: PublicHolidays[]
}

const inOrder = new Intl.Collator('en', { numeric: true })

/** Whether the days come from a later version of the same library. A newer instance beside this one wrote them; they must not be undone. */
const isNewer = (source: string | null): boolean =>
  sourcesInUse.some((ours) => source?.split(' ')[0] === ours.split(' ')[0] && inOrder.compare(source ?? '', ours) > 0)

/** Looks up the days of each country only once. */
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
 * @param shouldStop asked before each calendar
 */
export const refreshPublishedHolidays = async (
  db: Db,
  clock: Clock,
  leaveOut: LeaveOut,
  shouldStop: () => boolean = () => false,
): Promise<Refreshed> => {
  const ofAll = { together: () => findAllStale(db), alone: (platformId: string) => findStale(db, platformId) }
  const stale = (await askEach(db, ofAll, leaveOut)).filter(({ source }) => !isNewer(source))
  const { daysOf, unknown } = lookUpOnce()
  const renewed: Refreshed['renewed'] = []
  const renew = async ({ platform_id, name, version }: Stale): Promise<void> => {
    const place = (await findCalendar(db, platform_id, name, version))?.document.public_holidays ?? null
    const resolved = place && (await daysOf(place))
    if (resolved === null) return
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
  for (const one of stale) {
    if (shouldStop()) break
    await apart(one.platform_id, leaveOut, () => renew(one))
  }
  return { renewed, unknown }
}
