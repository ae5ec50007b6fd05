/** The only writer of lexicons: versions are added, never changed. */
import { sql } from 'kysely'
import type { Trx } from '../../foundation/sql/database.ts'
import type { CategoryLexiconRow } from './table.ts'

/** A further version. Every instance notices by the platform's `rules_version`. The caller has locked the rules. */
export const putLexicon = async (trx: Trx, row: CategoryLexiconRow): Promise<void> => {
  await trx
    .insertInto('category_lexicons')
    .values({ ...row, document: JSON.stringify(row.document) as never })
    .execute()
  await trx
    .updateTable('platforms')
    .set({ rules_version: sql<number>`rules_version + 1` })
    .where('id', '=', row.platform_id)
    .execute()
}
