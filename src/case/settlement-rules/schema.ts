/** Wire types of what a merchant agrees to and offers by itself. */
import Type from 'typebox'
import {
  Amount,
  CreatedAt,
  Currency,
  described,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { categories } from '../../words/complaints.ts'
import { offeredRemedyTypes } from '../../words/refund-plans.ts'

/** The most rules that a merchant has. */
export const MOST_RULES = 50

const Remedies = (description: string) =>
  Type.Array(StrEnum(offeredRemedyTypes), { minItems: 1, maxItems: offeredRemedyTypes.length, uniqueItems: true, description })
const ReturnAddress = Text(500, { description: 'Where goods go back to.' })

const Agreement = Strict(
  {
    up_to_amount: Amount({
      description: 'Up to this amount (minor units): of the money that is wanted, or the value of the goods to be sent.',
      example: 5000,
    }),
    remedies: Type.Optional(Remedies('What it agrees to; left out: `refund` and `return_and_refund`.')),
    return_address: Type.Optional(ReturnAddress),
  },
  { description: 'Agrees to what the complainant wants, as it is wanted.' },
)

const Offer = Strict(
  {
    type: StrEnum(offeredRemedyTypes, { description: 'What is offered.' }),
    amount: Type.Optional(
      Amount({
        minimum: 1,
        description: 'Minor units. Required for remedies that move money, refused for the others.',
        example: 1000,
      }),
    ),
    method: Type.Optional(
      Text(64, { description: 'How the money goes back; by default the way it was paid.', example: 'original_payment' }),
    ),
    return_address: Type.Optional(ReturnAddress),
    note: Type.Optional(Text(2000, { description: 'A remark on it, for the complainant.' })),
  },
  { description: 'Offers this at once, where no more of the same is wanted less.' },
)

export const SettlementRuleIn = named(
  'SettlementRule',
  Strict(
    {
      rule_id: Type.String({
        pattern: '^[a-z][a-z0-9_]{0,63}$',
        maxLength: 64,
        description: 'Its name among your rules; plans and events that come of it name it.',
        example: 'small_refunds',
      }),
      categories: Type.Optional(
        Type.Array(StrEnum(categories), {
          minItems: 1,
          maxItems: categories.length,
          uniqueItems: true,
          description: 'Only for complaints of these categories; left out: of any.',
        }),
      ),
      currency: described(Currency.ref, 'Of all its amounts. The rule is for orders in this currency.'),
      agree: Type.Optional(Agreement),
      offer: Type.Optional(Offer),
    },
    { description: 'What a merchant does by itself with a complaint: exactly one of `agree` and `offer`.' },
  ),
)

export const SettlementRulesIn = named(
  'PutSettlementRules',
  Strict(
    {
      rules: Type.Array(SettlementRuleIn.ref, {
        minItems: 1,
        maxItems: MOST_RULES,
        description: 'In their order: the first that fits a complaint and its order is applied.',
      }),
      explanation: Type.Optional(Text(2000, { description: 'Why they are changed, kept with the version.' })),
    },
    {
      example: {
        rules: [
          { rule_id: 'small_refunds', categories: ['not_as_described'], currency: 'CNY', agree: { up_to_amount: 5000 } },
          {
            rule_id: 'scratches',
            categories: ['product_quality'],
            currency: 'CNY',
            offer: { type: 'compensation', amount: 1000 },
          },
        ],
      },
    },
  ),
)
export type SettlementRulesBody = Wire<typeof SettlementRulesIn>

export const SettlementRulesOut = named(
  'SettlementRules',
  Type.Object({
    merchant_id: described(PersonId.ref, 'Whose rules they are.'),
    rules: Type.Array(SettlementRuleIn.ref, { description: 'In their order; empty in a version that withdrew them.' }),
    explanation: Nullable(Type.String(), { description: 'Why they were changed, in the words of whoever did.' }),
    changed_by: Type.String({ description: 'Who wrote this version, as `role:id`.', example: 'merchant:M-12' }),
    version: Version,
    created_at: CreatedAt,
  }),
)
export type SettlementRulesWire = Wire<typeof SettlementRulesOut>
