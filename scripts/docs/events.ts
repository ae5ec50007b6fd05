/** docs/events.md, from the catalogue of events. */
import type { TSchema } from 'typebox'
import { catalogue, eventTypes } from '../../src/case/case-events/catalogue.ts'
import { ClockChangeOut, type EventDeclaration, eventResources } from '../../src/case/case-events/declaration.ts'
import { visibleTo } from '../../src/case/case-events/schema.ts'
import { type OutgoingType, outgoingType, outgoingTypes } from '../../src/outward/feed/types.ts'
import { code, list, table } from './markdown.ts'

/** The parts of a schema that are read here. */
type Shape = TSchema & {
  type?: string
  format?: string
  enum?: readonly string[]
  const?: unknown
  description?: string
  properties?: Readonly<Record<string, Shape>>
  required?: readonly string[]
  items?: Shape
  anyOf?: readonly Shape[]
  $ref?: string
}

/** What a field holds: `text or null`, `list of id`, one of some words. */
const kindOf = ({ type, format, enum: words, const: only, properties, items, anyOf, $ref }: Shape): string => {
  if (anyOf) return anyOf.map(kindOf).join(' or ')
  if ($ref) return code($ref.replace('#', ''))
  if (only !== undefined) return code(String(only))
  if (words) return list(words)
  if (items) return `list of ${kindOf(items)}`
  if (properties) return `{ ${Object.keys(properties).map(code).join(', ')} }`
  if (format === 'uuid') return 'id'
  if (format === 'date-time') return 'time'
  return type === 'string' ? 'text' : (type ?? 'anything')
}

const isOptional = (schema: Shape): boolean => '~optional' in schema

const fieldTable = (fields: Readonly<Record<string, Shape>>): string =>
  table(
    ['Field', 'Holds', ''],
    Object.entries(fields).map(([name, schema]) => [
      isOptional(schema) ? `${code(name)}?` : code(name),
      kindOf(schema),
      (schema.description ?? '').replaceAll('\n', '; '),
    ]),
  )

/** Which fields of its data an event takes along when it goes out, and whose events it is counted among. */
const goesOut = ({ subject, data }: OutgoingType): string => {
  const fields = Object.keys((data as Shape).properties ?? {})
  return `Goes out under the subject \`${subject}\`${fields.length === 0 ? '.' : `, with ${fields.map(code).join(', ')}.`}`
}

const eventText = (type: string, declaration: EventDeclaration): string[] => {
  const { en, zh, of, data } = declaration
  return [
    `### ${type}`,
    `${en} ${zh}`,
    `About: ${of.map(code).join(' or ')}. Visible to: ${visibleTo(declaration)}.`,
    goesOut(outgoingType(type) as OutgoingType),
    ...(Object.keys(data).length > 0 ? [fieldTable(data)] : []),
  ]
}

const titles: Readonly<Record<(typeof eventResources)[number], string>> = {
  complaint: 'The case',
  refund_plan: 'Refund plans',
  appeal: 'Appeals',
  advance: 'Advances of the guarantee fund',
  receivable: 'Debts to the guarantee fund',
  hold: 'Held settlements',
  evidence: 'Evidence',
  message: 'Messages',
  deadline: 'Deadlines',
}

export const eventsPage = (): string =>
  `${[
    '<!-- Written by `npm run docs` from the catalogue in src/case/case-events. Do not edit. -->',
    '# Events',
    'Whatever happens to a case stands in its timeline, `GET /v1/complaints/{id}/events`: who did it, when, from which state to which, why, and the data of its type, which this page lists. In the OpenAPI document the same is `KnownCaseEvent`.',
    '- Later versions add types, and fields to the data of a type: pass over what you do not know.\n- `parties` are both sides; `staff` are agents, supervisors and admins, who read every event. A party reads the events told to both sides or to its own.\n- Events are never changed. Those that an earlier version of the service told may lack a field that was added since.\n- A field marked `?` is left out where there is nothing to say.\n- Every event also goes out, by the feed and by webhooks ([receive events](guide/receive-events.md)): codes, numbers, times and ids, no words. Each says below what it takes along.',
    '## What an event did to deadlines',
    'The first event of each act lists under `data.clocks` what became of the deadlines of the case:',
    fieldTable(ClockChangeOut.schema.properties),
    '## All types',
    ...eventResources.flatMap((resource) => {
      const types = eventTypes.filter((type) => (catalogue[type].of[0] as string) === resource)
      return [
        `**${titles[resource]}**`,
        table(
          ['Type', 'What happened', '发生了什么', 'Visible to'],
          types.map((type) => {
            const { en, zh, visibility, otherwise }: EventDeclaration = catalogue[type]
            return [`[${type}](#${type})`, en, zh, otherwise === undefined ? code(visibility) : `${code(visibility)} …`]
          }),
        ),
      ]
    }),
    ...eventResources.flatMap((resource) => [
      `## ${titles[resource]}`,
      ...eventTypes
        .filter((type) => (catalogue[type].of[0] as string) === resource)
        .flatMap((type) => eventText(type, catalogue[type])),
    ]),
    '## Merchants, the fund and the platform',
    'These are about no case: they stand in the feed and in no timeline.',
    ...outgoingTypes
      .filter(({ subject }) => subject !== 'complaint')
      .flatMap((one) => [
        `### ${one.type}`,
        `${one.en} ${one.zh}`,
        `About: ${one.resources.map(code).join(' or ')}.`,
        goesOut(one),
        fieldTable((one.data as Shape).properties ?? {}),
      ]),
  ].join('\n\n')}\n`
