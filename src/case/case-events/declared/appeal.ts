/** Events of appeals. */

import Type from 'typebox'
import { StrEnum } from '../../../foundation/http/schema.ts'
import { appealReasonCodes } from '../../../words/appeals.ts'
import { type Declarations, Explanation, Staff, Waived } from '../declaration.ts'

const stands = {
  case_to: StrEnum(['rejected', 'resolved', 'closed', 'executing'], { description: 'The state that the case goes back to.' }),
}

/** The decision stands for good. */
const standsForGood = {
  outside_routes: Type.Array(Type.String(), { description: 'Where else the appellant can turn.' }),
  ...stands,
}

export const appealEvents = {
  appeal_filed: {
    en: 'A side appealed a decision.',
    zh: '一方对决定提起申诉。',
    of: ['appeal'],
    visibility: 'parties',
    data: {
      reason_code: StrEnum(appealReasonCodes),
      decision: StrEnum(['rejected', 'dismissed', 'imposed', 'deemed_accepted', 'closed'], {
        description: 'The kind of decision that is contested.',
      }),
      case_from: StrEnum(['rejected', 'resolved', 'closed', 'executing'], { description: 'The state that the case was in.' }),
    },
  },
  appeal_assigned: {
    en: 'Somebody was named to judge the appeal.',
    zh: '已指定申诉复核人。',
    of: ['appeal'],
    visibility: 'parties',
    data: { reviewer: Staff('Who judges it.') },
  },
  reviewer_left: {
    en: 'Who judges the appeal stood down or was replaced.',
    zh: '申诉复核人已回避或被更换。',
    of: ['appeal'],
    visibility: 'parties',
    data: { previous_reviewer: Staff('Who was to judge it.') },
  },
  appeal_upheld: {
    en: 'The appeal was upheld, and the case is investigated afresh.',
    zh: '申诉成立，案件重新处理。',
    of: ['appeal'],
    visibility: 'parties',
    data: { explanation: Explanation, ...Waived },
  },
  appeal_denied: {
    en: 'The appeal was denied, and the decision stands.',
    zh: '申诉被驳回，原决定有效。',
    of: ['appeal'],
    visibility: 'parties',
    data: { explanation: Explanation, ...Waived, ...standsForGood },
  },
  appeal_undecided: {
    en: 'Nobody judged the appeal, and the decision stands.',
    zh: '申诉无人裁决而终结，原决定有效。',
    of: ['appeal'],
    visibility: 'parties',
    data: standsForGood,
  },
  appeal_withdrawn: {
    en: 'The appellant withdrew the appeal, and the decision stands.',
    zh: '申诉人已撤回申诉，原决定有效。',
    of: ['appeal'],
    visibility: 'parties',
    data: stands,
  },
} as const satisfies Declarations
