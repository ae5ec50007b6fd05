/** Events of the risk of a case. Staff alone read them. */

import Type from 'typebox'
import { Id, StrEnum } from '../../../foundation/http/schema.ts'
import { riskLevels, riskSignals } from '../../../words/risk.ts'
import { type Declarations, Explanation } from '../declaration.ts'

const Risk = (description: string) => StrEnum(riskLevels, { description })

export const riskEvents = {
  risk_raised: {
    en: 'Words of the complainant or facts raised the risk of the case.',
    zh: '根据投诉人表述或案件事实，风险等级已上调。',
    of: ['complaint'],
    visibility: 'staff',
    data: {
      from_level: Risk('The risk before.'),
      to_level: Risk('The risk afterwards.'),
      signals: Type.Array(StrEnum(riskSignals), { description: 'What was found now.' }),
      suspected: Type.Boolean({ description: 'A supervisor has to confirm or lower it.' }),
    },
  },
  risk_words_not_weighed: {
    en: 'Words of the complainant would have raised the risk and weighed nothing: staff had to lower it too often before.',
    zh: '投诉人的表述未计入风险：此前多次被下调。',
    of: ['complaint'],
    visibility: 'staff',
    data: { signals: Type.Array(StrEnum(riskSignals), { description: 'What they would have shown.' }) },
  },
  risk_confirmed: {
    en: 'A critical risk was confirmed by a supervisor, or by silence; `reason_code` says which.',
    zh: '重大风险已由主管确认或因逾期未处理而确认，见 `reason_code`。',
    of: ['complaint'],
    visibility: 'staff',
    data: { level: Risk('The risk.'), explanation: Type.Optional(Explanation) },
  },
  risk_set: {
    en: 'Staff set the risk of the case; `reason_code` says why.',
    zh: '客服已设定风险等级，原因见 `reason_code`。',
    of: ['complaint'],
    visibility: 'staff',
    data: { from_level: Risk('The risk before.'), to_level: Risk('The risk afterwards.'), explanation: Explanation },
  },
  mass_case_joined: {
    en: 'The case belongs to a mass case: many complainants, one item of one merchant, a short time.',
    zh: '案件已归入群体投诉：短时间内多人投诉同一商家的同一商品。',
    of: ['complaint'],
    visibility: 'staff',
    data: { mass_case_id: Id() },
  },
  fast_lane_opened: {
    en: 'The case is critical: it is owed a first feedback, the facts and a plan by day and by night, and these people are told.',
    zh: '案件为重大风险，已进入快速处理通道并通知相关人员。',
    of: ['complaint'],
    visibility: 'staff',
    data: {
      to: Type.Array(Type.String({ description: '`supervisors`, or `role:id` of a person.', example: 'supervisor:zhao' }), {
        description: 'Who has to know.',
      }),
      suspected: Type.Boolean({ description: 'A supervisor has to confirm or lower the risk within the time of `risk_review`.' }),
      public_opinion: Type.Boolean({ description: 'The press or social networks are in it.' }),
    },
  },
} as const satisfies Declarations
