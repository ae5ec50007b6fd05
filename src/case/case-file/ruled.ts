import type { Category, CategorySource } from '../../words/complaints.ts'

/** The category that windows, clocks, burdens and rights go by: one that was only suggested counts for none of them. */
export const ruledCategory = ({
  category,
  category_source,
}: {
  category: Category
  category_source: CategorySource
}): Category => (category_source === 'suggested' ? 'other' : category)

/** A complaint as the rules of the policy look at it. */
export const ruled = <C extends { category: Category; category_source: CategorySource }>(complaint: C): C =>
  complaint.category_source === 'suggested' ? { ...complaint, category: ruledCategory(complaint) } : complaint
