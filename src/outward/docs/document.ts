/** What is said of the API as a whole, and what the finished OpenAPI document needs besides what the routes say one by one. */
import { clocksExplained } from '../../case/deadlines/explained.ts'
import { type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { webhooks } from './webhooks.ts'

const description = `A headless dispute service: complaints, evidence, refund plans and appeals.

- Send your API key as \`Authorization: Bearer rdk_…\`, and name the person you act for as \`Redress-Actor: buyer:B-77\`.
- Errors are \`application/problem+json\`; look at \`code\`.
- A resource lists what you can do with it now as \`available_actions\`, and what to send: follow them to the end of the case.
- Send an \`Idempotency-Key\` with every POST, and the same one again when you do not know whether it arrived.
- Amounts are integers in minor units; times are RFC 3339 in UTC.`

/** In the order of a first visit. */
const tags = [
  { name: 'Complaints', description: 'The case: filed, argued, decided, closed.' },
  { name: 'Orders', description: 'What is known of an order, and what of it can still be given back.' },
  { name: 'Evidence', description: 'Proofs, and what has to be proved.' },
  { name: 'Refund plans', description: 'Proposed settlements, their confirmation and their execution step by step.' },
  { name: 'Advances', description: 'The guarantee fund pays a refund first and has it back from the merchant.' },
  { name: 'Held settlements', description: 'What the payment system keeps of a merchant’s sale while a case runs.' },
  { name: 'Receivables', description: 'What a buyer or a merchant owes the guarantee fund.' },
  { name: 'Mass cases', description: 'Many complainants about one item of one merchant within a short time.' },
  { name: 'Settlement rules', description: 'What a merchant agrees to and offers by itself.' },
  { name: 'Return instructions', description: 'Where a merchant has goods sent back to.' },
  { name: 'Fund', description: 'The guarantee fund and the deposits of merchants, and the proof that they add up.' },
  { name: 'Appeals', description: 'A decision contested, and judged by somebody higher.' },
  { name: 'Messages', description: 'What people of a case write to each other.' },
  { name: 'Deadlines', description: 'What is due, and what the service will do by itself.' },
  { name: 'Events', description: 'What happened, for programs that follow it.' },
  { name: 'Webhooks', description: 'Events sent to where somebody wants them.' },
  { name: 'Policy', description: 'Every number in which platforms differ, in versions.' },
  { name: 'Time limits', description: 'How long each step takes at most, for parties and for the public.' },
  { name: 'Calendars', description: 'When business time runs.' },
  { name: 'Operations', description: 'Sweeps: what is due is acted on.' },
  { name: 'Access', description: 'API keys of the platform.' },
  { name: 'Test clock', description: 'The time of a test platform.' },
  { name: 'Health', description: 'For whoever runs the service.' },
  { name: 'Documentation', description: 'This document.' },
]

/** The document without its routes. */
export const frame = (version: string) => ({
  openapi: '3.1.0' as const,
  info: {
    title: 'Redress',
    version,
    description: `${description}\n\n## One case’s clocks\n\n${clocksExplained()}`,
    contact: { name: 'The maintainers of Redress' },
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'Where this document came from' }],
  tags,
  webhooks: webhooks as never,
  components: {
    securitySchemes: { apiKey: { type: 'http' as const, scheme: 'bearer', description: 'An API key of one platform: `rdk_…`.' } },
  },
})

interface Schema {
  $ref?: string
  type?: string
  format?: string
  maximum?: number
  required?: string[]
}

interface MediaType {
  schema: Schema
  example?: unknown
  examples?: Record<string, object>
}

interface Response {
  content?: Record<string, MediaType>
  links?: Record<string, object>
}

interface Parameter {
  name: string
  schema?: { style?: string; explode?: boolean }
}

export interface Operation {
  operationId: string
  summary: string
  requestBody?: { required?: boolean; content: Record<string, MediaType> }
  parameters?: Parameter[]
  responses: Record<string, Response>
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; examples?: Record<string, object> }
}

/** Completes the document that the plugin collected from the routes. */
export const completed = (document: Document): Document => {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
  const recorded = recordedAnswers()
  for (const operation of operations) {
    mendRequest(operation, document.components.schemas)
    showRecordedAnswer(operation, recorded[operation.operationId])
  }
  document.components.examples = shareProblemExamples(operations)
  linkWhatIsCreated(document)
  return sizeIntegers(document)
}

/** Corrects what the plugin gets wrong: it calls every body required, and leaves the style of a list inside its schema. */
const mendRequest = ({ requestBody, parameters = [] }: Operation, schemas: Record<string, Schema>): void => {
  if (requestBody !== undefined) {
    const named = ({ $ref }: Schema) => ($ref === undefined ? undefined : schemas[$ref.replace('#/components/schemas/', '')])
    requestBody.required = Object.values(requestBody.content).some(
      ({ schema }) => ((named(schema) ?? schema).required ?? []).length > 0,
    )
  }
  for (const parameter of parameters) {
    const { style, explode } = parameter.schema ?? {}
    if (style === undefined) continue
    Object.assign(parameter, { style, explode })
    delete parameter.schema?.style
    delete parameter.schema?.explode
  }
}

/** The success that a test recorded, as the example of its answer. */
const showRecordedAnswer = ({ responses }: Operation, recorded: RecordedAnswer | undefined): void => {
  const content = recorded && responses[recorded.status]?.content
  for (const [mediaType, described] of Object.entries(content ?? {}))
    if (mediaType.endsWith('json')) described.example = recorded?.body
}

/** Moves the examples of problems, which many answers share, to the components. @returns them by code */
const shareProblemExamples = (operations: readonly Operation[]): Record<string, object> => {
  const shared: Record<string, object> = {}
  for (const { content } of operations.flatMap(({ responses }) => Object.values(responses))) {
    const problem = content?.['application/problem+json']
    if (problem?.examples === undefined) continue
    Object.assign(shared, problem.examples)
    problem.examples = Object.fromEntries(
      Object.keys(problem.examples).map((code) => [code, { $ref: `#/components/examples/${code}` }]),
    )
  }
  return Object.fromEntries(Object.entries(shared).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/**
 * From what an operation creates to what can be done with it: the operations whose path begins with that of the new resource. That is the
 * operation's own path with an id behind it, or the path that reads what it answers with.
 */
const linkWhatIsCreated = ({ paths }: Document): void => {
  const readers = new Map<string, string>()
  for (const [path, { get }] of Object.entries(paths)) {
    const shown = get?.responses[200]?.content?.['application/json']?.schema.$ref
    if (shown !== undefined && path.endsWith('/{id}')) readers.set(shown, path)
  }
  for (const [path, item] of Object.entries(paths)) {
    for (const { responses } of Object.values(item)) {
      const created = responses[201] ?? responses[202]
      const base =
        `${path}/{id}` in paths ? `${path}/{id}` : readers.get(created?.content?.['application/json']?.schema.$ref ?? '')
      if (created === undefined || base === undefined) continue
      const onIt = Object.entries(paths).filter(([other]) => other === base || other.startsWith(`${base}/`))
      created.links = Object.fromEntries(
        onIt
          // what belongs to the new resource has an id of its own that is not in this answer
          .filter(([other]) => other.split('{').length === 2)
          .flatMap(([, operations]) => Object.values(operations))
          .map(({ operationId, summary }) => [
            operationId,
            { operationId, description: summary, parameters: { id: '$response.body#/id' } },
          ]),
      )
    }
  }
}

/**
 * Maps the values of one part of the document. Examples are values and no schemas, so they stay as they are; a property that is called
 * `example` is a schema like any other.
 * @param isLeft says which keywords to leave out
 */
export const mapSchema = (
  part: object,
  map: (value: unknown) => unknown,
  isLeft: (keyword: string) => boolean = () => false,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(part)
      .filter(([keyword]) => !isLeft(keyword))
      .map(([keyword, value]) => {
        if (keyword === 'example' || keyword === 'examples') return [keyword, value]
        if (keyword !== 'properties') return [keyword, map(value)]
        return [keyword, Object.fromEntries(Object.entries(value as object).map(([name, schema]) => [name, map(schema)]))]
      }),
  )

/** Says of every integer whether 32 bits hold it, for the languages that have to choose. */
const sizeIntegers = <T>(part: T): T => {
  if (Array.isArray(part)) return part.map(sizeIntegers) as T
  if (typeof part !== 'object' || part === null) return part
  const copy = mapSchema(part, sizeIntegers)
  const { type, maximum } = copy as Schema
  if (type === 'integer') copy.format = maximum !== undefined && maximum < 2 ** 31 ? 'int32' : 'int64'
  return copy as T
}
