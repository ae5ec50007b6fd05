/** Reads of the ledger. */
import type { Db } from '../../foundation/sql/database.ts'
import type { TransferRow } from './table.ts'

/** Most of what one case moves. */
const MOST_OF_CASE = 2_000

/** What moved because of a case, the oldest first: the decisions of a case bound it. */
export const findTransfersOfCase = (db: Db, platformId: string, complaintId: string): Promise<TransferRow[]> =>
  db
    .selectFrom('ledger_transfers')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('complaint_id', '=', complaintId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(MOST_OF_CASE)
    .execute()
