/** Wire types of the refund plan and its steps. */
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
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { freightPayers, remedyTypes } from '../../words/refund-plans.ts'
import { DeadlineOut, Note, SideWord } from '../case-file/schema.ts'
import { DeviationIn, SeparationWaived } from '../complaints/action-schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import { MOST_PIECES } from '../orders/schema.ts'
import { planStates } from './lifecycle.ts'
import { StepOut } from './step-schema.ts'

/** The most that one piece of a replacement costs, so that sums stay exact. */
const MOST_UNIT_AMOUNT = 10_000_000_000

export const RemedyIn = named(
  'Remedy',
  Strict({
    type: StrEnum(remedyTypes, {
      description: 'What is done. `statutory_damages` are for staff to write and for a supervisor to impose; nobody offers them.',
    }),
    amount: Type.Optional(
      Amount({
        minimum: 1,
        description:
          'Minor units. Required for refund, return_and_refund, compensation and statutory_damages, refused for the others.',
      }),
    ),
    quantity: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_PIECES,
        description: 'How many pieces of the one line that `line_ids` names; left out: the line as a whole.',
      }),
    ),
    freight_amount: Type.Optional(Amount({ description: 'The part of a refund that is for shipping.', example: 1000 })),
    tax_amount: Type.Optional(
      Amount({ description: 'The tax in a refund; left out, it is told by the share of what was paid.', example: 2980 }),
    ),
    line_ids: Type.Optional(
      Type.Array(Text(128), { minItems: 1, maxItems: 100, uniqueItems: true, description: 'The order lines it is about.' }),
    ),
    freight_payer: Type.Optional(
      StrEnum(freightPayers, { description: 'Who pays for sending the goods; follows fault where the platform decides.' }),
    ),
    method: Type.Optional(
      Text(64, {
        description:
          'How the money goes back; by default the way it was paid. A means that the order was paid with takes back what was paid with it.',
        example: 'original_payment',
      }),
    ),
    rule: Type.Optional(
      Text(500, {
        description: 'The law that grants statutory damages. Required for them, refused for the others.',
        example: '《消费者权益保护法》第五十五条',
      }),
    ),
    return_address: Type.Optional(Text(500, { description: 'Where the goods go back to.' })),
    repair_payer: Type.Optional(
      StrEnum(freightPayers, { description: 'Who pays for a repair; follows fault like the freight.' }),
    ),
    replacement: Type.Optional(
      Type.Array(
        Strict({
          name: Text(200, { description: 'What is sent.' }),
          quantity: Type.Integer({ minimum: 1, maximum: MOST_PIECES, description: 'How many pieces.' }),
          unit_amount: Amount({
            maximum: MOST_UNIT_AMOUNT,
            description: 'What one piece costs, in minor units.',
            example: 29900,
          }),
        }),
        {
          minItems: 1,
          maxItems: 20,
          description: 'What an exchange sends in place of what comes back; left out: the same goods once more.',
        },
      ),
    ),
    difference_amount: Type.Optional(
      Amount({
        minimum: 1,
        description:
          'What the complainant pays before anything is shipped, since the replacement costs more than the goods that come back; left out, it is what it comes to. A merchant may ask for less.',
        example: 4000,
      }),
    ),
    note: Type.Optional(Text(2000, { description: 'A remark on this remedy.' })),
  }),
)

const offer = {
  remedies: Type.Array(RemedyIn.ref, {
    description: 'What is proposed: one or more remedies, side by side.',
    minItems: 1,
    maxItems: 10,
  }),
  explanation: Text(2000, { description: 'Why, in words.' }),
  currency: Type.Optional(described(Currency.ref, 'Only needed without an order.')),
  note: Note,
}

export const NewPlanIn = named(
  'NewRefundPlan',
  Strict(offer, {
    example: { remedies: [{ type: 'refund', amount: 5000, line_ids: ['1'] }], explanation: '屏幕划痕，部分退款' },
  }),
)

const bare = (name: string) => named(name, Strict({ note: Note }, { example: {} }))
const explained = (name: string, explanation: string) =>
  named(name, Strict({ explanation: Text(2000, { description: 'Why, in words.' }), note: Note }, { example: { explanation } }))

/** The bodies of the actions, by action. */
export const planBodies = {
  submit: bare('SubmitRefundPlan'),
  approve: bare('ApproveRefundPlan'),
  send_back: explained('SendBackRefundPlan', '补偿超出惯例，请说明'),
  propose: bare('ProposeRefundPlan'),
  accept: bare('AcceptRefundPlan'),
  decline: explained('DeclineRefundPlan', '金额过低'),
  counter: named(
    'CounterRefundPlan',
    Strict(offer, { example: { remedies: [{ type: 'refund', amount: 8000 }], explanation: '希望退款八十元' } }),
  ),
  impose: named(
    'ImposeRefundPlan',
    Strict(
      { explanation: Text(5000, { description: 'Why, in words.' }), deviation: Type.Optional(DeviationIn.ref), note: Note },
      { example: { explanation: '责任已判定，商家拒绝协商。' } },
    ),
  ),
  cancel: explained('CancelRefundPlan', '改用换货方案'),
}
export type PlanBodies = { [Action in keyof typeof planBodies]: Wire<(typeof planBodies)[Action]> }
export type NewPlan = Wire<typeof NewPlanIn>

export const Automatic = Nullable(
  Type.Object({
    rule_id: Type.String({ description: 'The name of the rule.', example: 'small_refunds' }),
    rules_version: Type.Integer({ minimum: 1, description: 'The version of the respondent’s settlement rules.' }),
  }),
  { description: 'The settlement rule of the respondent that put it forward without a person; null for any other plan.' },
)

const ConfirmationOut = Type.Object({
  status: StrEnum(['pending', 'accepted', 'deemed_accepted', 'declined'], { description: 'How this side stands to it.' }),
  by: Nullable(Type.String(), { description: 'Who said so, as `role:id`; null for silence.' }),
  at: Nullable(TimeText(), { description: 'When.' }),
})

export const PlanOut = named(
  'RefundPlan',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    complaint_id: Id({ description: 'The case.' }),
    version_number: Type.Integer({ minimum: 1, description: 'Which plan of the case this is.' }),
    supersedes: Nullable(Id(), { description: 'The plan that it replaced.' }),
    status: StrEnum(planStates, { description: 'How far it is.' }),
    author: Type.Object(
      {
        role: Type.String({ description: 'In which role.' }),
        id: Type.String({ description: 'The person’s id.' }),
        side: SideWord,
      },
      { description: 'Who wrote it.' },
    ),
    currency: Nullable(Currency.ref, { description: 'The currency of its money; null where it moves none.' }),
    remedies: Type.Array(RemedyIn.ref, { description: 'What it is made of.' }),
    total_amount: Amount({ description: 'All money of the plan, in minor units of its currency.' }),
    refund_amount: Amount({ description: 'What goes back of the price, in minor units.' }),
    compensation_amount: Amount({ description: 'What is paid besides, in minor units.' }),
    statutory_damages_amount: Amount({ description: 'What a law grants beyond the price, in minor units.' }),
    explanation: Type.String({ description: 'Why, in the words of its author.' }),
    needs_approval: Type.Boolean({ description: 'Whether a supervisor has to approve it first.' }),
    approved_by: Nullable(Type.String(), { description: 'Who approved it, as `role:id`.' }),
    approval_separation_waived: SeparationWaived,
    imposition: Nullable(
      Type.Object({
        by: Type.String({ description: 'Who, as `role:id`.' }),
        explanation: Type.String({ description: 'Why, in words.' }),
        deviation: Nullable(DeviationIn.ref, { description: 'Why it deviates from the liability; null where it agrees.' }),
        separation_waived: SeparationWaived,
      }),
      { description: 'Who decided it without consent; null where nobody did.' },
    ),
    automatic: Automatic,
    confirmations: Type.Object(
      {
        complainant: described(ConfirmationOut, 'The complainant’s side.'),
        respondent: described(ConfirmationOut, 'The respondent’s side.'),
      },
      { description: 'How the two sides stand to it.' },
    ),
    steps: Type.Array(StepOut.ref, { description: 'What has to be done, in order; empty before it is executed.' }),
    end_reason_code: Nullable(Type.String(), {
      description: 'Why it came to nothing; null while it lives and when it was carried out or replaced.',
      example: 'respondent_silent',
    }),
    end_explanation: Nullable(Type.String(), { description: 'The same in the words of whoever ended it.' }),
    deadlines: Type.Array(DeadlineOut.ref, {
      maxItems: MOST_CLOCKS,
      description: `Of those that its complaint shows, at most ${MOST_CLOCKS}.`,
    }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    proposed_at: Nullable(TimeText(), { description: 'When it was put before both sides; null while it was not.' }),
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type PlanWire = Wire<typeof PlanOut>
