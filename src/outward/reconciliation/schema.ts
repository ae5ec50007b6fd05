/** Wire types of the proof that all that knows of money agrees. */
import Type from 'typebox'
import { type CsvValue, formatQuery } from '../../foundation/http/csv.ts'
import { AnyOf, Currency, Nullable, named, StrEnum, Strict, type Wire } from '../../foundation/http/schema.ts'
import { comparisonKinds, comparisonRows, isOpenKind } from '../../words/reconciliation.ts'
import type { Placed } from './walk.ts'

const amount = (description: string, example: number) =>
  Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, description, example })

export const DifferenceOut = named(
  'ReconciliationDifference',
  Type.Object(
    {
      kind: StrEnum(comparisonKinds, {
        description: `What is held against what.\n\n${comparisonKinds.map((kind) => `- \`${kind}\`: ${comparisonRows[kind].says}`).join('\n')}`,
      }),
      is_open: Type.Boolean({ description: 'It is no fault: something was asked for and is not answered yet.' }),
      resource: Type.Object(
        {
          type: StrEnum(['account', 'currency', 'fund_movement', 'transfer', 'refund_plan', 'order', 'hold'], {
            description: 'What it is about.',
          }),
          id: Type.String({ description: 'Its id.', example: 'fund:CNY' }),
        },
        { description: 'What it is about.' },
      ),
      part: Nullable(Type.String(), { description: 'The step or attempt of a refund plan that is meant.' }),
      currency: Nullable(Currency.ref, { description: 'Of both amounts.' }),
      expected: amount('What it ought to be, in minor units.', 1000),
      found: amount('What it is.', 990),
    },
    {
      example: {
        kind: 'account_balance',
        is_open: false,
        resource: { type: 'account', id: 'fund:CNY' },
        part: null,
        currency: 'CNY',
        expected: 1000,
        found: 990,
      },
    },
  ),
)
export type DifferenceWire = Wire<typeof DifferenceOut>

export const reconciliationQuery = Strict({
  kind: Type.Optional(AnyOf(comparisonKinds, { description: 'Only these comparisons.' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'The most differences that the page may have.' }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 2000, description: '`next_cursor` of the page before, with the same filters.' }),
  ),
  ...formatQuery,
})

export const differenceView = ({ place: _, ...difference }: Placed): DifferenceWire => ({
  ...difference,
  is_open: isOpenKind(difference.kind),
})

/** The columns of the list as CSV. */
export const differenceColumns: Readonly<Record<string, (row: Placed) => CsvValue>> = {
  kind: ({ kind }) => kind,
  name_en: ({ kind }) => comparisonRows[kind].en,
  name_zh: ({ kind }) => comparisonRows[kind].zh,
  is_open: ({ kind }) => String(isOpenKind(kind)),
  resource_type: ({ resource }) => resource.type,
  resource_id: ({ resource }) => resource.id,
  part: ({ part }) => part,
  currency: ({ currency }) => currency,
  expected: ({ expected }) => expected,
  found: ({ found }) => found,
}
