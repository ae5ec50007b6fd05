import { sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { RecomputationRow } from './table.ts'

/** The next open cases of a platform, in the order of their ids. The state is a literal, so that the index of open cases can be used. */
const openCases = (db: Db, platformId: string, after: string, limit: number) =>
  db
    .selectFrom('complaints')
    .select('id')
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`status <> 'closed'`)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)

export const findOpenCases = async (db: Db, platformId: string, after: string, limit: number): Promise<string[]> =>
  (await openCases(db, platformId, after, limit).execute()).map(({ id }) => id)

/** The same with a lock on each case; waits for decisions that hold one at the moment. */
export const lockOpenCases = async (trx: Trx, platformId: string, after: string, limit: number): Promise<string[]> =>
  (await openCases(trx, platformId, after, limit).forNoKeyUpdate().execute()).map(({ id }) => id)

export const findRecomputation = (db: Db, platformId: string, id: string): Promise<RecomputationRow | undefined> =>
  db.selectFrom('recomputations').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

/** Newest first, one more than the page shows. */
export const findRecomputations = (db: Db, platformId: string, page: Page): Promise<RecomputationRow[]> =>
  db
    .selectFrom('recomputations')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['created_at', 'id'], 'desc'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()

/** The running recomputation of a platform, if there is one. */
export const findRunning = (db: Db, platformId: string): Promise<Pick<RecomputationRow, 'platform_id' | 'id'>[]> =>
  db
    .selectFrom('recomputations')
    .select(['platform_id', 'id'])
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`status = 'running'`)
    .execute()

/** What a batch must know of its job and of the job's platform. */
export interface LockedJob extends RecomputationRow {
  clock_offset_ms: number
  rules_version: number
}

/** The job with a lock on it; `undefined` when it is done, or another instance works on it at this moment. */
export const lockJob = (trx: Trx, platformId: string, id: string): Promise<LockedJob | undefined> =>
  trx
    .selectFrom('recomputations')
    .innerJoin('platforms', 'platforms.id', 'recomputations.platform_id')
    .selectAll('recomputations')
    .select(['platforms.clock_offset_ms', 'platforms.rules_version'])
    .where('recomputations.platform_id', '=', platformId)
    .where('recomputations.id', '=', id)
    .where(sql<boolean>`recomputations.status = 'running'`)
    .forUpdate('recomputations')
    .skipLocked()
    .executeTakeFirst()
