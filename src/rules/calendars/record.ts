import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import type { NewCalendar } from './default-calendars.ts'
import type { CalendarRow } from './table.ts'

/**
 * The first version of calendars, for a platform that is being made.
 * @param now real time
 * @param platformNow the platform's time
 */
export const insertCalendars = async (
  trx: Trx,
  platformId: string,
  calendars: readonly NewCalendar[],
  now: Time,
  platformNow: Time,
  by: string,
): Promise<void> => {
  const rows = calendars.map((calendar) => ({
    ...calendar,
    platform_id: platformId,
    version: 1,
    created_at: now,
    created_by: by,
    holds_from: platformNow,
  }))
  await trx.insertInto('calendars').values(rows).execute()
}

/** A further version of a calendar, or the first of a new one. Every instance notices by the platform's `rules_version`. */
export const putCalendar = async (trx: Trx, row: CalendarRow): Promise<void> => {
  await trx.insertInto('calendars').values(row).execute()
  await trx
    .updateTable('platforms')
    .set({ rules_version: sql<number>`rules_version + 1` })
    .where('id', '=', row.platform_id)
    .execute()
}
