/** Events of the case itself: how it is handled, decided and closed. */

import Type from 'typebox'
import { Amount, Currency, Id, Nullable, StrEnum, TimeText } from '../../../foundation/http/schema.ts'
import { categories, channels, liableParties, outcomes } from '../../../words/complaints.ts'
import { elsewhereKinds, orderRecordTypes, orderSources } from '../../../words/orders.ts'
import { LiabilityOut } from '../../complaints/liability.ts'
import { Automatic, type Declarations, Deviates, Explanation, Level, ofSettlementRule, Staff, Waived } from '../declaration.ts'

const PartyWord = StrEnum(['complainant', 'respondent'])

export const complaintEvents = {
  complaint_submitted: {
    en: 'The complaint was filed.',
    zh: '投诉已提交。',
    of: ['complaint'],
    visibility: 'parties',
    data: {
      channel: StrEnum(channels),
      category: StrEnum(categories),
      received_at: Type.Optional(TimeText({ description: 'When it came in, where staff entered it later.' })),
      by_entry: Type.Optional(Type.Literal(true, { description: 'It came by a call, which was the first answer.' })),
      filing_window_ended_at: Type.Optional(
        TimeText({ description: 'When the filing window of the policy had ended; left out where it came in time.' }),
      ),
    },
  },
  order_statement_doubted: {
    en: 'What the complaint says of its order is not what is known of it.',
    zh: '投诉中的订单信息与已知信息不一致。',
    of: ['complaint'],
    visibility: 'staff',
    data: { pointers: Type.Array(Type.String(), { description: 'Where, as pointers into the complaint.' }) },
  },
  order_corrected: {
    en: 'What is known of the order was stated anew; all bounds follow.',
    zh: '订单信息已更正，各项限额随之调整。',
    of: ['complaint'],
    visibility: 'parties',
    data: {
      source: StrEnum(orderSources),
      paid_amount: Amount(),
      currency: Currency.ref,
      refund_left: Amount({ description: 'What can still be given back.' }),
      order_version: Type.Integer({ minimum: 1 }),
    },
  },
  order_refund_elsewhere_recorded: {
    en: 'Money of the order went back without this service.',
    zh: '订单款项已通过其他途径退还。',
    of: ['complaint'],
    visibility: 'parties',
    data: {
      amount: Amount(),
      currency: Currency.ref,
      kind: StrEnum(elsewhereKinds),
      refund_left: Amount({ description: 'What can still be given back.' }),
      excess: Amount({ description: 'What is in force above what was paid.' }),
    },
  },
  order_record_added: {
    en: 'The systems of the platform added a record about the order.',
    zh: '平台系统已补充订单记录。',
    of: ['complaint'],
    visibility: 'staff',
    otherwise: 'to those sides that may read the record',
    data: { record_id: Id(), record_type: StrEnum(orderRecordTypes) },
  },
  complaint_execution_resumed: {
    en: 'The case was at rest, and its plan is executed again.',
    zh: '案件恢复执行。',
    of: ['complaint'],
    visibility: 'parties',
    data: {},
  },
  complaint_accepted: {
    en: 'The platform took the complaint up.',
    zh: '平台已受理投诉。',
    of: ['complaint'],
    visibility: 'parties',
    data: { owner: Staff('Who handles it.') },
  },
  complaint_rejected: {
    en: 'The platform refused to take the complaint up.',
    zh: '平台决定不予受理。',
    of: ['complaint'],
    visibility: 'parties',
    data: { explanation: Explanation },
  },
  information_requested: {
    en: 'The platform asked the complainant for information.',
    zh: '平台要求投诉人补充材料。',
    of: ['complaint'],
    visibility: 'parties',
    data: { items: Type.Array(Type.String(), { description: 'What is missing.' }) },
  },
  information_provided: {
    en: 'The complainant gave the information that was asked for.',
    zh: '投诉人已补充材料。',
    of: ['complaint'],
    visibility: 'parties',
    data: { statement: Type.String() },
  },
  respondent_answered: {
    en: 'The respondent answered the complaint; `reason_code` is its position.',
    zh: '被投诉人已答复，立场见 `reason_code`。',
    of: ['complaint'],
    visibility: 'parties',
    data: { statement: Type.Optional(Type.String()), ...Automatic },
  },
  settlement_rule_skipped: {
    en: 'A settlement rule of the respondent fitted the complaint, but could not be applied; `reason_code` says why.',
    zh: '商家的自动和解规则符合本案但无法适用，原因见 `reason_code`。',
    of: ['complaint'],
    visibility: 'staff',
    data: ofSettlementRule,
  },
  complaint_escalated: {
    en: 'The case climbed to a higher level, or the platform stepped in.',
    zh: '案件升级，或平台介入。',
    of: ['complaint'],
    visibility: 'parties',
    data: {
      from_level: Level('The level before.'),
      to_level: Level('The level afterwards.'),
      obstacle: Type.Optional(
        Type.String({ description: 'Why the respondent’s silence could not be taken for agreement, as a code.' }),
      ),
    },
  },
  owner_assigned: {
    en: 'Somebody was named to handle the case.',
    zh: '已指定案件承办人。',
    of: ['complaint'],
    visibility: 'parties',
    data: { owner: Staff('Who handles it from now on.'), previous_owner: Nullable(Staff('Who did before.')) },
  },
  owner_left: {
    en: 'Who handled the case stood down or was replaced.',
    zh: '承办人已回避或被更换。',
    of: ['complaint'],
    visibility: 'parties',
    data: { previous_owner: Staff('Who handled it.') },
  },
  liability_determined: {
    en: 'The platform fixed who is liable.',
    zh: '平台已作出责任判定。',
    of: ['complaint'],
    visibility: 'staff',
    data: {
      shares: Type.Array(Type.Object({ party: StrEnum(liableParties), percent: Type.Integer({ minimum: 1, maximum: 100 }) }), {
        description: 'Shares that add up to 100.',
      }),
    },
  },
  complaint_dismissed: {
    en: 'The platform decided against the complaint.',
    zh: '平台决定不支持投诉。',
    of: ['complaint'],
    visibility: 'parties',
    data: { explanation: Explanation, ...Deviates, ...Waived },
  },
  decision_rolled_back: {
    en: 'What had been decided was taken back, since an appeal was upheld.',
    zh: '申诉成立，原决定已撤销。',
    of: ['complaint'],
    visibility: 'staff',
    data: {
      liability: Nullable(LiabilityOut, { description: 'Who had been found liable.' }),
      outcome: Nullable(StrEnum(outcomes), { description: 'The outcome that no longer holds.' }),
      from_level: Level('The level before.'),
    },
  },
  complaint_suspended: {
    en: 'The case was suspended.',
    zh: '案件已中止。',
    of: ['complaint'],
    visibility: 'parties',
    data: { resume_at: TimeText({ description: 'When it goes on by itself.' }) },
  },
  complaint_resumed: {
    en: 'The suspended case goes on.',
    zh: '案件已恢复处理。',
    of: ['complaint'],
    visibility: 'parties',
    data: {},
  },
  complaint_resolved: {
    en: 'All that had been agreed or decided was carried out.',
    zh: '约定或裁决的事项已全部执行完毕。',
    of: ['complaint'],
    visibility: 'parties',
    data: {},
  },
  complaint_reopened: {
    en: 'The case was taken up again.',
    zh: '案件已重新处理。',
    of: ['complaint'],
    visibility: 'parties',
    data: {
      explanation: Type.Optional(Explanation),
      to_level: Type.Optional(Level('After an appeal that was upheld: the level afterwards.')),
    },
  },
  complaint_withdrawn: {
    en: 'The complainant withdrew the complaint.',
    zh: '投诉人已撤回投诉。',
    of: ['complaint'],
    visibility: 'parties',
    data: { explanation: Type.Optional(Explanation) },
  },
  complaint_closed: {
    en: 'The case was closed; `reason_code` says why.',
    zh: '案件已关闭，原因见 `reason_code`。',
    of: ['complaint'],
    visibility: 'parties',
    data: {},
  },
  complaint_updated: {
    en: 'Fields of the complaint were changed; their values are not told.',
    zh: '投诉信息已修改，不记录具体内容。',
    of: ['complaint'],
    visibility: 'staff',
    data: { fields: Type.Array(Type.String(), { description: 'Which.' }) },
  },
  no_answer_needed: {
    en: 'Staff said that words of a side need no answer.',
    zh: '客服确认当事人的留言无需答复。',
    of: ['complaint'],
    visibility: 'parties',
    otherwise: 'to one side where only that one was waiting',
    data: { sides: Type.Array(PartyWord, { description: 'Whose words.' }) },
  },
  stood_down: {
    en: 'Who handles the case or judges the appeal said that somebody else must.',
    zh: '承办人或复核人主动回避。',
    of: ['complaint'],
    visibility: 'staff',
    data: { explanation: Type.Optional(Explanation) },
  },
  challenge_filed: {
    en: 'A side asked for somebody else to handle the case or to judge its appeal.',
    zh: '当事人申请承办人或复核人回避。',
    of: ['complaint', 'appeal'],
    visibility: 'staff',
    otherwise: 'to the side that challenges',
    data: {
      challenge_id: Id(),
      of: StrEnum(['owner', 'reviewer']),
      person: Staff('Who is challenged.'),
    },
  },
  challenge_judged: {
    en: 'A challenge was judged, or settled without a judgement; `reason_code` says how.',
    zh: '回避申请已裁决或未经裁决而了结，结果见 `reason_code`。',
    of: ['complaint', 'appeal'],
    visibility: 'staff',
    otherwise: 'to the side that challenged',
    data: {
      challenge_id: Id(),
      of: StrEnum(['owner', 'reviewer']),
      person: Staff('Who was challenged.'),
    },
  },
  last_resort_called: {
    en: 'Nobody has decided on the highest level, and the last resort was called.',
    zh: '最高级别仍无人作出决定，已通知最终裁决人。',
    of: ['complaint', 'appeal'],
    visibility: 'staff',
    data: {
      to: Type.String({ description: '`role:id` of the last resort; `admins` where there is none.', example: 'supervisor:zhao' }),
      times: Type.Integer({ minimum: 1, description: 'How often by now.' }),
    },
  },
} as const satisfies Declarations
