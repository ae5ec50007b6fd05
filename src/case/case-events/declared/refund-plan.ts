/** Events of refund plans, their steps, and the money that they ask for. */

import Type from 'typebox'
import { Amount, Currency, Id, StrEnum } from '../../../foundation/http/schema.ts'
import { stepKinds } from '../../../words/refund-plans.ts'
import { Automatic, type Declarations, Deviates, Explanation, Waived } from '../declaration.ts'

const VersionNumber = Type.Integer({ minimum: 1, description: 'Which plan of the case it is.' })

const ofStep = {
  step_id: Id(),
  kind: StrEnum(stepKinds),
}

/** What was reported with a step. */
const report = {
  tracking_number: Type.Optional(Type.String()),
  carrier: Type.Optional(Type.String()),
  payment_reference: Type.Optional(Type.String()),
  passed: Type.Optional(Type.Boolean({ description: 'Whether the returned goods passed the inspection.' })),
  explanation: Type.Optional(Explanation),
}

/** What the payment system is asked for. */
const money = {
  step_id: Id({ description: 'The step to report the payment on.' }),
  amount: Amount(),
  currency: Currency.ref,
  method: Type.String({ description: 'How the money goes back.', example: 'original_payment' }),
}

export const planEvents = {
  plan_created: {
    en: 'A refund plan was written.',
    zh: '处理方案已拟定。',
    of: ['refund_plan'],
    visibility: 'staff',
    otherwise: 'to the side whose offer it is',
    data: {
      version_number: VersionNumber,
      needs_approval: Type.Boolean({ description: 'Whether a supervisor has to approve it first.' }),
    },
  },
  plan_submitted: {
    en: 'A refund plan was submitted for approval.',
    zh: '处理方案已提交审批。',
    of: ['refund_plan'],
    visibility: 'staff',
    data: {},
  },
  plan_approved: {
    en: 'A supervisor approved a refund plan.',
    zh: '主管已批准处理方案。',
    of: ['refund_plan'],
    visibility: 'staff',
    data: Waived,
  },
  plan_sent_back: {
    en: 'A supervisor sent a refund plan back to its author.',
    zh: '主管已将处理方案退回。',
    of: ['refund_plan'],
    visibility: 'staff',
    data: { explanation: Explanation },
  },
  plan_proposed: {
    en: 'A refund plan was laid before both sides.',
    zh: '处理方案已提交双方确认。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { version_number: VersionNumber, refund_amount: Amount(), compensation_amount: Amount(), ...Automatic },
  },
  plan_accepted: {
    en: 'A side accepted the refund plan.',
    zh: '一方已接受处理方案。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {
      side: StrEnum(['complainant', 'respondent']),
      deemed: Type.Optional(Type.Literal(true, { description: 'It was silent, and that counts as accepting.' })),
    },
  },
  plan_declined: {
    en: 'A side declined the refund plan.',
    zh: '一方已拒绝处理方案。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { explanation: Explanation },
  },
  plan_countered: {
    en: 'A side answered the refund plan with one of its own.',
    zh: '一方以新方案答复原方案。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { explanation: Explanation },
  },
  plan_superseded: {
    en: 'Another plan took the place of the refund plan on the table.',
    zh: '待确认的方案已被另一方案替代。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {},
  },
  plan_expired: {
    en: 'The refund plan expired, since a side did not answer; `reason_code` says which.',
    zh: '一方未答复，方案已失效，哪一方见 `reason_code`。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {},
  },
  plan_cancelled: {
    en: 'The refund plan was cancelled; `reason_code` says why.',
    zh: '处理方案已取消，原因见 `reason_code`。',
    of: ['refund_plan'],
    visibility: 'parties',
    otherwise: 'to its author’s side alone, where it had not been proposed',
    data: { explanation: Type.Optional(Explanation) },
  },
  plan_imposed: {
    en: 'A supervisor decided the refund plan without the consent of the sides.',
    zh: '主管裁决执行该方案。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { explanation: Explanation, ...Deviates, ...Waived },
  },
  plan_executed: {
    en: 'Every step of the refund plan was done.',
    zh: '方案的全部步骤已完成。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {},
  },
  plan_failed: {
    en: 'The refund plan failed at a step, and the case is investigated afresh.',
    zh: '方案执行失败，案件重新处理。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { explanation: Type.Optional(Explanation) },
  },
  step_completed: {
    en: 'A step of the refund plan was done.',
    zh: '方案的一个步骤已完成。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {
      ...ofStep,
      ...report,
      deemed: Type.Optional(
        Type.Literal(true, { description: 'Nobody inspected the goods in time, and that counts as passed.' }),
      ),
    },
  },
  step_failed: {
    en: 'A step of the refund plan cannot be done.',
    zh: '方案的一个步骤无法完成。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { ...ofStep, ...report },
  },
  refund_requested: {
    en: 'The payment system is asked for a refund.',
    zh: '请求支付系统退款。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: money,
  },
  compensation_requested: {
    en: 'The payment system is asked for a compensation.',
    zh: '请求支付系统支付补偿。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: money,
  },
} as const satisfies Declarations
