/** Every type of event that can go out, whatever it is about: from the catalogue of cases and from that of the platform. */
import Type, { type TSchema } from 'typebox'
import { dataSchema, eventTypes, catalogue as ofCases } from '../../case/case-events/catalogue.ts'
import type { EventDeclaration } from '../../case/case-events/declaration.ts'
import { thinSchema } from '../../case/case-events/thin.ts'
import { platformEvents } from '../webhooks/events.ts'

export interface OutgoingType {
  type: string
  en: string
  zh: string
  subject: 'complaint' | 'platform'
  /** What it can be about. */
  resources: readonly string[]
  /** Of its `data`, as it goes out. */
  data: TSchema
}

export const outgoingTypes: readonly OutgoingType[] = [
  ...eventTypes.map((type): OutgoingType => {
    const declaration: EventDeclaration = ofCases[type]
    const { en, zh, of } = declaration
    return { type, en, zh, subject: 'complaint', resources: of, data: thinSchema(dataSchema(declaration)) }
  }),
  ...Object.entries(platformEvents).map(
    ([type, { en, zh, resource, data }]): OutgoingType => ({
      type,
      en,
      zh,
      subject: 'platform',
      resources: [resource],
      data: Type.Object(data),
    }),
  ),
]

const known = new Map(outgoingTypes.map((one) => [one.type, one]))

/** `undefined` for a type that this version does not tell. */
export const outgoingType = (type: string): OutgoingType | undefined => known.get(type)
