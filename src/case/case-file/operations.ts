/**
 * The operations by which actions are taken: how they are called and which body they take. The routes, the OpenAPI document and
 * `available_actions` all read it from here.
 */
import type { Named } from '../../foundation/http/schema.ts'
import { camel } from '../../foundation/lifecycle.ts'
import type { Subject } from './case-file.ts'

export interface ActionOperation {
  /** Its `operationId` in the OpenAPI document. */
  id: string
  body: Named
  /** Where the document describes the body. */
  bodySchema: string
  /** The fields that the body always needs. */
  required: readonly string[]
}

export const operationOf = (id: string, body: Named): ActionOperation => {
  const { required = [] } = body.schema as { required?: readonly string[] }
  return { id, body, bodySchema: `#/components/schemas/${body.name}`, required }
}

/** @param noun the second part of the operations' ids: `accept` of a `Complaint` is `acceptComplaint` */
export const operationsOf = <Action extends string>(
  noun: string,
  bodies: Readonly<Record<Action, Named>>,
): Readonly<Record<Action, ActionOperation>> =>
  Object.fromEntries(
    Object.entries<Named>(bodies).map(([action, body]) => [action, operationOf(`${camel(action)}${noun}`, body)]),
  ) as Record<Action, ActionOperation>

/** What an action asks for as the case stands, beyond what the schema of its body says. */
export interface Asks {
  /** Fields that are needed besides. */
  required?: readonly string[]
  /** A JSON Schema (2020-12) that the body has to meet besides; an amount or a choice that it admits can still be refused by a rule. */
  limits?: object
}

/** What the actions of a room ask for; one that is absent asks for nothing beyond its schema. */
export type AsksOf = Readonly<Record<string, (subject: Subject) => Asks>>
