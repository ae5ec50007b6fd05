/** Wire types of the feed. */
import Type, { type Static } from 'typebox'
import { complaintStates } from '../../case/complaints/lifecycle.ts'
import { Id, Nullable, named, StrEnum, Strict, TimeText, Version } from '../../foundation/http/schema.ts'
import { personIdFormat } from '../../platform/access/people.ts'

const TypePattern = Type.String({ maxLength: 65, pattern: '^(?:\\*|[a-z][a-z0-9_]{0,63}\\*?)$', example: 'plan_*' })
export const TypePatterns = (description: string) => Type.Array(TypePattern, { minItems: 1, maxItems: 50, description })

export const eventExample = {
  id: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f',
  type: 'complaint_accepted',
  timestamp: '2026-11-21T19:16:00.000Z',
  subject: { type: 'complaint', id: '019a9f3b-1a2b-7c31-9a55-0d6f3b1c2e4f' },
  sequence: 2,
  complaint: {
    id: '019a9f3b-1a2b-7c31-9a55-0d6f3b1c2e4f',
    case_number: 'RD-20261121-7K3M9Q',
    reference: 'MP-871',
    status: 'negotiating',
    version: 2,
  },
  resource: { type: 'complaint', id: '019a9f3b-1a2b-7c31-9a55-0d6f3b1c2e4f' },
  data: { actor: { role: 'agent' }, from_status: 'submitted', to_status: 'negotiating', reason_code: null },
}

/** What an event is about. Others come with later versions, so it is no closed list. */
export const SubjectType = Type.String({
  description: '`complaint`, `merchant` or `platform`; `order` and `fund` may follow.',
  example: 'complaint',
})

/** The fields of every event, whatever its type. */
export const envelope = {
  id: Id({ description: 'The same in the feed, in each delivery and at each attempt: also the `webhook-id`.' }),
  type: Type.String({
    description: 'What happened, in the past tense. Types may be added: pass over what you do not know.',
    example: 'complaint_accepted',
  }),
  timestamp: TimeText({ description: 'When it happened, in platform time.' }),
  subject: Type.Object(
    { type: SubjectType, id: Type.String({ description: 'Its id: that of the case for a complaint.' }) },
    { description: 'What it is about. Events of one subject come in order.' },
  ),
  sequence: Type.Integer({ minimum: 1, description: 'Its place among the events of its subject: 1, 2, 3 … without a gap.' }),
  complaint: Nullable(
    Type.Object({
      id: Id({ description: 'Its id: a UUIDv7.' }),
      case_number: Type.String({ description: 'Its number, for people.' }),
      reference: Nullable(Type.String(), { description: 'The platform’s own id of the case.' }),
      status: StrEnum(complaintStates, { description: 'Where it stood then.' }),
      version: Version,
    }),
    { description: 'The case as the decision left it; null where it is about none.' },
  ),
  resource: Type.Object(
    { type: Type.String({ description: 'A complaint, a plan, a step and so on.' }), id: Type.String({ description: 'Its id.' }) },
    { description: 'What changed.' },
  ),
}

export const OutgoingEvent = named(
  'Event',
  Type.Object(
    {
      ...envelope,
      data: Type.Record(Type.String(), Type.Unknown(), {
        description:
          '`actor.role`, `from_status`, `to_status`, `reason_code`, and the codes, numbers and times of its type. No personal data and no words: read the case for those.',
      }),
    },
    { description: 'Something that happened, as it goes out.', example: eventExample },
  ),
)

/** How long a reader may wait, in seconds. */
export const MOST_WAIT_SECONDS = 30

export const feedQuery = Strict({
  after: Type.Optional(
    Type.String({
      maxLength: 700,
      description:
        '`next_cursor` of the answer before: of any key of the platform and with any filters. Without it the feed begins with the oldest event that is kept; `now` begins behind the newest.',
    }),
  ),
  types: Type.Optional(
    Type.Array(TypePattern, {
      minItems: 1,
      maxItems: 50,
      style: 'form',
      explode: false,
      description: 'Only these types; `plan_*` stands for all that begin so.',
    }),
  ),
  complaint: Type.Optional(Id({ description: 'Only events of this complaint.' })),
  merchant: Type.Optional(
    Type.Array(Type.String({ format: personIdFormat, maxLength: 256 }), {
      minItems: 1,
      maxItems: 20,
      style: 'form',
      explode: false,
      description: 'Only events of these merchants and of complaints about them.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({ description: 'The most events that the page may have.', minimum: 1, maximum: 100, default: 20 }),
  ),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MOST_WAIT_SECONDS,
      default: 0,
      description: 'How many seconds to wait for an event where there is none yet. The answer comes as soon as one is there.',
    }),
  ),
})
export type FeedQuery = Static<typeof feedQuery>

export const FeedPageOut = named(
  'EventPage',
  Type.Object({
    data: Type.Array(OutgoingEvent.ref, { description: 'The events of this page, in their order.' }),
    next_cursor: Type.String({ description: 'Where to go on, also where there is nothing yet: send it as `after`.' }),
    has_more: Type.Boolean({
      description:
        'Whether more is there already. A page may be short or empty and have more behind it, since a filter that drops much ends it early.',
    }),
  }),
)
