/** The only writer of policies: versions are added, never changed. */
import { sql } from 'kysely'
import type { Trx } from '../../foundation/sql/database.ts'
import type { PolicyRow } from './table.ts'

export const insertPolicy = async (trx: Trx, row: PolicyRow): Promise<void> => {
  await trx
    .insertInto('policies')
    .values({ ...row, document: JSON.stringify(row.document) as never })
    .execute()
}

/** A further version of a platform's policy. Every instance notices by the platform's `rules_version`. The caller has locked the rules. */
export const putPolicy = async (trx: Trx, row: PolicyRow): Promise<void> => {
  await insertPolicy(trx, row)
  await trx
    .updateTable('platforms')
    .set({ rules_version: sql<number>`rules_version + 1` })
    .where('id', '=', row.platform_id)
    .execute()
}
