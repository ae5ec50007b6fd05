/** Who is measured: one line for each set of labels. */
import { defaultLexicon } from '../../src/rules/category-lexicon/default-lexicon.ts'
import type { CategoryLexicon } from '../../src/rules/category-lexicon/lexicon.ts'
import { readerOf } from '../../src/rules/category-lexicon/suggest.ts'
import type { Judge } from './measure.ts'

/** The category that the lexicon suggests. */
export const categoryJudge = (lexicon: CategoryLexicon = defaultLexicon): Judge => {
  const reader = readerOf(lexicon)
  return {
    none: 'other',
    judge: (text) => {
      const { category, margin, candidates } = reader.suggest(text)
      return {
        shown: category === null ? [] : [category],
        guess: candidates.slice(0, 1).map((one) => one.category),
        sureness: margin,
      }
    },
  }
}
