import type { Db } from '../../foundation/sql/database.ts'
import { defaultLexicon } from './default-lexicon.ts'
import type { CategoryLexiconRow } from './table.ts'

/** A lexicon as it is shown: version 0 is that with which platforms start, which nobody wrote. */
export interface ShownLexicon extends Pick<CategoryLexiconRow, 'version' | 'document' | 'explanation'> {
  created_at: string | null
  created_by: string | null
}

const atFirst: ShownLexicon = { version: 0, document: defaultLexicon, explanation: null, created_at: null, created_by: null }

/** The lexicon of a platform: as it is now, or in an earlier version; `undefined` where there is no such version. */
export const findLexicon = async (db: Db, platformId: string, version?: number): Promise<ShownLexicon | undefined> => {
  if (version === 0) return atFirst
  let select = db
    .selectFrom('category_lexicons')
    .select(['version', 'document', 'explanation', 'created_at', 'created_by'])
    .where('platform_id', '=', platformId)
  if (version !== undefined) select = select.where('version', '=', version)
  const row = await select.orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row ?? (version === undefined ? atFirst : undefined)
}

/** The present one. */
export const findPresentLexicon = async (db: Db, platformId: string): Promise<ShownLexicon> =>
  (await findLexicon(db, platformId)) ?? atFirst
