/** The lexicon on the wire. */
import Type from 'typebox'
import { described, Nullable, named, StrEnum, Strict, Text, TimeText, Version } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME } from '../../platform/access/people.ts'
import { categories } from '../../words/complaints.ts'
import { tagKinds } from '../../words/understanding.ts'

const Code = (description: string) =>
  Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', maxLength: 64, description, example: 'screen_defect' })

const NamesIn = Strict(
  {
    zh: Text(64, { description: 'In Chinese.', example: '屏幕问题' }),
    en: Text(64, { description: 'In English.', example: 'Screen defect' }),
  },
  { description: 'What it is called.' },
)

const Words = (most: number) =>
  Type.Array(Text(64, { description: '`…` stands between two parts that may lie apart, `*` after a part of a longer word.' }), {
    minItems: 1,
    maxItems: most,
    description: 'The words, in any language. Case and full-width forms do not matter.',
    example: ['花屏', 'dead pixel*'],
  })

export const AddedCategoryIn = named(
  'AddedCategory',
  Strict(
    {
      code: Code('Its code, for good: it is never used for anything else.'),
      under: StrEnum(categories, { description: 'The fixed category whose rules hold for it; `other` where none fits.' }),
      names: NamesIn,
      retired: Type.Optional(Type.Boolean({ description: 'Readable in cases that have it, given to no more.' })),
    },
    { description: 'A category of the platform’s own, under one of the fixed ones.' },
  ),
)

const CategoryWordsIn = Strict({
  category: Code('For which category they speak, fixed or added.'),
  weight: Type.Integer({ minimum: 1, maximum: 10, description: 'How much each of them speaks for it.' }),
  words: Words(400),
})

const TagWordsIn = Strict({
  kind: StrEnum(tagKinds, { description: 'What the tag is about.' }),
  code: Code('The tag.'),
  names: NamesIn,
  words: Words(200),
})

export const LexiconIn = named(
  'CategoryLexiconDocument',
  Strict(
    {
      margin: Type.Integer({ minimum: 1, maximum: 100, description: 'By how much a category must lead for it to be suggested.' }),
      learning: Strict(
        {
          least_choices: Type.Integer({
            minimum: 1,
            maximum: 1_000_000,
            description: 'What was learnt is used from so many choices on.',
          }),
          least_of_class: Type.Integer({
            minimum: 1,
            maximum: 100_000,
            description: 'A category is suggested from so many of its own on.',
          }),
          least_likelihood: Type.Integer({ minimum: 50, maximum: 100, description: 'How likely it must be, in hundredths.' }),
          withhold_one_in: Type.Integer({
            minimum: 0,
            maximum: 1000,
            description:
              'One case in so many is shown no suggestion and measures how often it would have been right; 0 for none.',
          }),
          keep_months: Type.Integer({
            minimum: 0,
            maximum: 120,
            description: 'How many months what was learnt is kept, this one among them; 0 learns nothing.',
          }),
        },
        { description: 'When what was learnt from the choices of staff is used, and how long it is kept.' },
      ),
      categories: Type.Array(AddedCategoryIn.ref, { maxItems: 200, description: 'Categories of the platform’s own.' }),
      words: Type.Array(CategoryWordsIn, { maxItems: 400, description: 'Words that speak for a category.' }),
      tags: Type.Array(TagWordsIn, { maxItems: 300, description: 'Words of product, demand and cause.' }),
    },
    { description: 'What a platform calls its complaints, and the words that speak for each.' },
  ),
)

const versionFields = {
  version: described(Version, '0 is the lexicon that platforms start with; also the `ETag`. Send it as `If-Match`.'),
  created_at: Nullable(TimeText(), { description: 'When it was written, in real time; null for version 0.' }),
  created_by: Nullable(Type.String({ maxLength: MOST_OF_NAME, example: 'supervisor:zhao' }), {
    description: 'Who wrote it; null for version 0.',
  }),
}
const explanation = Nullable(Text(2000), { description: 'Why it was changed, in the words of whoever did.' })

export const CategoryLexiconOut = named(
  'CategoryLexicon',
  Type.Object({ ...versionFields, explanation, document: described(LexiconIn.ref, 'The whole lexicon.') }),
)

export const CategoryLexiconChange = named(
  'CategoryLexiconChange',
  Strict(
    {
      document: LexiconIn.ref,
      explanation: Type.Optional(explanation),
      version: Type.Optional(versionFields.version),
      created_at: Type.Optional(versionFields.created_at),
      created_by: Type.Optional(versionFields.created_by),
    },
    { description: 'What was read can be sent back: `version`, `created_at` and `created_by` may stand in it unchanged.' },
  ),
)

export const lexiconQuery = Strict({
  version: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 9999, description: 'An earlier version; by default the present one.' }),
  ),
})
