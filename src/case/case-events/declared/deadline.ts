/** Events that clocks and silence bring about: of the case, and of one deadline of it. */

import Type from 'typebox'
import { Id, Nullable, StrEnum, TimeText } from '../../../foundation/http/schema.ts'
import { deadlineKinds } from '../../../words/deadlines.ts'
import { type Declarations, Level, ofClock, ofDueClock, Silence } from '../declaration.ts'

const Planned = { ...ofClock, action: Silence }

/** The data of an event that tells a missed duty to those who have to know. */
const ofMiss = {
  ...ofDueClock,
  step: Type.Integer({ minimum: 1, description: 'How often the duty has been missed by now.' }),
  level: Level('The level of the case afterwards.'),
  tells: Type.Array(Type.String(), { description: 'Who is told.', example: ['owner', 'supervisors'] }),
}

/** The clocks of one side that its words hold, or held. */
const heldClocks = {
  deadline_ids: Type.Array(Id()),
  kinds: Type.Array(StrEnum(deadlineKinds), { description: 'Of these deadlines, in the same order.' }),
  side: StrEnum(['complainant', 'respondent']),
}

const StuckAt = Nullable(StrEnum(deadlineKinds), { description: 'The kind of the deadline that was due; null where none was.' })

export const silenceEvents = {
  deadline_missed: {
    en: 'The time of a duty was up, and nobody had done it; `reason_code` is what follows.',
    zh: '期限届满而事项未完成，后果见 `reason_code`。',
    of: ['complaint'],
    visibility: 'parties',
    otherwise: 'to staff where it was a challenge that nobody judged',
    data: {
      ...ofDueClock,
      by_entry: Type.Optional(Type.Literal(true, { description: 'It was overdue when staff entered what had come in before.' })),
    },
  },
  appeal_window_shut: {
    en: 'The time to appeal was over.',
    zh: '申诉期已结束。',
    of: ['complaint'],
    visibility: 'parties',
    data: ofDueClock,
  },
  planned_action_held: {
    en: 'A supervisor held back what the service would have done on silence.',
    zh: '主管暂缓了沉默的后果。',
    of: ['complaint'],
    visibility: 'parties',
    data: { ...Planned, until: TimeText({ description: 'When it happens all the same.' }) },
  },
  planned_action_released: {
    en: 'A supervisor released what had been held back.',
    zh: '主管解除了暂缓。',
    of: ['complaint'],
    visibility: 'parties',
    data: Planned,
  },
  planned_action_brought_forward: {
    en: 'A supervisor let a deadline be due earlier.',
    zh: '主管将期限提前到期。',
    of: ['complaint'],
    visibility: 'parties',
    data: { ...Planned, old_due_at: TimeText(), due_at: TimeText() },
  },
  planned_action_cancelled: {
    en: 'A supervisor cancelled for good what silence would have led to.',
    zh: '主管已取消沉默的后果。',
    of: ['complaint'],
    visibility: 'parties',
    data: Planned,
  },
  clocks_recomputed: {
    en: 'Deadlines were counted anew by the present policy or calendars.',
    zh: '期限已按现行规则或日历重新计算。',
    of: ['complaint'],
    visibility: 'parties',
    otherwise: 'to staff where no deadline moved',
    data: {
      from_version: Type.Integer({ description: 'The policy that the case went by.' }),
      to_version: Type.Integer({ description: 'The policy that it goes by now.' }),
      explanation: Nullable(Type.String(), { description: 'Why, in the words of whoever asked for it.' }),
      recomputation_id: Type.Optional(Id({ description: 'The job that it was part of.' })),
    },
  },
} as const satisfies Declarations

export const deadlineEvents = {
  deadline_due_soon: {
    en: 'A deadline runs out soon; `reason_code` is what follows silence.',
    zh: '期限即将届满，沉默的后果见 `reason_code`。',
    of: ['deadline'],
    visibility: 'staff',
    otherwise: 'to the side whose duty it is',
    data: ofDueClock,
  },
  deadline_reminder: {
    en: 'Whoever owes a duty was reminded that it was missed.',
    zh: '已催办逾期事项。',
    of: ['deadline'],
    visibility: 'staff',
    otherwise: 'to the side whose duty it is',
    data: ofMiss,
  },
  escalation_notice: {
    en: 'Those of the case’s level were told that a duty was missed.',
    zh: '已将逾期通知案件当前级别的人员。',
    of: ['deadline'],
    visibility: 'staff',
    otherwise: 'to the sides that the policy names for the level',
    data: ofMiss,
  },
  silence_held: {
    en: 'Words of a side hold what its silence would lead to.',
    zh: '当事人已留言，其沉默的后果暂缓。',
    of: ['deadline'],
    visibility: 'staff',
    otherwise: 'to the side that spoke',
    data: {
      ...heldClocks,
      until: TimeText({ description: 'When it goes on without an answer.' }),
      resource: StrEnum(['message', 'evidence']),
      resource_id: Id({ description: 'The words.' }),
    },
  },
  silence_released: {
    en: 'What the words of a side had held goes on; `reason_code` says why.',
    zh: '因留言暂缓的期限继续计算，原因见 `reason_code`。',
    of: ['deadline'],
    visibility: 'staff',
    otherwise: 'to the side that spoke',
    data: {
      ...heldClocks,
      due_at: Nullable(TimeText(), {
        description: 'The earliest due time; null where all of them stand still for another reason.',
      }),
    },
  },
  default_outcome_blocked: {
    en: 'The platform stayed silent, and what was wanted could not be proposed; `reason_code` says why.',
    zh: '平台未作出决定，且无法按诉求提出方案，原因见 `reason_code`。',
    of: ['deadline'],
    visibility: 'staff',
    data: { kind: StrEnum(deadlineKinds), action: Silence },
  },
  case_stuck: {
    en: 'The service could not decide what is due in the case; `reason_code` is the class of the error.',
    zh: '系统无法处理该案件的到期事项，错误类别见 `reason_code`。',
    of: ['deadline'],
    visibility: 'staff',
    data: { kind: StuckAt },
  },
  case_unstuck: {
    en: 'The case goes on that the service could not decide.',
    zh: '此前无法处理的案件已恢复。',
    of: ['deadline'],
    visibility: 'staff',
    data: { kind: StuckAt, tries: Type.Integer({ minimum: 1, description: 'How often it had been tried in vain.' }) },
  },
} as const satisfies Declarations
