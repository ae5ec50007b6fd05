/** Wire types of what goes into and out of the fund and the deposits of merchants. */
import Type from 'typebox'
import {
  Amount,
  AnyOf,
  CreatedAt,
  Currency,
  described,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { personIdFormat } from '../../platform/access/people.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import {
  type MovementState,
  movementEndReasonCodes,
  movementEndReasons,
  movementKinds,
  movementStates,
} from '../../words/fund.ts'

const statuses = Object.keys(movementStates) as MovementState[]

const positive = (description: string) => Amount({ minimum: 1, description })
const Explanation = Text(2000, { description: 'Why, in words.' })
const PaymentReference = Text(128, { description: 'What the payment system calls it.', example: 'BK-20261130-7' })

export const NewMovement = named(
  'NewFundMovement',
  Strict(
    {
      kind: StrEnum(movementKinds, {
        description: 'What goes in is announced (`fund_top_up`, `deposit`), what goes out is asked for.',
      }),
      merchant_id: Type.Optional(described(PersonId.ref, 'Whose deposit it is; with the kinds of deposits, and only there.')),
      currency: Currency.ref,
      amount: positive('Minor units.'),
      reference: Type.Optional(Text(128, { description: 'Your own name for it.', example: 'TOP-2026-11' })),
      explanation: Type.Optional(Explanation),
    },
    { example: { kind: 'fund_top_up', currency: 'CNY', amount: 5_000_000, reference: 'TOP-2026-11' } },
  ),
)
export type NewMovementBody = Wire<typeof NewMovement>

/** The bodies of the actions on a movement. */
export const movementBodies = {
  approve: named('ApproveFundMovement', Strict({})),
  refuse: named('RefuseFundMovement', Strict({ explanation: Explanation }, { example: { explanation: '金额有误' } })),
  receive: named(
    'ReceiveFundMovement',
    Strict(
      {
        amount: Type.Optional(positive('What came in, in minor units; left out: what was announced.')),
        payment_reference: Type.Optional(PaymentReference),
      },
      { example: { amount: 4_999_000, payment_reference: 'BK-20261130-7' } },
    ),
  ),
  complete: named(
    'CompleteFundMovement',
    Strict({ payment_reference: Type.Optional(PaymentReference) }, { example: { payment_reference: 'BK-20261130-8' } }),
  ),
  fail: named(
    'FailFundMovement',
    Strict({ explanation: Type.Optional(Explanation) }, { example: { explanation: '账户已注销' } }),
  ),
  cancel: named(
    'CancelFundMovement',
    Strict({ explanation: Type.Optional(Explanation) }, { example: { explanation: '重复登记' } }),
  ),
}
export type MovementRequest = keyof typeof movementBodies
export type MovementBody = { amount?: number; payment_reference?: string; explanation?: string }

const PersonName = Type.String({ description: 'As `role:id`.', example: 'admin:li' })

export const MovementOut = named(
  'FundMovement',
  Type.Object({
    id: Id(),
    kind: StrEnum(movementKinds, { description: 'What goes where.' }),
    status: StrEnum(statuses, { description: 'As `docs/lifecycles.md` draws it.' }),
    merchant_id: Nullable(PersonId.ref, { description: 'Whose deposit it is; null where it is of the fund.' }),
    currency: Currency.ref,
    amount: Amount({ description: 'What was announced, or is to be paid, in minor units.' }),
    received_amount: Nullable(Amount(), { description: 'What came in and was posted; null until something has.' }),
    difference: Nullable(Type.Integer(), {
      description: 'By how much more (or, below zero, less) came in than was announced.',
      example: -1000,
    }),
    uncovered_amount: Amount({
      description: 'What was paid out although the account did not have it any more; it is posted as soon as it has.',
      example: 0,
    }),
    reference: Nullable(Type.String(), { description: 'Your own name for it.' }),
    explanation: Nullable(Type.String(), { description: 'Why it was announced or asked for.' }),
    needs_second_admin: Type.Boolean({ description: 'Whether another admin had to approve it.' }),
    policy_version: Type.Integer({ minimum: 1, description: 'The policy that says so.' }),
    requested_by: described(PersonName, 'Who announced it or asked for it, as `role:id`.'),
    decided_by: Nullable(PersonName, { description: 'Who approved, refused or called it off; null for nobody.' }),
    reported_by: Nullable(PersonName, { description: 'Who reported last what became of it; null for nobody.' }),
    payment_reference: Nullable(Type.String(), { description: 'What the payment system calls it.' }),
    end_reason_code: Nullable(StrEnum(movementEndReasonCodes), {
      description: `Why it came to nothing. ${Object.entries(movementEndReasons)
        .map(([code, { en, zh }]) => `\`${code}\`: ${en} (${zh})`)
        .join('; ')}.`,
    }),
    end_explanation: Nullable(Type.String(), { description: 'The same in words, where somebody said some.' }),
    due_at: Nullable(TimeText(), {
      description:
        'When it is refused or expires by itself, or the payment system should have answered; null where nobody is waited for.',
    }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What you can do with it now.' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type MovementWire = Wire<typeof MovementOut>

export const movementQuery = listQuery({
  status: Type.Optional(AnyOf(statuses, { description: 'In one of these states.' })),
  kind: Type.Optional(AnyOf(movementKinds, { description: 'Of one of these kinds.' })),
  merchant: Type.Optional(
    Type.String({
      format: personIdFormat,
      minLength: 1,
      maxLength: 256,
      description: 'Of the deposit of this merchant.',
      example: 'M-12',
    }),
  ),
})
