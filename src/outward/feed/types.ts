/** Every type of event that can go out, whatever it is about: from the catalogue of cases, from those about merchants, and from that of the platform. */
import Type, { type TSchema } from 'typebox'
import { dataSchema, eventTypes, catalogue as ofCases } from '../../case/case-events/catalogue.ts'
import type { EventDeclaration } from '../../case/case-events/declaration.ts'
import { thinSchema } from '../../case/case-events/thin.ts'
import { merchantEvents } from '../../case/settlement-rules/events.ts'
import { affiliateEvents } from '../../money/affiliates/events.ts'
import { depositEvents, fundEvents } from '../../money/movements/events.ts'
import { shortageEvents } from '../../money/shortages/events.ts'
import type { EventSubject } from '../../words/events.ts'
import { invalidField } from '../../words/problems.ts'
import { platformEvents } from '../webhooks/events.ts'

export interface OutgoingType {
  type: string
  en: string
  zh: string
  subject: EventSubject
  /** What it can be about. */
  resources: readonly string[]
  /** Of its `data`, as it goes out. */
  data: TSchema
}

/** An event that is about no case, as it is declared. */
interface Declared {
  en: string
  zh: string
  resource: string
  data: Type.TProperties
}

const of = (subject: EventSubject, declared: Readonly<Record<string, Declared>>): OutgoingType[] =>
  Object.entries(declared).map(([type, { en, zh, resource, data }]) => ({
    type,
    en,
    zh,
    subject,
    resources: [resource],
    data: Type.Object(data),
  }))

export const outgoingTypes: readonly OutgoingType[] = [
  ...eventTypes.map((type): OutgoingType => {
    const declaration: EventDeclaration = ofCases[type]
    const { en, zh, of: resources } = declaration
    return { type, en, zh, subject: 'complaint', resources, data: thinSchema(dataSchema(declaration)) }
  }),
  ...of('merchant', { ...merchantEvents, ...depositEvents, ...affiliateEvents, ...shortageEvents }),
  ...of('fund', fundEvents),
  ...of('platform', platformEvents),
]

const known = new Map(outgoingTypes.map((one) => [one.type, one]))

/** `undefined` for a type that this version does not tell. */
export const outgoingType = (type: string): OutgoingType | undefined => known.get(type)

const fits = (pattern: string): boolean =>
  pattern.endsWith('*') ? outgoingTypes.some(({ type }) => type.startsWith(pattern.slice(0, -1))) : known.has(pattern)

/**
 * Refuses what no event is called: a misspelt type would wait for ever.
 * @param at the field, as a pointer
 * @throws Problem `validation_failed` (400)
 */
export const checkTypes = (patterns: readonly string[] | undefined, at: string): void => {
  const odd = patterns?.findIndex((pattern) => !fits(pattern)) ?? -1
  if (odd >= 0) throw invalidField(`${at}/${odd}`, 'unknown_type', UNKNOWN_TYPE)
}

/** What is said of a type that is none. */
export const UNKNOWN_TYPE = 'is no type of event; docs/events.md lists them'
