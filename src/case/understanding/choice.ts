/** The category of a case: who gave it, what rules go by, and what a choice teaches. Pure. */
import { type Actor, actorName } from '../../platform/access/caller.ts'
import type { Category, CategorySource } from '../../words/complaints.ts'
import type { KeptSuggestion, Understood } from './table.ts'

export interface Categorised {
  category: Category
  category_source: CategorySource
  subcategory: string | null
  understood: Understood | null
  category_given_by: string | null
  category_learning: Learning
}

/** 0: teaches nothing; 1: is to be learnt from; 2: was learnt from. */
export type Learning = 0 | 1 | 2

/** Whether a person chose the category: the filer, or staff. */
export const isCategoryGiven = ({ category_source }: Pick<Categorised, 'category_source'>): boolean =>
  category_source === 'caller' || category_source === 'agent'

/** What was put before staff; null where nothing was, or it is kept from them. */
export const shownSuggestion = (complaint: Categorised): KeptSuggestion | null => {
  const { understood } = complaint
  return understood === null || (understood.withheld && !isCategoryGiven(complaint)) ? null : understood.suggestion
}

/** The category that was proposed when it was filed, and not kept from staff. */
const proposed = ({ understood }: Categorised): Category | null =>
  understood === null || understood.withheld ? null : (understood.suggestion?.category ?? null)

/**
 * Sets what a person of staff chose. Only choices that no proposal led to are learnt from: confirming its own opinion would teach it nothing but
 * to hold it more firmly.
 */
export const chooseCategory = (complaint: Categorised, actor: Actor, category: Category, subcategory: string | null): void => {
  const teaches = proposed(complaint) !== category
  complaint.category = category
  complaint.subcategory = subcategory
  complaint.category_source = 'agent'
  complaint.category_given_by = actorName(actor)
  if (complaint.category_learning !== 2) complaint.category_learning = teaches ? 1 : 0
}
