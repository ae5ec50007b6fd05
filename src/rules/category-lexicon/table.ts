import type { Time } from '../../foundation/clock.ts'
import type { CategoryLexicon } from './lexicon.ts'

export interface CategoryLexiconRow {
  platform_id: string
  version: number
  document: CategoryLexicon
  created_at: Time
  created_by: string
  explanation: string | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    category_lexicons: CategoryLexiconRow
  }
}
