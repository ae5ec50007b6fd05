/** Wire types of webhooks. */
import Type, { type Static } from 'typebox'
import {
  AnyOf,
  CreatedAt,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { personIdFormat } from '../../platform/access/people.ts'
import { categories, HIGHEST_LEVEL } from '../../words/complaints.ts'
import { attemptErrors, deliveryStates, disabledReasons, endpointStates, signatureKinds } from '../../words/webhooks.ts'
import { SubjectType, TypePatterns } from '../feed/schema.ts'

const Url = Type.String({
  minLength: 1,
  maxLength: 2000,
  description:
    'Where events are sent by POST: https, a public address, a port that the service allows. Redirects are not followed.',
  example: 'https://shop.example/redress-events',
})
const Description = Type.Optional(Nullable(Text(500), { description: 'What it is for.' }))
const Types = TypePatterns('Which types of events: by name, by beginning (`plan_*`), or all (`*`).')
const Filters = Strict(
  {
    merchant: Type.Optional(
      Type.Array(Type.String({ format: personIdFormat, maxLength: 256 }), {
        description: 'Only events of complaints about one of these merchants.',
        minItems: 1,
        maxItems: 100,
      }),
    ),
    category: Type.Optional(
      Type.Array(StrEnum(categories), {
        description: 'Only events of complaints of one of these categories.',
        minItems: 1,
        maxItems: categories.length,
      }),
    ),
    level: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: HIGHEST_LEVEL }), {
        description: 'Only events of complaints on one of these levels.',
        minItems: 1,
        maxItems: HIGHEST_LEVEL,
      }),
    ),
  },
  { description: 'Only events of complaints like these; one that is about no complaint fits no filter.' },
)
const Headers = Type.Record(
  Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" }),
  Type.String({ minLength: 1, maxLength: 1000, pattern: '^[ -~]+$' }),
  {
    maxProperties: 10,
    description:
      'Sent with each request, as an `Authorization` of the receiver. They are kept like secrets: only their names are shown.',
    example: { 'X-Environment': 'test' },
  },
)
const Ordered = Type.Boolean({
  description:
    'Whether an event is sent only once the one before it about the same case was delivered or given up. Other cases go on meanwhile.',
})
const Include = Nullable(StrEnum(['complaint']), {
  description: 'What to send beside the event as `included`: the complaint as it is at that moment.',
})
const Personal = Type.Boolean({
  description: 'Whether what is included holds names, contacts and words of people, and who acted.',
})
const MaxPerSecond = Nullable(Type.Integer({ minimum: 1, maximum: 10_000 }), {
  description: 'The most requests a second; null for as many as the receiver answers, sixteen at a time from each instance.',
})

export const NewWebhookEndpoint = named(
  'NewWebhookEndpoint',
  Strict(
    {
      url: Url,
      description: Description,
      types: Type.Optional(Types),
      filters: Type.Optional(Filters),
      headers: Type.Optional(Headers),
      ordered: Type.Optional(Ordered),
      signature: Type.Optional(
        StrEnum(signatureKinds, {
          description:
            '`hmac`: both sides share a secret, every library verifies it; the default. `ed25519`: the receiver verifies with a public key and could not sign itself.',
        }),
      ),
      include: Type.Optional(Include),
      personal: Type.Optional(Personal),
      max_per_second: Type.Optional(MaxPerSecond),
    },
    { example: { url: 'https://shop.example/redress-events', types: ['refund_requested', 'complaint_*'] } },
  ),
)
export type NewEndpointBody = Wire<typeof NewWebhookEndpoint>

export const WebhookEndpointPatch = named(
  'WebhookEndpointPatch',
  Strict(
    {
      url: Type.Optional(Url),
      description: Description,
      types: Type.Optional(Types),
      filters: Type.Optional(Nullable(Filters, { description: 'Replaces all filters; null: every complaint.' })),
      headers: Type.Optional(Nullable(Headers, { description: 'Replaces all headers; null: none.' })),
      ordered: Type.Optional(Ordered),
      include: Type.Optional(Include),
      personal: Type.Optional(Personal),
      max_per_second: Type.Optional(MaxPerSecond),
      state: Type.Optional(
        StrEnum(endpointStates, {
          description:
            'One that is made active again goes on in the feed where it stopped: it misses nothing that is still kept.',
        }),
      ),
    },
    { minProperties: 1, example: { state: 'active' } },
  ),
)
export type EndpointPatchBody = Wire<typeof WebhookEndpointPatch>

const Held = Type.Object({
  subject: Type.Object(
    { type: SubjectType, id: Type.String({ description: 'Its id.' }) },
    { description: 'What the event is about.' },
  ),
  sequence: Type.Integer({ description: 'The event that waits.' }),
  delivery_id: Id(),
  since: TimeText({ description: 'Since when it waits.' }),
})

/** How many held subjects are shown. */
export const MOST_HELD_SHOWN = 10

const shown = {
  id: Id(),
  url: Url,
  description: Nullable(Type.String(), { description: 'What it is for.' }),
  types: Type.Array(Type.String(), { description: 'The types of events that are sent.' }),
  filters: Filters,
  headers: Type.Array(Type.String(), { description: 'The names of the headers that are sent.' }),
  ordered: Ordered,
  signature: StrEnum(signatureKinds, { description: 'How its deliveries are signed.' }),
  public_key: Nullable(Type.String(), { description: '`whpk_…` of an `ed25519` endpoint.' }),
  previous_secret_until: Nullable(TimeText(), { description: 'Until when the secret before signs as well.' }),
  include: Include,
  personal: Personal,
  max_per_second: MaxPerSecond,
  state: StrEnum(endpointStates, { description: 'Whether anything is sent to it.' }),
  disabled_reason: Nullable(StrEnum(disabledReasons), {
    description: '`gone`: it answered 410. `failing`: nothing but failures for five days, ten attempts at least.',
  }),
  failing_since: Nullable(TimeText(), { description: 'The first failure since the last success, in real time.' }),
  last_success_at: Nullable(TimeText(), { description: 'When a delivery arrived last; null for never.' }),
  last_failure_at: Nullable(TimeText(), { description: 'When one failed last; null for never.' }),
  paused_until: Nullable(TimeText(), { description: 'It asked for a rest, or fails: nothing is sent before then.' }),
  held: Type.Array(Held, {
    maxItems: MOST_HELD_SHOWN,
    description: 'Subjects whose next event has been waiting for over an hour, the longest first. `…/skip` releases one.',
  }),
  version: Version,
  created_at: CreatedAt,
  created_by: Type.String({ description: 'Who made it, as `role:id`.' }),
  updated_at: UpdatedAt,
}

export const WebhookEndpointOut = named('WebhookEndpoint', Type.Object(shown))
export type EndpointWire = Wire<typeof WebhookEndpointOut>

const Secret = Nullable(Type.String(), {
  description: '`whsec_…`, shown this once; null for `ed25519`, whose private key nobody is shown.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
})

export const EndpointWithSecret = named('WebhookEndpointWithSecret', Type.Object({ ...shown, secret: Secret }))

/** Days for which both secrets sign. */
export const MOST_OVERLAP_DAYS = 7

export const RotateSecretIn = named(
  'RotateWebhookSecret',
  Strict(
    {
      overlap_days: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: MOST_OVERLAP_DAYS,
          default: 1,
          description: 'For how many days the secret before signs beside the new one.',
        }),
      ),
    },
    { example: { overlap_days: 1 } },
  ),
)

export const TestIn = named(
  'TestWebhook',
  Strict(
    {
      type: Type.Optional(
        Type.String({
          pattern: '^[a-z][a-z0-9_]{0,63}$',
          maxLength: 64,
          description: 'Of which type to send an example.',
          example: 'refund_requested',
        }),
      ),
    },
    { example: { type: 'refund_requested' } },
  ),
)

const attemptFields = {
  at: TimeText({ description: 'Real time.' }),
  duration_ms: Type.Integer({ description: 'How long the attempt took, in milliseconds.' }),
  status: Nullable(Type.Integer(), { description: 'Null where no answer came.' }),
  error: Nullable(StrEnum(attemptErrors), { description: 'Null for a success.' }),
  response: Nullable(Type.String(), { description: 'How the answer began, at most a kilobyte.' }),
}

export const TestResult = named(
  'WebhookTestResult',
  Type.Object({ event_id: Id(), delivered: Type.Boolean({ description: 'Whether it arrived.' }), ...attemptFields }),
)

export const DeliveryOut = named(
  'WebhookDelivery',
  Type.Object({
    id: Id(),
    endpoint_id: Id(),
    event: Type.Object(
      { id: Id(), type: Type.String({ description: 'Its type.' }) },
      { description: 'The event that is delivered.' },
    ),
    subject: Type.Object(
      { type: SubjectType, id: Type.String({ description: 'Its id.' }) },
      { description: 'What it is about.' },
    ),
    sequence: Type.Integer({ description: 'Its place among the events of that.' }),
    state: StrEnum(deliveryStates, { description: '`failed`: given up after ten attempts. `skipped`: by hand.' }),
    attempts: Type.Array(
      Type.Object({ number: Type.Integer({ description: 'Which attempt, from 1.', minimum: 1 }), ...attemptFields }),
      {
        description: 'Oldest first, the last twenty.',
      },
    ),
    next_attempt_at: Nullable(TimeText(), { description: 'Real time; null once it is not pending.' }),
    created_at: TimeText({ description: 'Real time.' }),
    ended_at: Nullable(TimeText(), { description: 'When it arrived or was given up; null while it is pending.' }),
  }),
)
export type DeliveryWire = Wire<typeof DeliveryOut>

export const deliveryQuery = listQuery({
  state: Type.Optional(AnyOf(deliveryStates, { description: 'In one of these states.' })),
})
export type DeliveryQuery = Static<typeof deliveryQuery>

/** Events that one recovery looks at. */
export const MOST_RECOVERED = 5_000

export const RecoverIn = named(
  'RecoverWebhooks',
  Strict(
    {
      since: TimeText({ description: 'From which moment of real time on.' }),
      only_failed: Type.Optional(
        Type.Boolean({
          default: true,
          description: 'Whether only what was given up is sent again. `false`: also what was never made for this endpoint.',
        }),
      ),
    },
    { example: { since: '2026-11-21T00:00:00Z', only_failed: true } },
  ),
)

export const Recovered = named(
  'RecoveredWebhooks',
  Type.Object({
    queued: Type.Integer({ description: 'Deliveries that are to be sent.' }),
    looked_at: Type.Integer({ description: 'Events that were looked at.' }),
    next_since: Nullable(TimeText(), { description: 'Ask again with this as `since`: there are more events. Null at the end.' }),
  }),
)
