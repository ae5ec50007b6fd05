import type { Category } from '../../words/complaints.ts'
import type { TagKind } from '../../words/understanding.ts'

/** What something is called. */
export interface Names {
  zh: string
  en: string
}

/** A category that a platform adds. It stands under one of the fixed ones, whose rules hold for it. */
export interface AddedCategory {
  code: string
  under: Category
  names: Names
  /** Readable in cases that have it, given to no more. */
  retired?: boolean
}

/** Words that speak for a category, fixed or added. */
export interface CategoryWords {
  category: string
  weight: number
  words: string[]
}

/** Words by which a complaint can be found: of its product, of what is wanted, of the cause. */
export interface TagWords {
  kind: TagKind
  code: string
  names: Names
  words: string[]
}

/** When what was learnt from the choices of staff is used, and how long it is kept. */
export interface LearningRules {
  /** From so many learnt choices on. */
  least_choices: number
  /** A category is suggested from so many of its own on. */
  least_of_class: number
  /** How likely it must be, in hundredths. */
  least_likelihood: number
  /** One case in so many is shown no suggestion, and measures how often it would have been right; 0 for none. */
  withhold_one_in: number
  /** How many months it is kept, this one among them; 0 learns nothing. */
  keep_months: number
}

/** What a platform calls its complaints, and the words that speak for each. */
export interface CategoryLexicon {
  /** By how much a category must lead for it to be suggested. */
  margin: number
  learning: LearningRules
  categories: AddedCategory[]
  words: CategoryWords[]
  tags: TagWords[]
}
