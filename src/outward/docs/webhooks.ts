/** What goes out, as the OpenAPI document describes it: one webhook for each type of event, with its schema and an example. */
import Type from 'typebox'
import { Nullable, named, StrEnum } from '../../foundation/http/schema.ts'
import { pascal } from '../../foundation/lifecycle.ts'
import { roles } from '../../platform/access/caller.ts'
import { exampleEvent } from '../feed/examples.ts'
import { envelope } from '../feed/schema.ts'
import { type OutgoingType, outgoingTypes } from '../feed/types.ts'

/** In the data of every event of a case. */
const common = {
  actor: Type.Object({ role: StrEnum(roles) }, { description: 'As what somebody acted.' }),
  from_status: Nullable(Type.String()),
  to_status: Nullable(Type.String()),
  reason_code: Nullable(Type.String()),
}

/** What stands in no feed: it is added when an event is sent. */
const atSending = {
  gap_from: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The first event of this subject that was given up and that no delivery has told of. Only in deliveries.',
    }),
  ),
  included: Type.Optional(
    Type.Object(
      {
        complaint: Nullable(Type.Record(Type.String(), Type.Unknown()), {
          description:
            'As lists show it, without persons and words unless the endpoint is `personal`; null where the event is about none.',
        }),
        actor: Type.Optional(
          Nullable(Type.Object({ role: StrEnum(roles), id: Type.String({ description: 'Who it was.' }) }), {
            description: 'Who acted; only where the endpoint is `personal`.',
          }),
        ),
      },
      { description: 'What an endpoint with `include` gets beside the event, as it is when it is sent. Only in deliveries.' },
    ),
  ),
}

const schemaOf = (one: OutgoingType) => {
  const { type, en, zh, subject, resources, data } = one
  const own = data as unknown as { properties: Record<string, Type.TSchema>; required?: string[] }
  const fields = subject === 'complaint' ? { ...common, ...own.properties } : own.properties
  const required = [...new Set([...(subject === 'complaint' ? Object.keys(common) : []), ...(own.required ?? [])])]
  const schema = Type.Object(
    {
      ...envelope,
      type: StrEnum([type]),
      resource: Type.Object({ type: StrEnum(resources), id: Type.String() }),
      data: Type.Unsafe<unknown>({ type: 'object', properties: fields, required }),
      ...atSending,
    },
    { description: `${en} ${zh}` },
  )
  return { one, ...named(`${pascal(type)}Webhook`, schema) }
}

const all = outgoingTypes.map(schemaOf)

/** All of them, told apart by `type`. */
export const WebhookEvent = named(
  'WebhookEvent',
  Type.Unsafe<unknown>({
    description: 'Every event of this version, by `type`. Others may be added: pass over what you do not know.',
    oneOf: all.map(({ ref }) => ref),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(all.map(({ one, name }) => [one.type, `#/components/schemas/${name}`])),
    },
  }),
)

const headers = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
  name,
  in: 'header',
  required: true,
  schema: { type: 'string' },
}))

/** The `webhooks` of the document. */
export const webhooks = Object.fromEntries(
  all.map(({ one, name }) => [
    one.type,
    {
      post: {
        operationId: `on${pascal(one.type)}`,
        tags: ['Webhooks'],
        summary: one.en,
        description: `${one.en} ${one.zh}`,
        security: [],
        parameters: headers,
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: `#/components/schemas/${name}` }, example: exampleEvent(one) },
          },
        },
        responses: {
          '2XX': { description: 'Taken. Anything else is tried again.' },
          '410': { description: 'Never again: the endpoint is disabled.' },
        },
      },
    },
  ]),
)
