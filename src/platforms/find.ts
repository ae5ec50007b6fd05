import type { Trx } from '../database.ts'

/**
 * How far a platform's clock runs ahead, in milliseconds, locked so that it stays so until the transaction ends.
 * The lock is the weaker kind that rows pointing at the platform do not wait for.
 */
export const lockClockOffset = async (trx: Trx, platformId: string): Promise<number> => {
  const row = await trx
    .selectFrom('platforms')
    .where('id', '=', platformId)
    .forNoKeyUpdate()
    .select('clock_offset_ms')
    .executeTakeFirstOrThrow()
  return row.clock_offset_ms
}
