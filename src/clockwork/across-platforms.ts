/** The statements of this wing that name no platform; see `platform/across-platforms.ts`. */
import { sql } from 'kysely'
import type { Time } from '../foundation/clock.ts'
import type { Db } from '../foundation/sql/database.ts'
import type { RecomputationRow } from './recomputations/table.ts'
import { type Called, callsOf } from './sweeps/find.ts'

/**
 * Every platform that needs a sweep, in random order: where a tick cannot serve all, the same one must not always be the last. The query
 * starts from the first policy of each platform, which lies on the node of its clocks: a distributed Postgres asks each node for its own.
 */
export const findAllCalls = async (db: Db, nowMs: number): Promise<Called[]> => {
  const all = { from: sql`policies q join platforms p on p.id = q.platform_id`, where: sql<boolean>`q.version = 1` }
  const { rows } = await sql<Called>`${callsOf(nowMs, all, sql.ref('q.platform_id'))} order by random()`.execute(db)
  return rows
}

/** The running recomputations: at most one on each platform. */
export const findAllRunning = (db: Db): Promise<Pick<RecomputationRow, 'platform_id' | 'id'>[]> =>
  db
    .selectFrom('recomputations')
    .select(['platform_id', 'id'])
    .where(sql<boolean>`status = 'running'`)
    .orderBy('platform_id')
    .execute()

/** Removes the runs of sweeps that began before a moment, on all platforms. @returns how many */
export const deleteRuns = async (db: Db, before: Time): Promise<number> => {
  const gone = await db.deleteFrom('sweep_runs').where('started_at', '<', before).executeTakeFirst()
  return Number(gone.numDeletedRows)
}
