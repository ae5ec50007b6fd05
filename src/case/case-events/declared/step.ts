/** Events of the steps of refund plans, and of the money that they ask for. */

import Type from 'typebox'
import { Amount, Currency, Id, StrEnum } from '../../../foundation/http/schema.ts'
import { inspectionVerdicts, stepKinds } from '../../../words/refund-plans.ts'
import { type Declarations, Explanation } from '../declaration.ts'

const ofStep = {
  step_id: Id(),
  kind: StrEnum(stepKinds),
}

const attempt = { attempt_id: Type.Optional(Id({ description: 'The attempt to pay; left out where no money is moved.' })) }

/** What was reported with a step. */
const report = {
  ...attempt,
  tracking_number: Type.Optional(Type.String()),
  carrier: Type.Optional(Type.String()),
  payment_reference: Type.Optional(Type.String()),
  passed: Type.Optional(Type.Boolean({ description: 'Whether the returned goods passed the inspection.' })),
  explanation: Type.Optional(Explanation),
  received: Type.Optional(
    Type.Array(
      Type.Object({
        line_id: Type.String(),
        quantity: Type.Integer({ minimum: 1 }),
        verdict: StrEnum(inspectionVerdicts),
        explanation: Type.Optional(Explanation),
      }),
      { description: 'What an inspection found, piece by piece.' },
    ),
  ),
}

/** What the payment system is asked for. */
const money = {
  step_id: Id({ description: 'The step to report the payment on.' }),
  attempt_id: Id({ description: 'The attempt that every report names.' }),
  amount: Amount(),
  currency: Currency.ref,
  method: Type.String({ description: 'How the money goes back.', example: 'original_payment' }),
  advance_id: Type.Optional(
    Id({ description: 'The guarantee fund pays it, by this advance; absent where it is paid with the merchant’s money.' }),
  ),
}

const ofPlan = { of: ['refund_plan'], visibility: 'parties' } as const

export const stepEvents = {
  step_completed: {
    en: 'A step of the refund plan was done.',
    zh: '方案的一个步骤已完成。',
    ...ofPlan,
    data: {
      ...ofStep,
      ...report,
      deemed: Type.Optional(
        Type.Literal(true, { description: 'Nobody inspected the goods in time, and that counts as passed.' }),
      ),
    },
  },
  step_progressed: {
    en: 'A step of the refund plan is under way.',
    zh: '方案的一个步骤正在进行。',
    ...ofPlan,
    data: { ...ofStep, ...report },
  },
  step_part_paid: {
    en: 'A part of the money of a step was paid.',
    zh: '步骤款项已部分支付。',
    ...ofPlan,
    data: {
      ...ofStep,
      ...report,
      amount: Amount({ description: 'What was paid by now.' }),
      owed: Amount({ description: 'What is still owed.' }),
    },
  },
  step_failed: {
    en: 'A step of the refund plan came to nothing; it is tried again or given up.',
    zh: '方案的一个步骤未能完成，须重试或放弃。',
    ...ofPlan,
    data: { ...ofStep, ...report },
  },
  step_returned: {
    en: 'A payment came back; it is tried again or given up.',
    zh: '款项被退回，须重试或放弃。',
    ...ofPlan,
    data: { ...ofStep, ...report },
  },
  step_retried: {
    en: 'A step of the refund plan is tried again.',
    zh: '方案的一个步骤正在重试。',
    ...ofPlan,
    data: { ...ofStep, explanation: Type.Optional(Explanation) },
  },
  step_cancel_requested: {
    en: 'A payment that was asked for is to be left; `refund_cancel_requested` says which.',
    zh: '请求取消尚未支付的款项。',
    ...ofPlan,
    data: { ...ofStep, explanation: Explanation },
  },
  step_skipped: {
    en: 'A step of the refund plan was given up, or its payment was cancelled; `reason_code` says which.',
    zh: '方案的一个步骤已放弃或其款项已取消，原因见 `reason_code`。',
    ...ofPlan,
    data: { ...ofStep, ...report },
  },
  step_overpaid: {
    en: 'More was paid on a step than it holds; the complainant owes that.',
    zh: '支付金额超出步骤应付金额，投诉人须返还差额。',
    ...ofPlan,
    data: { ...ofStep, ...attempt, amount: Amount({ description: 'By how much more than before.' }), currency: Currency.ref },
  },
  payment_reported: {
    en: 'The payment system told of an attempt, which left the step as it was; `reason_code` says what.',
    zh: '支付系统报告了一次支付尝试，步骤状态不变，结果见 `reason_code`。',
    ...ofPlan,
    data: { ...ofStep, ...report, amount: Amount() },
  },
  payment_unclaimed: {
    en: 'Nobody named an account: the money waits for the complainant.',
    zh: '投诉人未提供收款账户，款项待领取。',
    ...ofPlan,
    data: { ...ofStep, amount: Amount(), currency: Currency.ref },
  },
  payee_named: {
    en: 'The complainant confirmed the account that money can be paid to.',
    zh: '投诉人已确认收款账户。',
    ...ofPlan,
    data: ofStep,
  },
  return_not_arrived: {
    en: 'What was sent back did not arrive, as the platform decided; the buyer is asked once more, or the case closes.',
    zh: '平台判定退回的商品未送达，再次请买家寄回或举证，否则结案。',
    ...ofPlan,
    data: { ...ofStep, explanation: Type.Optional(Explanation) },
  },
  inspection_contested: {
    en: 'The buyer contests what an inspection found.',
    zh: '买家对验收结果提出异议。',
    ...ofPlan,
    data: { ...ofStep, explanation: Explanation },
  },
  arrival_doubted: {
    en: 'Whether goods arrived is to be decided; `reason_code` says why.',
    zh: '是否收货须由平台判定，原因见 `reason_code`。',
    ...ofPlan,
    data: { ...ofStep, explanation: Type.Optional(Explanation) },
  },
  refund_requested: {
    en: 'The payment system is asked for a refund.',
    zh: '请求支付系统退款。',
    ...ofPlan,
    data: money,
  },
  compensation_requested: {
    en: 'The payment system is asked for a compensation.',
    zh: '请求支付系统支付补偿。',
    ...ofPlan,
    data: money,
  },
  reimbursement_requested: {
    en: 'The payment system is asked to pay back what the complainant laid out.',
    zh: '请求支付系统返还投诉人垫付的款项。',
    ...ofPlan,
    data: money,
  },
  freight_claimed: {
    en: 'Whoever sent goods back asks for the freight, with a proof of it.',
    zh: '寄回商品的一方申请报销运费，并附凭证。',
    ...ofPlan,
    data: { ...ofStep, amount: Amount(), currency: Currency.ref },
  },
  statutory_damages_requested: {
    en: 'The payment system is asked for statutory damages.',
    zh: '请求支付系统支付法定赔偿。',
    ...ofPlan,
    data: money,
  },
  refund_cancel_requested: {
    en: 'The payment system is asked to leave a payment that it has not made.',
    zh: '请求支付系统取消尚未完成的付款。',
    ...ofPlan,
    data: { ...ofStep, attempt_id: Id(), amount: Amount(), currency: Currency.ref },
  },
} as const satisfies Declarations
