/** Wire types of the preview of a policy. */
import Type from 'typebox'
import { Id, Nullable, named, StrEnum, Strict, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { PolicyIn } from '../../rules/policy/schema.ts'
import { countedKinds, sides, silences } from '../../words/deadlines.ts'

export const MOST_PREVIEWED = 2000
export const MOST_EXAMPLES = 50

export const PreviewIn = named(
  'PolicyPreviewRequest',
  Strict({
    document: PolicyIn.ref,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_PREVIEWED,
        default: MOST_PREVIEWED,
        description: 'How many open cases are looked at.',
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 36,
        pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
        description: '`next_cursor` of the part before.',
        example: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f',
      }),
    ),
  }),
)

const Counted = (description: string) => Type.Integer({ minimum: 0, description })

const movements = {
  moved_earlier: Counted('Clocks that would be due earlier, or have less time left while they are paused.'),
  moved_later: Counted('Clocks that would be due later, or have more time left.'),
  due_now: Counted('Of those that move earlier: clocks that would be due at once.'),
  otherwise: Counted(
    'Clocks of which only something else would change: what follows silence, the calendar, whether they are paused.',
  ),
}

export const PreviewOut = named(
  'PolicyPreview',
  Type.Object(
    {
      cases_seen: Counted('Open cases that were looked at.'),
      cases_changed: Counted('Open cases in which a clock would change.'),
      clocks: Type.Object(movements, { description: 'All of them together.' }),
      by_kind: Type.Array(Type.Object({ kind: StrEnum(countedKinds, { description: 'The kind of deadline.' }), ...movements }), {
        description: 'The same by kind of deadline; kinds without a change are left out.',
      }),
      examples: Type.Array(
        Type.Object({
          complaint_id: Id({ description: 'The case.' }),
          case_number: Type.String({ description: 'The case, for people.' }),
          deadline_id: Id({ description: 'The clock.' }),
          kind: StrEnum(countedKinds, { description: 'Its kind.' }),
          party: StrEnum(sides, { description: 'Whose duty it is.' }),
          old_due_at: Nullable(TimeText(), { description: 'Null while the clock is paused.' }),
          new_due_at: Nullable(TimeText(), { description: 'When it would be due; null while paused.' }),
          old_remaining_ms: Nullable(Type.Integer(), { description: 'The unused rest of a paused clock.' }),
          new_remaining_ms: Nullable(Type.Integer(), { description: 'The rest that it would have while paused.' }),
          old_on_silence: StrEnum(silences, { description: 'What follows silence now.' }),
          new_on_silence: StrEnum(silences, { description: 'What would follow it.' }),
        }),
        { maxItems: MOST_EXAMPLES, description: 'The first clocks that would change.' },
      ),
      complete: Type.Boolean({ description: 'Whether these were the last open cases.' }),
      next_cursor: Nullable(Type.String(), { description: 'Where the next part begins; null when complete.' }),
    },
    {
      description:
        'What a recomputation under this policy would do to the open cases, in the order of their ids. Nothing has been done.',
    },
  ),
)
export type PreviewWire = Wire<typeof PreviewOut>
