/** Events of refund plans. */

import Type from 'typebox'
import { Amount, Id, StrEnum } from '../../../foundation/http/schema.ts'
import { Automatic, type Declarations, Deviates, Explanation, Waived } from '../declaration.ts'

const VersionNumber = Type.Integer({ minimum: 1, description: 'Which plan of the case it is.' })

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
    en: 'The refund plan was carried out.',
    zh: '方案已执行完毕。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: {},
  },
  plan_failed: {
    en: 'A step of the refund plan was given up, and the case is investigated afresh.',
    zh: '方案执行失败，案件重新处理。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { explanation: Type.Optional(Explanation) },
  },
  plan_resumed: {
    en: 'Money of an executed plan is owed again, and it is executed again.',
    zh: '已执行方案的款项须重新支付，方案恢复执行。',
    of: ['refund_plan'],
    visibility: 'parties',
    data: { step_id: Id() },
  },
} as const satisfies Declarations
