/** Wire types of recomputations. */
import Type from 'typebox'
import { Id, Nullable, named, StrEnum, Strict, Text, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { appliesTo, recomputationStatuses } from './table.ts'

const AppliesWord = (notes: object = {}) =>
  StrEnum(appliesTo, {
    description:
      '`policy_and_calendars`: open cases go by the present policy from now on, and their clocks are counted by it in the present calendars. `calendars`: each case keeps its policy.',
    ...notes,
  })

export const RecomputeIn = named(
  'Recompute',
  Strict({
    applies: Type.Optional(AppliesWord({ default: 'policy_and_calendars' })),
    explanation: Type.Optional(
      Text(2000, {
        description: 'Why; the event of each case that it changes says it to whoever may read that.',
        example: 'Spring Festival was announced',
      }),
    ),
  }),
)
export type RecomputeBody = Wire<typeof RecomputeIn>

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const RecomputationOut = named(
  'Recomputation',
  Type.Object(
    {
      id: Id(),
      status: StrEnum(recomputationStatuses, { description: '`running` until the last open case was looked at.' }),
      applies: AppliesWord(),
      explanation: Nullable(Type.String(), { description: 'Why, in the words of whoever asked.' }),
      requested_by: Type.String({ description: 'Who asked, as `role:id`.', example: 'admin:root' }),
      policy_version: Type.Integer({ minimum: 1, description: 'The present one when it was asked for.' }),
      cases_seen: count('Open cases it has come to.'),
      cases_changed: count('Of these, cases in which a clock changed.'),
      clocks_moved: count('Clocks that changed: when they are due, how much is left of them, or what follows silence.'),
      failed: count('Cases that could not be decided and stay as they were. Asking again tries them again.'),
      created_at: TimeText({ description: 'Real time.' }),
      updated_at: TimeText({ description: 'When it last changed.' }),
      finished_at: Nullable(TimeText(), { description: 'Null while it runs.' }),
    },
    { description: 'The clocks of open cases, counted anew; case after case in the background.' },
  ),
)
export type RecomputationWire = Wire<typeof RecomputationOut>
