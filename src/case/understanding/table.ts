import type { DrawnTag, Suggestion } from '../../rules/category-lexicon/suggest.ts'
import type { SuggestionSource } from '../../words/understanding.ts'

/** A category as it was suggested when the case was filed. */
export interface KeptSuggestion extends Suggestion {
  source: SuggestionSource
  /** How likely it is by what was learnt, in hundredths; null by the lexicon. */
  likelihood: number | null
}

/** What was understood of a complaint's words when it was filed. */
export interface Understood {
  /** Null where the filer gave a category, or no word spoke for any. */
  suggestion: KeptSuggestion | null
  /** Kept from everybody until a person has chosen: it measures how often a suggestion is right. */
  withheld: boolean
  tags: DrawnTag[]
  lexicon_version: number
}
