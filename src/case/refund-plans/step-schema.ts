/** Wire types of the steps of a plan and of what is reported on them. */
import Type from 'typebox'
import {
  Amount,
  described,
  Id,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  type Wire,
} from '../../foundation/http/schema.ts'
import { limitKinds } from '../../words/orders.ts'
import { afterGivingUp, attemptStates, inspectionVerdicts, stepKinds, stepStates } from '../../words/refund-plans.ts'
import { Note, SideWord } from '../case-file/schema.ts'
import { MOST_PIECES } from '../orders/schema.ts'
import { ReturnTo } from '../return-instructions/schema.ts'
import { MOST_ATTEMPTS } from './attempts.ts'

const attemptId = Type.Optional(
  Id({ description: 'The attempt that the payment system reports on; left out: the one that is open, else the last.' }),
)
const ReceivedIn = Strict({
  line_id: Text(128, { description: 'A line of the order that was to come back.' }),
  quantity: Type.Integer({ minimum: 1, maximum: MOST_PIECES, description: 'How many pieces.' }),
  verdict: StrEnum(inspectionVerdicts, { description: 'What they are like.' }),
  explanation: Type.Optional(Text(2000, { description: 'More, in words.' })),
})
const FreightPaid = Strict(
  {
    amount: Amount({ minimum: 1, description: 'How much, in minor units of the plan’s currency.', example: 1200 }),
    evidence_ids: Type.Array(Id(), {
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
      description: 'The proof of it, as evidence of the case.',
    }),
  },
  {
    description:
      'What whoever sends goods back has laid out for it, where the plan has another pay the freight: staff decide on it (`freight_claim`), and what they grant is paid beside the rest.',
  },
)
const paidAmount = Type.Optional(
  Amount({
    minimum: 1,
    description:
      'How much was paid, in minor units; left out: all that the attempt asked for. Of a `freight_claim`: how much of it is granted.',
  }),
)
const stepData = {
  tracking_number: Type.Optional(Text(128, { description: 'The number of the parcel.' })),
  carrier: Type.Optional(Text(128, { description: 'Who carries it.' })),
  payment_reference: Type.Optional(Text(128, { description: 'The payment system’s own id of the payment.' })),
  passed: Type.Optional(Type.Boolean({ description: 'Whether the goods that came back are as they should be.' })),
  note: Note,
}

const words = Type.Optional(Text(2000, { description: 'More, in words.' }))
const givingUp = {
  explanation: Text(2000, { description: 'Why, in words.' }),
  afterwards: Type.Optional(
    StrEnum(afterGivingUp, {
      default: 'decide_anew',
      description:
        'Once nothing more is to come of the plan: the case is investigated again, or what was done is enough and the case is resolved.',
    }),
  ),
  note: Note,
}

export const stepBodies = {
  complete_step: named(
    'CompleteStep',
    Strict(
      {
        ...stepData,
        attempt_id: attemptId,
        amount: paidAmount,
        received: Type.Optional(
          Type.Array(ReceivedIn, {
            minItems: 1,
            maxItems: 100,
            description:
              'What came back, of an inspection: what is not named did not come. What is `as_described` is refunded at once, the rest may be contested.',
          }),
        ),
        freight_paid: Type.Optional(FreightPaid),
        return_to: Type.Optional(described(ReturnTo.ref, 'Where the goods go back to, of a step `return_address`.')),
        explanation: Type.Optional(Text(2000, { description: 'Why, in words.' })),
      },
      {
        description:
          'Whatever is shipped needs `tracking_number`, a `return_address` needs `return_to`, an inspection needs `passed` or `received`; `passed: false` alone fails the step. A contest needs `explanation`, its decision `passed`. A `difference` needs `payment_reference`. Only money has `attempt_id` and `amount`.',
        example: { tracking_number: 'SF1234567890', carrier: '顺丰' },
      },
    ),
  ),
  fail_step: named(
    'FailStep',
    Strict(
      { ...stepData, attempt_id: attemptId, explanation: Text(2000, { description: 'Why, in words.' }) },
      { example: { explanation: '收款账户已注销' } },
    ),
  ),
  progress_step: named(
    'ProgressStep',
    Strict({ ...stepData, attempt_id: attemptId, explanation: words }, { example: { explanation: '支付系统处理中' } }),
  ),
  return_step: named(
    'ReturnStep',
    Strict(
      {
        attempt_id: attemptId,
        payment_reference: stepData.payment_reference,
        explanation: Text(2000, { description: 'Why the bank sent it back, in words.' }),
        note: Note,
      },
      { example: { explanation: '收款账户已注销，银行退回' } },
    ),
  ),
  retry_step: named(
    'RetryStep',
    Strict(
      {
        explanation: Type.Optional(
          Text(2000, {
            description:
              'Why, in words. Money that the order does not hold any more, since it was corrected or went back elsewhere, is paid all the same only where a supervisor says why.',
          }),
        ),
        note: Note,
      },
      { example: {} },
    ),
  ),
  skip_step: named(
    'SkipStep',
    Strict(givingUp, { example: { explanation: '商家已停业，改由平台另行处理', afterwards: 'decide_anew' } }),
  ),
  cancel_step: named('CancelStep', Strict(givingUp, { example: { explanation: '金额有误，须重新付款' } })),
  name_payee_step: named(
    'NamePayee',
    Strict(
      {
        payee_reference: Type.String({
          pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
          minLength: 4,
          maxLength: 128,
          description:
            'How the platform’s payment system calls the account that its owner has confirmed there. Never an account number: the service keeps no bank data.',
        }),
        note: Note,
      },
      { example: { payee_reference: 'payee_8f3c21d9' } },
    ),
  ),
}
export type StepBodies = { [Action in keyof typeof stepBodies]: Wire<(typeof stepBodies)[Action]> }

const PotOut = Type.Object({
  kind: StrEnum(limitKinds, { description: '`quantity` counts pieces, the others minor units.' }),
  key: Type.String({ description: 'The line, the merchant, the payment; empty for shipping.' }),
  amount: Type.Integer({ minimum: 1, description: 'How much.' }),
})

const AttemptOut = Type.Object({
  id: Id({ description: 'Named by every report of the payment system.' }),
  status: StrEnum(attemptStates, { description: 'How far it is; `cancelled`: asked back before anything was paid.' }),
  amount: Amount({ description: 'What was asked for.' }),
  paid_amount: Amount({ description: 'What was reported as paid, whether or not it came back.' }),
  method: Type.String({ description: 'By which means.', example: 'original_payment' }),
  payee_reference: Nullable(Type.String(), {
    description:
      'The account that the complainant confirmed; the other side sees its last characters alone. Null: as it was paid.',
  }),
  payment_reference: Nullable(Type.String(), { description: 'The payment system’s own id of the payment.' }),
  asked_at: Nullable(TimeText(), { description: 'When; null where nobody noted it.' }),
  ended_at: Nullable(TimeText(), { description: 'When the payment system last answered; null while it has not.' }),
  cancel_requested_at: Nullable(TimeText(), { description: 'Since when it is asked to leave it.' }),
  explanation: Nullable(Type.String(), { description: 'Why it came to nothing, in words.' }),
})

export const StepOut = named(
  'RefundPlanStep',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    kind: StrEnum(stepKinds, { description: 'What is to be done.' }),
    party: SideWord,
    status: StrEnum(stepStates, { description: 'How far it is.' }),
    amount: Nullable(Amount(), { description: 'The money that it moves; null where it moves none.' }),
    allocation: Type.Array(PotOut, { description: 'What of the order its money counts against; empty where it moves none.' }),
    evidence_ids: Type.Array(Id(), { description: 'The proof of what a `freight_claim` asks for; empty for others.' }),
    return_to: Nullable(ReturnTo.ref, {
      description: 'Where the goods of a step `return_shipment` go back to; null for others, and until somebody has said so.',
    }),
    due_at: Nullable(TimeText(), { description: 'Null until its turn comes.' }),
    completed_at: Nullable(TimeText(), { description: 'When it was done; null while it is not.' }),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'What was reported with it.' }),
    attempts: Type.Array(AttemptOut, { maxItems: MOST_ATTEMPTS, description: 'Each request to the payment system.' }),
    paid_amount: Amount({ description: 'What has arrived and not come back.' }),
    held_amount: Amount({ description: 'What of its amount it still holds of the order.' }),
    overpaid_amount: Amount({ description: 'What was paid beyond that; the complainant owes it.' }),
    granted_before_amount: Amount({
      description:
        'What the complainant was paid before, under a decision that was overturned, and this step grants: it asks for the rest.',
    }),
    unclaimed_at: Nullable(TimeText(), {
      description: 'Since when its money waits for the complainant, who named no account; null where it does not.',
    }),
  }),
)
