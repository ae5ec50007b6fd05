import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { ReturnInstructionsRow } from './table.ts'

const select = (db: Db, platformId: string, merchantId: string) =>
  db.selectFrom('return_instructions').selectAll().where('platform_id', '=', platformId).where('merchant_id', '=', merchantId)

export const findReturnInstructions = (
  db: Db,
  platformId: string,
  merchantId: string,
): Promise<ReturnInstructionsRow | undefined> => select(db, platformId, merchantId).executeTakeFirst()

/** The same with a lock, to change them. */
export const lockReturnInstructions = (
  trx: Trx,
  platformId: string,
  merchantId: string,
): Promise<ReturnInstructionsRow | undefined> => select(trx, platformId, merchantId).forUpdate().executeTakeFirst()
