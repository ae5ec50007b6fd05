/** What is understood of a complaint's words. Pure. */
import type { KnownLexicon } from '../../rules/category-lexicon/known.ts'
import type { Suggestion } from '../../rules/category-lexicon/suggest.ts'
import type { KeptSuggestion, Understood } from './table.ts'

/** What was learnt on a platform, ready to read with: likelihoods in hundredths, and a category only where one is likely enough. */
export type Learnt = (text: string) => (Suggestion & { likelihood: number }) | undefined

/** Whether this case measures: by the random bits of its id, so that nobody can choose it and every instance says the same. */
export const isWithheld = (id: string, oneIn: number): boolean => oneIn > 0 && Number.parseInt(id.slice(-8), 16) % oneIn === 0

/** What was learnt speaks first, where it is sure; else the words of the lexicon. */
const suggestionFor = ({ reader }: KnownLexicon, learnt: Learnt | undefined, text: string): KeptSuggestion | null => {
  const sure = learnt?.(text)
  if (sure !== undefined && sure.category !== null) return { ...sure, source: 'learnt' }
  const read = reader.suggest(text)
  return read.candidates.length === 0 ? null : { ...read, source: 'lexicon', likelihood: null }
}

/**
 * @param id of the case
 * @param isGiven whether the filer gave a category: then none is suggested
 */
export const understand = (
  lexicon: KnownLexicon,
  learnt: Learnt | undefined,
  { id, text, isGiven }: { id: string; text: string; isGiven: boolean },
): Understood => {
  const suggestion = isGiven ? null : suggestionFor(lexicon, learnt, text)
  return {
    suggestion,
    withheld: suggestion !== null && isWithheld(id, lexicon.reader.lexicon.learning.withhold_one_in),
    tags: lexicon.reader.tags(text),
    lexicon_version: lexicon.version,
  }
}
