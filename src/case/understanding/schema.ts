/** Wire types of what was understood of a complaint's words. */
import Type from 'typebox'
import { Nullable, named, StrEnum, Strict } from '../../foundation/http/schema.ts'
import { MOST_CANDIDATES, MOST_TAGS } from '../../rules/category-lexicon/suggest.ts'
import { categories } from '../../words/complaints.ts'
import { suggestionSources, tagKinds } from '../../words/understanding.ts'

const fields = {
  subcategory: Nullable(Type.String(), { description: 'A category of the platform’s own under it; null for none.' }),
}

export const CategorySuggestionOut = named(
  'CategorySuggestion',
  Strict(
    {
      category: Nullable(StrEnum(categories), { description: 'What is suggested; null where no category leads clearly.' }),
      ...fields,
      margin: Type.Integer({
        description: 'By how much the first candidate leads: in weights of the lexicon, or in hundredths of likelihood.',
      }),
      likelihood: Nullable(Type.Integer(), {
        description: 'How likely it is by what was learnt, in hundredths; null by the lexicon.',
      }),
      words: Type.Array(Type.String(), {
        description: 'The words of the lexicon that spoke for it; empty where it was learnt, since that knows no words.',
        example: ['少发'],
      }),
      candidates: Type.Array(
        Strict({
          category: StrEnum(categories, { description: 'The category.' }),
          ...fields,
          score: Type.Integer({ description: 'How much speaks for it, in the measure of `margin`.' }),
        }),
        { maxItems: MOST_CANDIDATES, description: 'The likeliest first.' },
      ),
      source: StrEnum(suggestionSources, {
        description: 'By the words of the lexicon, or by what was learnt from the choices of staff.',
      }),
    },
    { description: 'What the words of the complaint speak for. It decides nothing.' },
  ),
)

export const DrawnTagOut = named(
  'DrawnTag',
  Strict(
    {
      kind: StrEnum(tagKinds, { description: 'What it is about.' }),
      code: Type.String({ description: 'The tag, as the lexicon names it.', example: 'missing_part' }),
    },
    { description: 'A word of product, demand or cause that the complaint has.' },
  ),
)

export const mostDrawnTags = MOST_TAGS
