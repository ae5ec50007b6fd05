/** The numbers and choices of the policy that are about money. */
import Type from 'typebox'
import { currencyCodes } from '../../foundation/currencies.ts'
import { described, Nullable, StrEnum, Strict } from '../../foundation/http/schema.ts'
import { advanceDueFrom } from '../../words/advances.ts'
import { categories } from '../../words/complaints.ts'
import { unconfirmedOrders } from '../../words/orders.ts'
import { offeredRemedyTypes } from '../../words/refund-plans.ts'
import { partOf } from './by-word.ts'
import { DurationIn } from './clock-rule-schema.ts'

/** Amounts in minor units; what a currency that is not listed means is each field's own. */
export const amountsByCurrency = (description: string, example: Record<string, number> = { CNY: 200_000 }) =>
  Type.Unsafe<Readonly<Record<string, number>>>({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    propertyNames: { enum: [...currencyCodes] },
    description,
    example,
  })

/** What was added since the document was first stored: `schema.ts` makes it optional on the wire. */
export const money = {
  unconfirmed_order: StrEnum(unconfirmedOrders, {
    description:
      'What becomes of plans of staff that move money while only a party has spoken about the order: a supervisor must approve, they are taken like others, or they are refused.',
  }),
  agent_compensation_percent: Type.Integer({
    minimum: 0,
    maximum: 100,
    description:
      'Up to this share of the goods in question an agent grants compensations alone; a supervisor up to `compensation_cap_percent`.',
  }),
  statutory_damages_multiple: Type.Integer({
    minimum: 0,
    maximum: 100,
    description:
      'How many times the price of the goods in dispute a supervisor can impose as statutory damages (`statutory_damages`), beside refunds and compensations; 0: not at all. It holds for orders that are stated from then on.',
    example: 3,
  }),
  compensation_steps: Type.Array(Type.Integer({ minimum: 1, maximum: 100 }), {
    maxItems: 10,
    uniqueItems: true,
    description: 'The steps in which compensations are offered, as shares of the goods in dispute.',
    example: [5, 10, 20, 30],
  }),
  fitting_remedies: partOf(
    categories,
    (category) =>
      Type.Array(StrEnum(offeredRemedyTypes), {
        maxItems: offeredRemedyTypes.length,
        uniqueItems: true,
        description: `Where the case is about \`${category}\`.`,
      }),
    'Which remedies suit a category. It is told as advice and refuses nothing.',
  ),
  remedy_approval_amounts: partOf(
    offeredRemedyTypes,
    () =>
      amountsByCurrency('Above this amount (minor units) a remedy of this type needs a supervisor, whatever else is granted.'),
    'Approval amounts of single types of remedies, in money or the value of goods.',
  ),
  freight_claims_up_to: amountsByCurrency(
    'Up to this amount (minor units) an agent grants what somebody laid out for sending goods back; above it, and in a currency that is not listed, a supervisor.',
    { CNY: 5_000 },
  ),
  promotions: Strict(
    {
      reclaim_discount: Type.Boolean({
        description:
          'Whether the discount of a promotion is held back for the goods that are kept, where they come to less than it asks for.',
      }),
      reclaim_gifts: Type.Boolean({
        description: 'Whether then the value of its gifts is, as far as they are kept, too.',
      }),
    },
    { description: 'What becomes of promotions when goods come back. It holds for orders that are stated from then on.' },
  ),
  payments: Strict(
    {
      failures_before_payee_details: Type.Integer({
        minimum: 1,
        maximum: 20,
        description: 'After so many failed or returned payments of a step the complainant is asked to confirm an account.',
      }),
      returned_within: described(
        DurationIn.ref,
        'So long after a payment its return takes the plan and the case up again. Later it is recorded, and the money stays unclaimed.',
      ),
    },
    {
      description: 'What becomes of payments that do not arrive.',
      example: { failures_before_payee_details: 3, returned_within: { count: 180, unit: 'days' } },
    },
  ),
  fund: Strict(
    {
      second_admin_above: amountsByCurrency(
        'A withdrawal from the fund or a deposit above this amount (minor units) needs a second admin; in a currency that is not listed any does.',
        { CNY: 1_000_000 },
      ),
      second_admin_within: described(DurationIn.ref, 'So long a withdrawal waits for the second admin. Then it is refused.'),
      receipt_expected_within: described(
        DurationIn.ref,
        'So long money that an admin announced is expected. Then it expires; what comes in all the same is still recorded.',
      ),
    },
    {
      description: 'What goes into and out of the guarantee fund and the deposits of merchants.',
      example: {
        second_admin_above: { CNY: 1_000_000 },
        second_admin_within: { count: 3, unit: 'business_days' },
        receipt_expected_within: { count: 30, unit: 'days' },
      },
    },
  ),
  deem_agreed_up_to: amountsByCurrency(
    'Where silence of the respondent agrees (`deem_agreed`): up to this amount (minor units) to what was wanted, above it to a refund of the same amount against the return of the goods. A currency that is not listed: always against the return.',
    { CNY: 10_000 },
  ),
  advances: Strict(
    {
      approval_above: amountsByCurrency(
        'Above this amount (minor units) an advance needs a supervisor who did not ask for it; in a currency that is not listed each does.',
      ),
      amount_each: amountsByCurrency('The most that one advance comes to; in a currency that is not listed: nothing.'),
      open_per_buyer: Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: 'How many advances of one buyer are open at once, over all cases.',
      }),
      per_buyer_and_day: amountsByCurrency('The most that is put aside for one buyer on one day (of the platform’s calendar).', {
        CNY: 400_000,
      }),
      open_per_merchant: amountsByCurrency('The most that is open against one merchant, over all cases.', { CNY: 5_000_000 }),
      per_day: amountsByCurrency('The most that is put aside on one day, for everybody.', { CNY: 20_000_000 }),
      abuse_within: described(
        DurationIn.ref,
        'A buyer of whom a complaint was refused as malicious within this time gets no advance.',
      ),
      supervisor_overrides: Type.Boolean({
        description: 'Whether a supervisor may set a check of an advance aside, with a reason.',
      }),
    },
    {
      description:
        'When the guarantee fund pays a refund first. `GET /v1/complaints/{id}/advance-eligibility` shows how a case stands by it.',
    },
  ),
  settlement_holds: Strict(
    {
      longest: described(
        DurationIn.ref,
        'So long after it was held a settlement is let go, once nothing claims it; `clocks.hold_release` says how long after the last claim it is let go else.',
      ),
    },
    {
      description: 'What the payment system keeps of a merchant’s sale while a case runs.',
      example: { longest: { count: 180, unit: 'days' } },
    },
  ),
  recovery: Strict(
    {
      affiliates: Type.Boolean({
        description:
          'Whether the deposits of a merchant’s affiliates (`PUT /v1/merchants/{id}/affiliates`) pay what its own does not cover of an advance.',
      }),
    },
    { description: 'From what the guarantee fund has back what it paid first.', example: { affiliates: false } },
  ),
  advance_due_from: Nullable(StrEnum(advanceDueFrom), {
    description:
      'From when law or the platform’s own word owes a buyer who complains about a merchant an advance: from the `filing` of the complaint. The clock `advance_due` says by when. Null: nobody owes one.',
  }),
  deposit_top_up_within: Nullable(described(DurationIn.ref, 'So long'), {
    description:
      'So long a deposit may lack what open advances and debts can take of it. Then `sanction_due` is told of its merchant, once. Null: never.',
    example: { count: 3, unit: 'business_days' },
  }),
}
