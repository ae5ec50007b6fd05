/** The statements of this wing that name no platform, since they are about all of them. */
import { sql } from 'kysely'
import type { Db } from '../foundation/sql/database.ts'
import { platformsToVisit } from './movements/find.ts'

/** The platforms on which a movement of the fund or a deposit is due or uncovered; usually none. @param nowMs real time */
export const findAllMovementWork = async (db: Db, nowMs: number): Promise<{ platform_id: string }[]> =>
  (await platformsToVisit(nowMs, sql`true`, sql`p.id`).execute(db)).rows
