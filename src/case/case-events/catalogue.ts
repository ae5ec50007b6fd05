/**
 * Everything that can happen to a case: each type of event is declared once, under `declared/`, and a rule can tell no other. The OpenAPI
 * document and docs/events.md list them from here. An event that another version of the service stored may have a type that is not here.
 */

import Type, { type Static } from 'typebox'
import { clocks, type EventDeclaration, type EventResource } from './declaration.ts'
import { advanceEvents } from './declared/advance.ts'
import { appealEvents } from './declared/appeal.ts'
import { complaintEvents } from './declared/complaint.ts'
import { deadlineEvents, silenceEvents } from './declared/deadline.ts'
import { holdEvents } from './declared/hold.ts'
import { planEvents } from './declared/refund-plan.ts'
import { riskEvents } from './declared/risk.ts'
import { stepEvents } from './declared/step.ts'
import { evidenceEvents, messageEvents } from './declared/words.ts'

/** In the order they are documented. */
export const catalogue = {
  ...complaintEvents,
  ...riskEvents,
  ...silenceEvents,
  ...planEvents,
  ...stepEvents,
  ...appealEvents,
  ...advanceEvents,
  ...holdEvents,
  ...evidenceEvents,
  ...messageEvents,
  ...deadlineEvents,
} as const

export type EventType = keyof typeof catalogue
export const eventTypes = Object.keys(catalogue) as EventType[]

type Declared<T extends EventType> = (typeof catalogue)[T]

/** What an event of this type can be about. */
export type ResourceOf<T extends EventType> = Declared<T>['of'][number]

/** The types of events that can be about this. */
export type EventTypeOf<R extends EventResource> = { [T in EventType]: R extends ResourceOf<T> ? T : never }[EventType]

/** What a rule tells as the data of an event of this type. */
export type DataOf<T extends EventType> = Static<Type.TObject<Declared<T>['data']>>

/** How a type of event is declared; `undefined` for one that this version does not know. */
export const eventOf = (type: string): EventDeclaration | undefined =>
  Object.hasOwn(catalogue, type) ? catalogue[type as EventType] : undefined

/** The data of an event as they are stored: what its rule tells, and `clocks`, the changes of deadlines. */
export const dataSchema = ({ data }: EventDeclaration) => Type.Object({ ...data, clocks })
