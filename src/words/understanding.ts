/** The closed lists of what is understood of a complaint's words. */

/** What a tag is about, with its names. */
export const tagKindNames = {
  product: { zh: '商品', en: 'Product' },
  demand: { zh: '诉求', en: 'Demand' },
  cause: { zh: '原因', en: 'Cause' },
} as const
export type TagKind = keyof typeof tagKindNames
export const tagKinds = Object.keys(tagKindNames) as TagKind[]

/** By what a category was suggested, with its names. */
export const suggestionSourceNames = {
  lexicon: { zh: '词表', en: 'The words of the lexicon' },
  learnt: { zh: '学习所得', en: 'What was learnt from the choices of staff' },
} as const
export type SuggestionSource = keyof typeof suggestionSourceNames
export const suggestionSources = Object.keys(suggestionSourceNames) as SuggestionSource[]
