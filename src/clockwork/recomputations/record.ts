/** The only writer of recomputations. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import { FIRST_ID, newId } from '../../foundation/ids.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import type { Actor } from '../../platform/access/caller.ts'
import type { Applies, RecomputationRow } from './table.ts'

interface NewRecomputation {
  platformId: string
  applies: Applies
  explanation: string | null
  by: Actor
  policyVersion: number
  now: Time
}

/** Begins a recomputation; `undefined` when one is running on this platform. */
export const insertRecomputation = async (trx: Trx, job: NewRecomputation): Promise<RecomputationRow | undefined> =>
  trx
    .insertInto('recomputations')
    .values({
      platform_id: job.platformId,
      id: newId(),
      status: 'running',
      applies: job.applies,
      explanation: job.explanation,
      requested_by_role: job.by.role,
      requested_by_id: job.by.id,
      policy_version: job.policyVersion,
      after_id: FIRST_ID,
      cases_seen: 0,
      cases_changed: 0,
      clocks_moved: 0,
      failed: 0,
      created_at: job.now,
      updated_at: job.now,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.column('platform_id').where(sql<boolean>`status = 'running'`).doNothing())
    .returningAll()
    .executeTakeFirst()

/** What a batch adds to its job. */
export interface Advance {
  /** The last case of the batch; `undefined` where there was none. */
  last: string | undefined
  /** Whether no open case comes after it. */
  done: boolean
  seen: number
  changed: number
  moved: number
  failed: number
}

/** Notes how far the recomputation has come, in the transaction of the batch. The caller holds the job's lock. */
export const advanceJob = async (trx: Trx, job: RecomputationRow, by: Advance, now: Time): Promise<void> => {
  await trx
    .updateTable('recomputations')
    .set({
      after_id: by.last ?? job.after_id,
      cases_seen: job.cases_seen + by.seen,
      cases_changed: job.cases_changed + by.changed,
      clocks_moved: job.clocks_moved + by.moved,
      failed: job.failed + by.failed,
      updated_at: now,
      ...(by.done && { status: 'done' as const, finished_at: now }),
    })
    .where('platform_id', '=', job.platform_id)
    .where('id', '=', job.id)
    .execute()
}
