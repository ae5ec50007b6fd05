/** How operations are described: their problems, the headers they take and give, the form of each kind of answer. */
import Type, { type Static, type TSchema } from 'typebox'
import { Nullable, named, StrEnum } from '../../foundation/http/schema.ts'
import { catalogue, type ProblemCode, problemCodes } from '../../words/problems.ts'
import { AvailableAction, availableActionExample } from './available-action.ts'

const FieldFault = Type.Object({
  pointer: Type.String({
    description: 'RFC 6901 pointer into the body, `?name` in the query or `header:Name`.',
    example: '/order/paid_amount',
  }),
  code: Type.String({ description: 'What is wrong, as a code.', example: 'wrong_type' }),
  detail: Type.String({ description: 'What is wrong, in words.', example: 'must be integer' }),
})

/** RFC 9457. */
export const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ description: 'The code as a URI.', format: 'uri-reference', example: 'urn:redress:problem:not_found' }),
      title: Type.String({ description: 'What the code means.' }),
      status: Type.Integer({ description: 'The status of the answer.', minimum: 400, maximum: 599 }),
      detail: Type.String({ description: 'What was wrong here, and what to do about it.' }),
      instance: Type.String({ description: 'The request id, as in `X-Request-Id` and in the logs.' }),
      code: StrEnum(problemCodes, { description: 'What a program should look at. New codes may be added.' }),
      errors: Type.Optional(Type.Array(FieldFault, { description: 'Every fault that was found in the request.' })),
      available_actions: Type.Optional(
        Type.Array(AvailableAction.ref, {
          description: 'With `action_not_available` and `case_closed`: what this caller can do instead.',
        }),
      ),
    },
    {
      description: `What went wrong. The codes:\n\n${problemCodes
        .map((code) => `- \`${code}\` (${catalogue[code][0]}): ${catalogue[code][1]}. ${catalogue[code][2]}`)
        .join('\n')}`,
    },
  ),
)

/** The problems of every request, whatever it asks for. */
const anywhere = [
  'malformed_request',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
  'internal_error',
  'unavailable',
] as const satisfies readonly ProblemCode[]

/** The problems of every operation under /v1. */
const underV1 = [
  'validation_failed',
  'actor_required',
  'unauthenticated',
  'role_not_granted',
] as const satisfies readonly ProblemCode[]

/** The problems of every operation with a body. */
const withBody = [
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_in_progress',
  'idempotency_key_reused',
] as const satisfies readonly ProblemCode[]

export interface ResponseDescription {
  description: string
  headers?: Record<string, unknown>
  content?: Record<string, { schema: TSchema; example?: object; examples?: Record<string, object> }>
}

type Responses = Record<number, ResponseDescription>

/** A problem of this code, as an answer might show it. */
const exampleOf = (code: ProblemCode): Static<(typeof ProblemSchema)['schema']> => {
  const [status, title, whatToDo] = catalogue[code]
  return {
    type: `urn:redress:problem:${code}`,
    title,
    status,
    detail: whatToDo,
    instance: '7d9f0c1e-52a4-4b8e-9a51-0c2d6d1f3b77',
    code,
    ...(code === 'validation_failed' && {
      errors: [{ pointer: '/order/paid_amount', code: 'wrong_type', detail: 'must be integer' }],
    }),
    ...((code === 'action_not_available' || code === 'case_closed') && { available_actions: [availableActionExample] }),
  }
}

/** One OpenAPI response per status: its description lists the codes, and there is an example of each. */
const responsesOf = (codes: readonly ProblemCode[]): Responses =>
  Object.fromEntries(
    [...Map.groupBy(new Set(codes), (code) => catalogue[code][0])].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${catalogue[code][1]}.`).join(' '),
        content: {
          'application/problem+json': {
            schema: ProblemSchema.ref,
            examples: Object.fromEntries(group.map((code) => [code, { summary: catalogue[code][1], value: exampleOf(code) }])),
          },
        },
      },
    ]),
  )

/** The problems of an operation that needs no key. */
export const openProblems = (...codes: ProblemCode[]): Responses => responsesOf([...anywhere, ...codes])

/** The problems of a read under /v1: the given codes, and those that every operation shares. */
export const problems = (...codes: ProblemCode[]): Responses => responsesOf([...anywhere, ...underV1, ...codes])

/** The problems of a change under /v1, which has a body and an `Idempotency-Key` besides. One that takes `If-Match` adds `version_stale`. */
export const changeProblems = (...codes: ProblemCode[]): Responses => problems(...withBody, ...codes)

const json = (schema: TSchema) => ({ 'application/json': { schema } })
const ETag = { type: 'string', description: 'The version, quoted: `"3"`.' }
const Replayed = { type: 'string', enum: ['true'], description: 'Present when this is the stored answer to an earlier request.' }

/** A 200 answer that shows one resource with its `ETag`. */
export const ok = (schema: TSchema, description = 'The resource as it is now.'): ResponseDescription => ({
  description,
  headers: { ETag, 'Idempotent-Replayed': Replayed },
  content: json(schema),
})

/** A 200 answer that tells what was done: no resource, so no `ETag`. */
export const report = (schema: TSchema, description: string): ResponseDescription => ({
  description,
  headers: { 'Idempotent-Replayed': Replayed },
  content: json(schema),
})

/** A 201 answer with `Location`. */
export const created = (schema: TSchema, description = 'Created.'): ResponseDescription => ({
  description,
  headers: { Location: { type: 'string' }, ETag, 'Idempotent-Replayed': Replayed },
  content: json(schema),
})

/** A 202 answer with `Location`: the work goes on, and the resource at `Location` says how far it is. */
export const accepted = (schema: TSchema, description: string): ResponseDescription => ({
  description,
  headers: { Location: { type: 'string' }, 'Idempotent-Replayed': Replayed },
  content: json(schema),
})

/** An answer without a body: 204, or 304. */
export const noContent = (description: string) => ({ type: 'null', description })

/**
 * A 200 answer that is one page of a list; see pagination.ts.
 * @param more fields of the answer beside `data` and `next_cursor`
 */
export const listOf = (item: TSchema, description = 'One page.', more: Record<string, TSchema> = {}): ResponseDescription => ({
  description,
  headers: { Link: { type: 'string', description: '`<…>; rel="next"`, absent on the last page.' } },
  content: json(
    Type.Object({
      data: Type.Array(item, { description: 'The items of this page.' }),
      next_cursor: Nullable(Type.String(), { description: 'Send it as `cursor` for the next page; null on the last one.' }),
      ...more,
    }),
  ),
})

/** The same page as CSV for spreadsheets, where it is asked for. */
export const orCsv = (answer: ResponseDescription): ResponseDescription => ({
  ...answer,
  content: { ...answer.content, 'text/csv': { schema: Type.String({ description: 'RFC 4180, with a head.' }) } },
})

/** Header parameters of the operations under /v1; `describeRoutes` adds them to the description of each route. */
export const headerParameters = {
  actor: {
    'Redress-Actor': Type.Optional(
      Type.String({
        description:
          'Who acts, as `role:id`. The role must be one of the key’s; the id is percent-encoded (UTF-8) where it is not ASCII, a literal `%` is `%25`, a comma `%2C`.',
        example: 'buyer:B-77',
        maxLength: 3100,
      }),
    ),
  },
  idempotency: {
    'Idempotency-Key': Type.Optional(
      Type.String({
        description:
          'Sending the same request again with the same key returns the first answer instead of acting twice. Kept 24 hours.',
        minLength: 1,
        maxLength: 255,
      }),
    ),
  },
  ifMatch: {
    'If-Match': Type.Optional(
      Type.String({ maxLength: 64, description: 'The version you read, quoted. A newer one answers 412.', example: '"3"' }),
    ),
  },
  /** Of a PUT that also makes what is not there yet. */
  ifMatchUnlessNew: {
    'If-Match': Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'The version you read, quoted; required unless it is new. A newer one answers 412, none 428.',
        example: '"3"',
      }),
    ),
  },
  ifMatchRequired: {
    'If-Match': Type.String({
      maxLength: 64,
      description: 'The version you read, quoted. A newer one answers 412, none 428.',
      example: '"3"',
    }),
  },
}
