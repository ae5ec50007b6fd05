/** Wire types of the advance. */
import Type from 'typebox'
import {
  Amount,
  CreatedAt,
  Currency,
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
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { advanceCheckNames, advanceChecks, advanceModes, advanceRefusals, advanceStates } from '../../words/advances.ts'
import { DeadlineOut, Note } from '../case-file/schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'

const checksInWords = advanceChecks
  .map((check) => `\`${check}\`: ${advanceCheckNames[check].en} (${advanceCheckNames[check].zh})`)
  .join('\n')
const Explanation = Text(5000, { description: 'Why, in words.' })
const Mode = StrEnum(advanceModes, {
  description: '`after_return`: once the goods are back and have passed; `at_once`: as soon as the payment system can.',
})

export const NewAdvanceIn = named(
  'NewAdvance',
  Strict(
    {
      step_id: Type.Optional(Id({ description: 'The refund of the executing plan; left out: the only one that is still owed.' })),
      amount: Type.Optional(
        Amount({
          minimum: 1,
          description: 'How much, in minor units; left out: all that is owed and not the buyer’s own share.',
        }),
      ),
      mode: Type.Optional(Mode),
      explanation: Explanation,
      set_aside: Type.Optional(
        Type.Array(StrEnum(advanceChecks), {
          maxItems: advanceChecks.length,
          uniqueItems: true,
          description: 'Checks of the gate that a supervisor sets aside, where the policy allows it; `explanation` says why.',
        }),
      ),
      note: Note,
    },
    { example: { explanation: '商家余额不足，退款失败；责任已判定为商家。' } },
  ),
)
export type NewAdvance = Wire<typeof NewAdvanceIn>

const because = (name: string, explanation: string) =>
  named(name, Strict({ explanation: Explanation, note: Note }, { example: { explanation } }))

/** The bodies of the actions, by action. */
export const advanceBodies = {
  approve: named('ApproveAdvance', Strict({ note: Note }, { example: {} })),
  send_back: because('SendBackAdvance', '证据不足，请先补充。'),
  cancel: because('CancelAdvance', '商家已自行退款。'),
  not_returned: because('AdvanceNotReturned', '超过时限未收到退货。'),
  wait_on: because('AdvanceWaitOn', '买家提供了快递单号，继续等待。'),
  return: because('ReturnAdvance', '买家无法证明已退货。'),
  recover: named(
    'RecoverAdvance',
    Strict(
      {
        amount: Amount({ minimum: 1, description: 'What the merchant has paid, in minor units.' }),
        payment_reference: Type.Optional(Text(128, { description: 'The payment system’s own id of the payment.' })),
        explanation: Type.Optional(
          Text(5000, { description: 'Why a person reports it, in words: needed where the payment system has a key of its own.' }),
        ),
        note: Note,
      },
      { example: { amount: 25900, payment_reference: 'PAY-2026-7781' } },
    ),
  ),
}
export type AdvanceBodies = { [Action in keyof typeof advanceBodies]: Wire<(typeof advanceBodies)[Action]> }

export const AdvanceOut = named(
  'Advance',
  Type.Object({
    id: Id(),
    complaint_id: Id(),
    plan_id: Id(),
    step_id: Id({ description: 'The refund that it pays.' }),
    status: StrEnum(advanceStates, { description: 'Where it stands.' }),
    mode: Mode,
    currency: Currency.ref,
    amount: Amount({ description: 'What was asked for.' }),
    frozen_amount: Amount({ description: 'What is put aside for the buyer now.' }),
    paid_amount: Amount({ description: 'What the buyer was paid.' }),
    merchant_part: Amount({ description: 'What of it the merchant bears.' }),
    recovered_amount: Amount({ description: 'What the fund has back of that.' }),
    owed_amount: Amount({ description: 'What the merchant owes of it, as a debt.' }),
    provisional_amount: Amount({
      description: 'After its decision was overturned: what no later decision has granted or asked back yet.',
    }),
    asked_by: Nullable(Type.String(), { description: '`role:id`; null for the parties.' }),
    approved_by: Nullable(Type.String(), {
      description: '`role:id` of the supervisor; null where nobody had to, and for the parties.',
    }),
    explanation: Nullable(Type.String(), { description: 'Why it was asked for; null for the parties.' }),
    set_aside: Type.Array(StrEnum(advanceChecks), {
      description: 'The checks that a supervisor set aside; empty for the parties.',
    }),
    refused_because: Nullable(StrEnum(advanceRefusals), { description: 'Why the fund did not put the money aside.' }),
    end_reason_code: Nullable(Type.String(), { description: 'Why it came to nothing, as a code.', example: 'refund_not_due' }),
    deadlines: Type.Array(DeadlineOut.ref, { maxItems: MOST_CLOCKS, description: 'Its clocks.' }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    paid_at: Nullable(TimeText(), { description: 'When the buyer was first paid.' }),
    ended_at: Nullable(TimeText(), { description: 'When it came to its end.' }),
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type AdvanceWire = Wire<typeof AdvanceOut>
export const advanceQuery = listQuery({})

export const EligibilityOut = named(
  'AdvanceEligibility',
  Type.Object({
    eligible: Type.Boolean({ description: 'Whether all checks pass.' }),
    step_id: Nullable(Id(), { description: 'The refund that it is about; null where there is none, or several.' }),
    currency: Nullable(Type.String(), { description: 'Of all amounts; null where there is no such refund.', example: 'CNY' }),
    amount: Amount({ description: 'What would be advanced.' }),
    most_amount: Amount({ description: 'The most that can be: what the refund owes, without the buyer’s own share.' }),
    mode: Mode,
    needs_approval: Type.Boolean({ description: 'Whether it would wait for a supervisor who did not ask for it.' }),
    checks: Type.Array(
      Type.Object({
        check: StrEnum(advanceChecks, { description: checksInWords }),
        passed: Type.Boolean({ description: 'Whether it passes now.' }),
        can_be_set_aside: Type.Boolean({ description: 'Whether a supervisor may, with a reason.' }),
        limit: Nullable(Type.Integer(), { description: 'The number of the policy, where it is one.' }),
        value: Nullable(Type.Integer(), { description: 'What it would come to.' }),
      }),
      { maxItems: advanceChecks.length, description: 'All checks of the gate.' },
    ),
    unproved: Type.Array(Type.Array(Type.String(), { description: 'Any one of these proves it.' }), {
      description: 'What the buyer has still to prove.',
    }),
  }),
)
