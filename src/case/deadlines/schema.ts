/** Wire types of the desk's list of deadlines. */
import Type, { type Static } from 'typebox'
import { AnyOf, Id, listQuery, Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { categories, channels } from '../../words/complaints.ts'
import { deadlineKinds, deadlineStatuses, sides } from '../../words/deadlines.ts'
import { DeadlineOut } from '../case-file/schema.ts'

export const DeskDeadlineOut = named(
  'DeskDeadline',
  Type.Object({
    ...DeadlineOut.schema.properties,
    overdue: Type.Boolean({ description: 'Past its due time and still owed.' }),
    complaint_id: Id({ description: 'The case.' }),
    case_number: Type.String({ description: 'The case, for people.' }),
    channel: StrEnum(channels, { description: 'By which the case came in.' }),
    category: StrEnum(categories, { description: 'What the case is about.' }),
    level: Type.Integer({
      description: 'The level of the case: 1 agent, 2 supervisor, 3 dispute panel.',
      minimum: 1,
      maximum: 3,
    }),
    owner: Nullable(Type.String({ example: 'agent:alice' }), { description: 'Who owns the case; null while nobody does.' }),
    unanswered_since: Nullable(TimeText(), {
      description: 'Since when a side of the case has been waiting for an answer of staff.',
    }),
  }),
)
export type DeskDeadlineWire = Wire<typeof DeskDeadlineOut>

export const deskQuery = listQuery({
  due_before: Type.Optional(TimeText({ description: 'Due before this moment.' })),
  status: Type.Optional(AnyOf(deadlineStatuses, { description: '`running` when left out.' })),
  kind: Type.Optional(
    AnyOf(deadlineKinds, { description: 'Every kind but the service’s own reminders (`notice`, `held_silence`) when left out.' }),
  ),
  party: Type.Optional(AnyOf(sides, { description: 'Whose duty it is.' })),
  unanswered: Type.Optional(
    Type.Boolean({ description: '`true`: answers that staff owe to words of a side (`next_reply`); `false`: everything else.' }),
  ),
})
export type DeskQuery = Static<typeof deskQuery>
