/** Wire types of the refund plan and its steps. */
import Type from 'typebox'
import {
  Amount,
  Currency,
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
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { freightPayers, remedyTypes, stepKinds, stepStates } from '../../words/refund-plans.ts'
import { DeadlineOut, Note, SideWord } from '../case-file/schema.ts'
import { DeviationIn, SeparationWaived } from '../complaints/action-schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import { planStates } from './lifecycle.ts'

export const RemedyIn = named(
  'Remedy',
  Strict({
    type: StrEnum(remedyTypes),
    amount: Type.Optional(
      Amount({
        minimum: 1,
        description: 'Minor units. Required for refund, return_and_refund and compensation, refused for the others.',
      }),
    ),
    line_ids: Type.Optional(
      Type.Array(Text(128), { minItems: 1, maxItems: 100, uniqueItems: true, description: 'The order lines it is about.' }),
    ),
    freight_payer: Type.Optional(StrEnum(freightPayers)),
    method: Type.Optional(
      Text(64, { description: 'How the money goes back; by default the way it was paid.', example: 'original_payment' }),
    ),
    return_address: Type.Optional(Text(500)),
    note: Type.Optional(Text(2000)),
  }),
)

const offer = {
  remedies: Type.Array(RemedyIn.ref, { minItems: 1, maxItems: 10 }),
  explanation: Text(2000),
  currency: Type.Optional(Type.Unsafe<string>({ ...Currency.ref, description: 'Only needed without an order.' })),
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
  named(name, Strict({ explanation: Text(2000), note: Note }, { example: { explanation } }))

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
      { explanation: Text(5000), deviation: Type.Optional(DeviationIn.ref), note: Note },
      { example: { explanation: '责任已判定，商家拒绝协商。' } },
    ),
  ),
  cancel: explained('CancelRefundPlan', '改用换货方案'),
}
export type PlanBodies = { [Action in keyof typeof planBodies]: Wire<(typeof planBodies)[Action]> }
export type NewPlan = Wire<typeof NewPlanIn>

const stepData = {
  tracking_number: Type.Optional(Text(128)),
  carrier: Type.Optional(Text(128)),
  payment_reference: Type.Optional(Text(128)),
  passed: Type.Optional(Type.Boolean()),
  note: Note,
}

export const stepBodies = {
  complete_step: named(
    'CompleteStep',
    Strict(
      { ...stepData, explanation: Type.Optional(Text(2000)) },
      {
        description: 'A return shipment needs `tracking_number`, an inspection needs `passed`; `passed: false` fails the step.',
        example: { tracking_number: 'SF1234567890', carrier: '顺丰' },
      },
    ),
  ),
  fail_step: named('FailStep', Strict({ ...stepData, explanation: Text(2000) }, { example: { explanation: '收款账户已注销' } })),
}
export type StepBodies = { [Action in keyof typeof stepBodies]: Wire<(typeof stepBodies)[Action]> }

const ConfirmationOut = Type.Object({
  status: StrEnum(['pending', 'accepted', 'deemed_accepted', 'declined']),
  by: Nullable(Type.String()),
  at: Nullable(TimeText()),
})

const StepOut = named(
  'RefundPlanStep',
  Type.Object({
    id: Id(),
    kind: StrEnum(stepKinds),
    party: SideWord,
    status: StrEnum(stepStates),
    amount: Nullable(Amount()),
    due_at: Nullable(TimeText(), { description: 'Null until its turn comes.' }),
    completed_at: Nullable(TimeText()),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'What was reported with it.' }),
  }),
)

export const PlanOut = named(
  'RefundPlan',
  Type.Object({
    id: Id(),
    complaint_id: Id(),
    version_number: Type.Integer({ minimum: 1, description: 'Which plan of the case this is.' }),
    supersedes: Nullable(Id()),
    status: StrEnum(planStates),
    author: Type.Object({ role: Type.String(), id: Type.String(), side: SideWord }),
    currency: Nullable(Currency.ref),
    remedies: Type.Array(RemedyIn.ref),
    total_amount: Amount({ description: 'All money of the plan, in minor units of its currency.' }),
    refund_amount: Amount(),
    compensation_amount: Amount(),
    explanation: Type.String(),
    needs_approval: Type.Boolean(),
    approved_by: Nullable(Type.String()),
    approval_separation_waived: SeparationWaived,
    imposition: Nullable(
      Type.Object({
        by: Type.String(),
        explanation: Type.String(),
        deviation: Nullable(DeviationIn.ref),
        separation_waived: SeparationWaived,
      }),
    ),
    confirmations: Type.Object({ complainant: ConfirmationOut, respondent: ConfirmationOut }),
    steps: Type.Array(StepOut.ref),
    end_reason_code: Nullable(Type.String(), {
      description: 'Why it came to nothing; null while it lives and when it was carried out or replaced.',
      example: 'respondent_silent',
    }),
    end_explanation: Nullable(Type.String(), { description: 'The same in the words of whoever ended it.' }),
    deadlines: Type.Array(DeadlineOut.ref, {
      maxItems: MOST_CLOCKS,
      description: `Of those that its complaint shows, at most ${MOST_CLOCKS}.`,
    }),
    available_actions: Type.Array(AvailableAction.ref),
    version: Version,
    proposed_at: Nullable(TimeText()),
    created_at: TimeText(),
    updated_at: TimeText(),
  }),
)
export type PlanWire = Wire<typeof PlanOut>
