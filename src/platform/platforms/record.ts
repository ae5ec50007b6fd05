import { sql } from 'kysely'
import type { Trx } from '../../foundation/sql/database.ts'

/** Moves a test platform's clock on. Returns the new offset, or `undefined` when that would be more than `mostMs`. */
export const advanceClock = async (trx: Trx, platformId: string, byMs: number, mostMs: number): Promise<number | undefined> => {
  const moved = await trx
    .updateTable('platforms')
    .set({ clock_offset_ms: sql<number>`clock_offset_ms + ${byMs}` })
    .where('id', '=', platformId)
    .where('mode', '=', 'test')
    .where('clock_offset_ms', '<=', mostMs - byMs)
    .returning('clock_offset_ms')
    .executeTakeFirst()
  return moved?.clock_offset_ms
}
