/** Categories of the platform's own, as somebody names them for a case. Pure. */

import { nearestIn } from '../../rules/category-lexicon/check.ts'
import type { KnownLexicon } from '../../rules/category-lexicon/known.ts'
import type { Category } from '../../words/complaints.ts'
import { invalidField } from '../../words/problems.ts'

/** What names a category, in a filing, a correction or an acceptance. */
export interface NamesCategory {
  category?: Category
  subcategory?: string
}

/**
 * Refuses a category of the platform's own that is none, stands elsewhere, or is named alone.
 * @throws Problem `validation_failed`
 */
export const checkCategories = (lexicon: KnownLexicon, { category, subcategory }: NamesCategory): void => {
  if (subcategory === undefined) return
  if (category === undefined) throw invalidField('/category', 'required', 'name the category that subcategory stands under')
  checkSubcategory(lexicon, '/subcategory', category, subcategory)
}

/** @throws Problem `validation_failed` where no such category stands under this one, or it is given to no more cases */
const checkSubcategory = ({ reader }: KnownLexicon, pointer: string, category: Category, code: string): void => {
  const { categories } = reader.lexicon
  const found = categories.find((one) => one.code === code)
  const here = categories.filter((one) => one.under === category && one.retired !== true).map((one) => one.code)
  if (found === undefined) throw invalidField(pointer, 'not_one_of', `there is no category ${code}${nearestIn(here, code)}`)
  if (found.under !== category)
    throw invalidField(
      pointer,
      'not_one_of',
      `${code} stands under ${found.under}, not under ${category}${nearestIn(here, code)}`,
    )
  if (found.retired === true) throw invalidField(pointer, 'not_one_of', `${code} is retired${nearestIn(here, code)}`)
}
