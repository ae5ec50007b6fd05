/** Wire type of what a case can be settled with. */
import Type from 'typebox'
import { Amount, Currency, Nullable, named, StrEnum, type Wire } from '../../foundation/http/schema.ts'
import { orderSources } from '../../words/orders.ts'
import { remedyTypes } from '../../words/refund-plans.ts'
import { misfits } from './options.ts'

const Pieces = (description: string) => Type.Integer({ minimum: 0, description })

export const SettlementOptionsOut = named(
  'SettlementOptions',
  Type.Object(
    {
      currency: Nullable(Currency.ref, { description: 'Of all amounts; null without an order.' }),
      delivery: StrEnum(['not_shipped', 'on_the_way', 'received', 'unknown'], {
        description: 'Where the goods are, as far as the order tells.',
      }),
      order: Nullable(
        Type.Object({
          id: Type.String({ description: 'The platform’s own id of the order.', example: 'O-9981' }),
          source: StrEnum(orderSources, { description: 'Whose word about the order counts.' }),
          paid_amount: Amount({ description: 'What was paid for it.' }),
          goods_value: Amount({ description: 'What was paid for its goods: compensations are measured at it.' }),
          refund_in_force: Amount({ description: 'Reserved, asked for or paid by any complaint, or given back elsewhere.' }),
          refund_left: Amount({ description: '`paid_amount` less `refund_in_force`, at least 0.' }),
          compensation_limit: Amount({ description: 'The share of the goods that no approval lifts.' }),
          compensation_in_force: Amount({ description: 'Compensations that are reserved, asked for or paid.' }),
          compensation_left: Amount({ description: 'What compensations can still come to.' }),
          statutory_damages_multiple: Type.Integer({
            minimum: 0,
            description: 'How many times the price of the goods in dispute a supervisor can impose; 0: not at all.',
          }),
          statutory_damages_in_force: Amount({ description: 'Statutory damages that are reserved, asked for or paid.' }),
          shipping_left: Nullable(Amount(), { description: 'Null where nobody has said what was for shipping.' }),
        }),
        { description: 'The order and what is left of it; null without one.' },
      ),
      lines: Type.Array(
        Type.Object({
          line_id: Type.String({ description: 'The id of the line in the order.' }),
          name: Type.String({ description: 'What was bought.' }),
          merchant_id: Nullable(Type.String(), { description: 'Who sold it, where the order says so.' }),
          in_dispute: Type.Boolean({ description: 'Whether the complaint names it.' }),
          disputed_quantity: Nullable(Type.Integer({ minimum: 1 }), { description: 'Null where the line is not in dispute.' }),
          quantity: Pieces('How many pieces were bought.'),
          quantity_left: Pieces('How many of them were not given back yet.'),
          paid_amount: Amount({ description: 'What was paid for the line: its price less its share of the discounts.' }),
          refund_in_force: Amount({ description: 'What of it is reserved, asked for, paid, or went back elsewhere.' }),
          refund_left: Amount({ description: 'What can still be given back for it.' }),
          reclaimed_by_return: Type.Integer({
            description:
              'How much more promotions hold back of the order once all its pieces have come back; negative where less, since nothing is kept then.',
          }),
        }),
        { description: 'The lines that this case can give back.' },
      ),
      merchants: Type.Array(
        Type.Object({
          merchant_id: Type.String({ description: 'Who sold lines of the order.' }),
          refund_left: Amount({ description: 'What can still be given back for them.' }),
        }),
        { description: 'What is left of each merchant’s lines; empty where nobody has said who sold them.' },
      ),
      promotions: Type.Array(
        Type.Object({
          promotion_id: Type.String({ description: 'The platform’s own id of it.' }),
          threshold_amount: Amount({ description: 'What the goods have to cost before discounts.' }),
          discount_amount: Amount({ description: 'What of the discounts of the lines comes of it.' }),
          gift_line_ids: Type.Array(Type.String(), { description: 'The lines that were given with it.' }),
          kept_amount: Amount({ description: 'What the goods cost before discounts that have not come back.' }),
          reclaimed_amount: Amount({ description: 'What is held back of the order now, since too little of it is kept.' }),
        }),
        {
          description:
            'What the order got for being large enough; refunds give back only what is left without what they reclaim.',
        },
      ),
      means: Type.Array(
        Type.Object({
          method: Type.String({ description: 'The means of payment.', example: 'card' }),
          reference: Nullable(Type.String(), { description: 'Staff only.' }),
          paid_amount: Amount({ description: 'What was paid with it.' }),
          refund_left: Amount({ description: 'What can still go back to it.' }),
          is_money: Type.Boolean({ description: 'What was paid with points or coupons goes back only to them.' }),
        }),
        { description: 'The instruments by which money goes back; empty where nobody has said how the order was paid.' },
      ),
      remedies: Type.Array(
        Type.Object({
          type: StrEnum(remedyTypes, { description: 'The remedy.' }),
          fits: Type.Boolean({ description: 'Whether it suits this case. It is advice: what does not fit is not refused.' }),
          because: Type.Array(StrEnum(misfits), { description: 'Why it does not.' }),
          most_amount: Nullable(Amount(), { description: 'The most that it can move now; null where it moves no money.' }),
          approval_free_up_to: Nullable(Amount(), {
            description:
              'Up to this amount a plan of yours needs no approval by its amount; null where your side never needs any.',
          }),
          goods_value: Nullable(Amount(), { description: 'What the goods in dispute are worth that it sends.' }),
        }),
        { description: 'Each type of remedy, and whether it suits the case.' },
      ),
      compensation_steps: Type.Array(
        Type.Object({
          percent: Type.Integer({ minimum: 1, maximum: 100, description: 'The share of the goods in dispute.' }),
          amount: Amount({ description: 'That share of the goods in dispute, rounded down.' }),
          fits: Type.Boolean({ description: 'Whether it is left for compensations.' }),
          needs_approval: Type.Boolean({ description: 'Whether a supervisor must approve it if you offer it.' }),
        }),
        { description: 'The steps in which compensations are offered, by the policy.' },
      ),
      approval: Type.Object(
        {
          needed: Type.Boolean({ description: 'Whether plans of yours can need approval at all.' }),
          approver: Nullable(StrEnum(['supervisor']), { description: 'Who approves: one who did not write the plan.' }),
          free_up_to: Nullable(Amount(), {
            description: 'The money of a plan that needs none, beside what is in force for the order.',
          }),
          not_by: Type.Array(Type.String(), { description: 'Staff who stated the order and so approve nothing of it.' }),
        },
        { description: 'Who must approve what.' },
      ),
      policy_version: Type.Integer({ minimum: 1, description: 'The policy whose numbers these are.' }),
    },
    {
      description:
        'What a case can be settled with, for the very caller, as it stands now. Others may take what is left meanwhile.',
    },
  ),
)
export type SettlementOptionsWire = Wire<typeof SettlementOptionsOut>
