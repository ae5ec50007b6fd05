/** Wire types of cases that cannot be decided. */
import Type from 'typebox'
import { AnyOf, Id, listQuery, Nullable, named, StrEnum, Strict, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { deadlineKinds } from '../../words/deadlines.ts'
import { errorClasses, errorClassNames } from '../../words/stuck-cases.ts'

const ErrorClassWord = StrEnum(errorClasses, {
  description: `What keeps it from being decided. ${errorClasses
    .map((name) => `\`${name}\` (${errorClassNames[name].zh}): ${errorClassNames[name].en}.`)
    .join(' ')}`,
})

const tried = {
  since: TimeText({ description: 'When it could not be decided for the first time; real time, like the others.' }),
  error_class: ErrorClassWord,
  tries: Type.Integer({ minimum: 1, description: 'How often it has been tried.' }),
  next_try_at: TimeText({ description: 'When a sweep tries it next, at the earliest. The pauses double, up to an hour.' }),
}

/** An extra field of lists that are made by the rules of one case, as its planned actions. */
export const listIsStuck = {
  stuck: Type.Boolean({
    description:
      'The system cannot decide this case at present: what its rules would have to say is left out. It is tried again by itself.',
  }),
}

/** The field `stuck` of a complaint. */
export const StuckOut = named('Stuck', Type.Object(tried, { description: 'The system cannot decide the case.' }))

export const StuckCaseOut = named(
  'StuckCase',
  Type.Object({
    complaint_id: Id({ description: 'The case.' }),
    case_number: Type.String({ description: 'The case, for people.', example: 'RD-20261121-7K3M9Q2X' }),
    deadline_id: Nullable(Id(), { description: 'The duty that was due first; null where none was.' }),
    kind: Nullable(StrEnum(deadlineKinds), { description: 'The kind of that duty; null where none was.' }),
    due_at: Nullable(TimeText(), { description: 'When that was due, in the platform’s time.' }),
    ...tried,
    last_tried_at: TimeText({ description: 'When it was tried last.' }),
  }),
)
export type StuckCaseWire = Wire<typeof StuckCaseOut>
export type StuckWire = Wire<typeof StuckOut>

export const stuckQuery = listQuery({
  error_class: Type.Optional(AnyOf(errorClasses, { description: 'Of one of these classes.' })),
  kind: Type.Optional(AnyOf(deadlineKinds, { description: 'Of the duty that was due first.' })),
})

export const RetryIn = named('RetryStuckCase', Strict({}, { example: {} }))

export const RetryAllIn = named(
  'RetryStuckCases',
  Strict(
    {
      error_class: Type.Optional(StrEnum(errorClasses, { description: 'Only those of this class.' })),
      kind: Type.Optional(StrEnum(deadlineKinds, { description: 'Only those that are stuck at this duty.' })),
    },
    { example: { error_class: 'policy_missing' } },
  ),
)

export const RetriedOut = named(
  'RetriedStuckCases',
  Type.Object({ retried: Type.Integer({ minimum: 0, description: 'How many cases the next sweep tries.' }) }),
)
