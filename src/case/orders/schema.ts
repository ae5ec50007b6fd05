/** Wire types of orders: what is stated of them, what was given back elsewhere, how they stand. */
import Type from 'typebox'
import {
  Amount,
  CreatedAt,
  Currency,
  described,
  Id,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { elsewhereKinds, limitKinds, orderSources } from '../../words/orders.ts'
import { MOST_LINES } from './facts.ts'

export const MOST_PIECES = 1_000_000
const Pieces = (minimum: number, description: string) => Type.Integer({ minimum, maximum: MOST_PIECES, description })

/** What is said of a line, by a complaint as by the platform. */
export const lineFields = {
  line_id: Text(128, { description: 'The id of the line in the order.' }),
  sku: Type.Optional(Text(128, { description: 'What the shop calls the article.' })),
  name: Text(500, { description: 'What was bought.', example: '平板电脑' }),
  spec: Type.Optional(Text(500, { description: 'Which variant of it.', example: '64G 灰' })),
  quantity: Type.Integer({ description: 'How many pieces.', minimum: 1, maximum: MOST_PIECES }),
  unit_amount: Amount({ description: 'The price of one piece, before discounts.' }),
  discount_amount: Type.Optional(Amount({ description: 'Its share of all discounts, for all its pieces.', example: 1000 })),
  tax_amount: Type.Optional(Amount({ description: 'The tax that its price includes, for all its pieces.', example: 2980 })),
  merchant_id: Type.Optional(described(PersonId.ref, 'Who sold it, where an order is of several merchants.')),
  warranty_until: Type.Optional(Nullable(TimeText(), { description: 'Until when it is under warranty.' })),
  shipped_at: Type.Optional(Nullable(TimeText(), { description: 'When it was sent.' })),
  received_at: Type.Optional(Nullable(TimeText(), { description: 'When it arrived.' })),
  shipped_quantity: Type.Optional(Pieces(0, 'How many pieces were shipped.')),
  received_quantity: Type.Optional(Pieces(0, 'How many pieces were received.')),
}

const LineIn = named('OrderLine', Strict(lineFields, { description: 'A line of an order.' }))

export const PaymentIn = named(
  'OrderPayment',
  Strict({
    method: Text(64, {
      description: 'The means of payment. `points` and `coupon` are no money: what was paid with them goes back only to them.',
      example: 'card',
    }),
    amount: Amount({ minimum: 1, description: 'What was paid with it, in minor units.' }),
    reference: Type.Optional(Text(128, { description: 'Tells two payments by the same means apart.' })),
  }),
)

export const paymentsIn = Type.Array(PaymentIn.ref, {
  maxItems: 20,
  description: 'With what it was paid; together the paid amount. Each takes back at most what was paid with it.',
})
export const shippingAmount = Amount({ description: 'What of the paid amount was for shipping.', example: 1000 })

const promotion = {
  promotion_id: Text(64, { description: 'The platform’s own id of it.', example: 'SPEND-300' }),
  threshold_amount: Amount({
    minimum: 1,
    description: 'What the goods have to cost before discounts, in minor units.',
    example: 30000,
  }),
  discount_amount: Amount({ description: 'What of the discounts of the lines comes of it, in minor units.', example: 5000 }),
  line_ids: Type.Optional(
    Type.Array(Text(128), {
      minItems: 1,
      maxItems: MOST_LINES,
      uniqueItems: true,
      description: 'The lines that count; left out: all but the gifts.',
    }),
  ),
  gift_line_ids: Type.Optional(
    Type.Array(Text(128), {
      minItems: 1,
      maxItems: MOST_LINES,
      uniqueItems: true,
      description: 'The lines that were given with it.',
    }),
  ),
}
const PromotionIn = named('NewOrderPromotion', Strict(promotion, { description: 'What an order got for being large enough.' }))
const PromotionOut = named(
  'OrderPromotion',
  Type.Object({
    ...promotion,
    reclaims_discount: Type.Boolean({
      description: 'Whether its discount is held back where too little is kept, by the policy at the statement.',
    }),
    reclaims_gifts: Type.Boolean({ description: 'Whether the value of its gifts is.' }),
  }),
)

const times = {
  paid_at: Type.Optional(Nullable(TimeText(), { description: 'When it was paid.' })),
  shipped_at: Type.Optional(Nullable(TimeText(), { description: 'When it was sent.' })),
  received_at: Type.Optional(Nullable(TimeText(), { description: 'When it arrived.' })),
}

export const OrderStatementIn = named(
  'OrderStatement',
  Strict(
    {
      currency: Currency.ref,
      paid_amount: Amount({ description: 'What was paid, shipping included: the bound of all refunds.' }),
      ...times,
      shipping_amount: Type.Optional(
        Nullable(shippingAmount, { description: 'What of the paid amount was for shipping; null where nobody knows.' }),
      ),
      payments: Type.Optional(paymentsIn),
      lines: Type.Array(LineIn.ref, { minItems: 1, maxItems: MOST_LINES, description: 'All lines of the order.' }),
      promotions: Type.Optional(
        Type.Array(PromotionIn.ref, {
          maxItems: 20,
          description:
            'Promotions with a threshold. What becomes of them when goods come back is for the policy to say (`promotions`).',
        }),
      ),
      explanation: Type.Optional(Text(2000, { description: 'Why it is corrected, kept with the statement.' })),
    },
    {
      example: {
        currency: 'CNY',
        paid_amount: 26900,
        paid_at: '2026-11-01T02:00:00Z',
        shipping_amount: 1000,
        payments: [
          { method: 'card', amount: 26400 },
          { method: 'points', amount: 500 },
        ],
        lines: [{ line_id: '1', sku: 'PAD-64', name: '平板电脑', quantity: 1, unit_amount: 26900, discount_amount: 1000 }],
      },
    },
  ),
)
export type OrderStatementBody = Wire<typeof OrderStatementIn>

export const RefundElsewhereIn = named(
  'NewRefundElsewhere',
  Strict(
    {
      amount: Amount({ minimum: 1, description: 'What went back, in minor units.' }),
      currency: Type.Optional(described(Currency.ref, 'Checked against that of the order where it is sent.')),
      lines: Type.Optional(
        Type.Array(
          Strict({
            line_id: Text(128, { description: 'A line of the order.' }),
            amount: Amount({ minimum: 1, description: 'What of it is for the line.' }),
            quantity: Type.Optional(Pieces(1, 'How many pieces were given back.')),
          }),
          {
            minItems: 1,
            maxItems: MOST_LINES,
            description: 'What of it is for which line; the rest is spread over what is left.',
          },
        ),
      ),
      means: Type.Optional(
        Text(64, { description: 'The method of the payment that it went back to; left out: as it was paid.', example: 'card' }),
      ),
      reference: Text(128, {
        description: 'The payment system’s own id of it. The same again is the same refund: it is recorded once.',
        example: 'CB-2026-118',
      }),
      kind: Type.Optional(StrEnum(elsewhereKinds, { description: 'How it came about; `refund` when left out.' })),
    },
    { example: { amount: 25900, means: 'card', reference: 'CB-2026-118', kind: 'chargeback' } },
  ),
)
export type RefundElsewhereBody = Wire<typeof RefundElsewhereIn>

export const RefundElsewhereOut = named(
  'RefundElsewhere',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    amount: Amount({ description: 'What went back, in minor units.' }),
    currency: Currency.ref,
    lines: Type.Array(
      Type.Object({
        line_id: Type.String({ description: 'A line of the order.' }),
        amount: Amount({ description: 'What of it is for the line.' }),
        quantity: Type.Optional(Type.Integer({ minimum: 1, description: 'How many pieces were given back.' })),
      }),
      { description: 'What of it was said to be for which line.' },
    ),
    means: Nullable(Type.String(), { description: 'The method of the payment that it went back to; null where nobody said.' }),
    reference: Type.String({ description: 'The payment system’s own id of it.' }),
    kind: StrEnum(elsewhereKinds, { description: 'How it came about.' }),
    source: StrEnum(orderSources, { description: 'Whose word it is.' }),
    stated_by: Type.String({ description: 'Who recorded it.', example: 'orders:oms' }),
    excess: Amount({ description: 'The part of it that was above what the order still held.' }),
    created_at: CreatedAt,
    version: Version,
  }),
)

export const LimitOut = named(
  'OrderLimit',
  Type.Object(
    {
      kind: StrEnum(limitKinds, { description: '`quantity` counts pieces, the others minor units.' }),
      key: Type.String({ description: 'The line, the merchant, the payment; empty for shipping.' }),
      bound: Type.Integer({ minimum: 0, description: 'What it holds.' }),
      in_force: Type.Integer({ minimum: 0, description: 'What is reserved, asked for, paid, or went back elsewhere.' }),
      excess: Type.Integer({ minimum: 0, description: 'What a correction or a refund elsewhere has put above the bound.' }),
      left: Type.Integer({ minimum: 0, description: 'What can still be given back.' }),
    },
    { description: 'What of an order can be given back only so often.' },
  ),
)

export const OrderOut = named(
  'Order',
  Type.Object({
    id: Type.String({ description: 'The platform’s own id of the order.', example: 'O-9981' }),
    currency: Currency.ref,
    paid_amount: Amount({ description: 'What was paid, in minor units: the bound of all refunds.' }),
    paid_at: Nullable(TimeText(), { description: 'When it was paid.' }),
    shipped_at: Nullable(TimeText(), { description: 'When it was sent.' }),
    received_at: Nullable(TimeText(), { description: 'When it arrived.' }),
    shipping_amount: Nullable(Amount(), { description: 'What of the paid amount was for shipping; null where nobody said.' }),
    payments: Type.Array(PaymentIn.ref, { description: 'With what it was paid; empty where nobody said.' }),
    lines: Type.Array(LineIn.ref, { description: 'What was bought.' }),
    promotions: Type.Array(PromotionOut.ref, { description: 'What it got for being large enough; empty where nobody said.' }),
    source: StrEnum(orderSources, {
      description: 'Whose word it is: the platform’s own systems, its staff, or only a party that filed a complaint.',
    }),
    stated_by: Nullable(Type.String({ example: 'orders:oms' }), { description: 'Null where an earlier version filed it.' }),
    refund_in_force: Amount({ description: 'Refunds that are reserved, asked for or paid, here and elsewhere.' }),
    refund_left: Amount({ description: 'What can still be given back.' }),
    refund_excess: Amount({ description: 'What is in force above the paid amount, by a correction or a refund elsewhere.' }),
    compensation_limit: Amount({ description: 'What all compensations may come to, whoever approves.' }),
    compensation_in_force: Amount({ description: 'Compensations that are reserved, asked for or paid.' }),
    compensation_left: Amount({ description: 'What compensations can still come to.' }),
    compensation_excess: Amount({ description: 'What compensations in force are above their limit.' }),
    limits: Type.Array(LimitOut.ref, { description: 'Of each line, piece, merchant and means of payment.' }),
    refunds_elsewhere: Type.Array(RefundElsewhereOut.ref, { maxItems: 100, description: 'The newest 100, newest first.' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: Nullable(TimeText(), { description: 'Of the last statement; null for the first.' }),
  }),
)
export type OrderWire = Wire<typeof OrderOut>

export const CurrenciesOut = named(
  'Currencies',
  Type.Object({
    data: Type.Array(
      Type.Object({
        code: Currency.ref,
        decimals: Type.Integer({ minimum: 0, maximum: 4, description: 'Of its minor unit: 2 makes 25900 CNY 259.00.' }),
      }),
      { description: 'Every currency that is accepted, by code.' },
    ),
  }),
)
