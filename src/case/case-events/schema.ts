/** Wire types of the trail. */
import Type, { type Static } from 'typebox'
import { listQuery } from '../../foundation/http/pagination.ts'
import { Id, Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { clockReasonCodes } from '../deadlines/reasons.ts'

export const EventOut = named(
  'CaseEvent',
  Type.Object({
    id: Id(),
    sequence: Type.Integer({
      minimum: 1,
      description: 'Its place in the case. Parties may see gaps: not every event is theirs to read.',
    }),
    type: Type.String({ description: 'What happened, in the past tense.', example: 'complaint_accepted' }),
    at: TimeText({ description: 'Platform time.' }),
    actor: Type.Object({ role: Type.String(), id: Type.String() }),
    resource: StrEnum(['complaint', 'refund_plan', 'appeal', 'evidence', 'message', 'deadline']),
    resource_id: Nullable(Id(), { description: 'Null for the complaint itself.' }),
    from_status: Nullable(Type.String()),
    to_status: Nullable(Type.String()),
    reason_code: Nullable(Type.String(), { description: 'Why, as a code; what was said about it is `data.explanation`.' }),
    note: Nullable(Type.String(), { description: 'The actor’s remark; parties do not see those of staff.' }),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: `More about it. \`clocks\` lists what it did to deadlines: \`{ deadline_id, kind, party, step, change, why, old_due_at, new_due_at, margin_ms }\`, \`change\` one of started, met, missed, cancelled, paused, resumed, recomputed, held, released, brought_forward, action_cancelled; \`why\` one of ${clockReasonCodes.join(', ')}. \`silence_held\` and \`silence_released\` name the clocks of a side in \`deadline_ids\`.`,
    }),
  }),
)
export type EventWire = Wire<typeof EventOut>

export const eventQuery = listQuery({ sort: Type.Optional(StrEnum(['-sequence', 'sequence'], { default: '-sequence' })) })
export type EventQuery = Static<typeof eventQuery>
