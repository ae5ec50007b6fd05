/** Wire types of the trail. */
import Type, { type Static } from 'typebox'
import { Id, listQuery, Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { pascal } from '../../foundation/lifecycle.ts'
import { catalogue, dataSchema, eventTypes } from './catalogue.ts'
import { type EventDeclaration, eventResources } from './declaration.ts'

export const EventOut = named(
  'CaseEvent',
  Type.Object({
    id: Id(),
    sequence: Type.Integer({
      minimum: 1,
      description: 'Its place in the case. Parties may see gaps: not every event is theirs to read.',
    }),
    type: Type.String({
      description:
        'What happened, in the past tense. `KnownCaseEvent` lists the types of this version; others may be added, so pass over what you do not know.',
      example: 'complaint_accepted',
    }),
    at: TimeText({ description: 'Platform time.' }),
    actor: Type.Object(
      { role: Type.String({ description: 'In which role.' }), id: Type.String({ description: 'The person’s id.' }) },
      { description: 'Who did it; the role `system` where the service itself did.' },
    ),
    resource: StrEnum(eventResources, { description: 'What it happened to.' }),
    resource_id: Nullable(Id(), { description: 'Null for the complaint itself.' }),
    from_status: Nullable(Type.String(), { description: 'The state of that before; null where it had none, or it stays.' }),
    to_status: Nullable(Type.String(), { description: 'The state afterwards.' }),
    reason_code: Nullable(Type.String(), { description: 'Why, as a code; what was said about it is `data.explanation`.' }),
    note: Nullable(Type.String(), { description: 'The actor’s remark; parties do not see those of staff.' }),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'More about it: the fields that `KnownCaseEvent` lists for its type, and `clocks`, what it did to deadlines (`ClockChange`).',
    }),
  }),
)
export type EventWire = Wire<typeof EventOut>

/** Who reads it, as one line. */
export const visibleTo = ({ visibility, otherwise }: EventDeclaration): string =>
  otherwise === undefined ? `\`${visibility}\`` : `\`${visibility}\`; ${otherwise}`

/** For each type of event a named schema of what is particular to it. */
const known = eventTypes.map((type) => {
  const declaration: EventDeclaration = catalogue[type]
  const { en, zh, of } = declaration
  const schema = Type.Object(
    { type: StrEnum([type]), resource: StrEnum(of), data: dataSchema(declaration) },
    { description: `${en} ${zh}\n\nVisible to ${visibleTo(declaration)}.` },
  )
  return { type, ...named(`${pascal(type)}Event`, schema) }
})

export const KnownEventOut = named(
  'KnownCaseEvent',
  Type.Unsafe<EventWire>({
    description:
      'What this version of the service can tell in a timeline, by `type`: what a `CaseEvent` is about, and its data. Fields and types may be added.',
    oneOf: known.map(({ ref }) => ref),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(known.map(({ type, name }) => [type, `#/components/schemas/${name}`])),
    },
  }),
)

export const eventQuery = listQuery({
  sort: Type.Optional(
    StrEnum(['-sequence', 'sequence'], { description: 'Newest first, or `sequence` for oldest first.', default: '-sequence' }),
  ),
})
export type EventQuery = Static<typeof eventQuery>
