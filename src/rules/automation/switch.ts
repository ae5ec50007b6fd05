/**
 * The switch of a platform that stops whatever closes a case or takes silence for an answer. A sweep reads it in the transaction in which
 * it decides, under a lock that all sweeps share. A stop takes the same lock exclusively, so it waits for the sweeps at work: when it is
 * answered, all earlier decisions are committed, and every later decision sees the stop. Only sweeps and stops take this lock.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../../foundation/sql/database.ts'
import { setLockTimeout } from '../../foundation/sql/transaction.ts'

const keyOf = (platformId: string): RawBuilder<bigint> => sql`hashtextextended(${`redress automation ${platformId}`}, 0)`

/** How long a stop waits for the batches of sweeps that are at work. */
const PATIENCE_MS = 15_000

/** Whether automatic closing and deeming is stopped; the answer holds until the transaction ends. Waits for nobody. */
export const isStopped = async (trx: Trx, platformId: string): Promise<boolean> => {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock_shared(${keyOf(platformId)}) as free`.execute(
    trx,
  )
  // a stop has the lock, or waits for it
  if (rows[0]?.free !== true) return true
  // a statement of its own: only one that begins under the lock sees a stop that came before it
  const { automation_stopped_at } = await trx
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .select('automation_stopped_at')
    .executeTakeFirstOrThrow()
  return automation_stopped_at !== null
}

/** Waits for all sweeps that have read the switch, and lets no other read it until the transaction ends. */
export const outwaitSweeps = async (trx: Trx, platformId: string): Promise<void> => {
  await setLockTimeout(trx, PATIENCE_MS)
  await sql`select pg_advisory_xact_lock(${keyOf(platformId)})`.execute(trx)
}
