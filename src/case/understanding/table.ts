import type { Time } from '../../foundation/clock.ts'
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

/** How many texts of a month were learnt for a category by the choices of one person. */
export interface CategoryChoicesRow {
  platform_id: string
  month: string
  category: string
  chosen_by: string
  texts: number
}

/** In how many of them a gram stood, by its keyed digest. */
export interface CategoryGramRow {
  platform_id: string
  month: string
  category: string
  gram: number
  texts: number
}

/** The key of the digests, sealed. Without it the counts say nothing. */
export interface CategoryKeyRow {
  platform_id: string
  sealed: Buffer
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    category_choices: CategoryChoicesRow
    category_grams: CategoryGramRow
    category_keys: CategoryKeyRow
  }
}
