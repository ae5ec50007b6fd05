/** Example events, made from the schemas: for the documentation, and to try an endpoint out. */
import { namedSchemas } from '../../foundation/http/schema.ts'
import { eventExample } from './schema.ts'
import { type OutgoingType, outgoingType } from './types.ts'

interface Schema {
  $ref?: string
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  format?: string
  minimum?: number
  example?: unknown
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  anyOf?: readonly Schema[]
}

const ID = '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f'

const exampleOf = (schema: Schema): unknown => {
  if (schema.$ref !== undefined) {
    const found = namedSchemas().find(({ name }) => `${name}#` === schema.$ref)
    return exampleOf((found?.schema ?? {}) as Schema)
  }
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf.find(({ type }) => type !== 'null') ?? {})
  if (schema.const !== undefined) return schema.const
  if (schema.example !== undefined) return schema.example
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'array':
      return [exampleOf(schema.items ?? {})]
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name))
          .map(([name, field]) => [name, exampleOf(field)]),
      )
    case 'string':
      return schema.format === 'date-time' ? '2026-11-21T19:16:00.000Z' : schema.format === 'uuid' ? ID : 'code'
    default:
      return null
  }
}

/** An event of this type as it may look. @param platformId of the platform, where it is the subject */
export const exampleEvent = ({ type, subject, resources, data }: OutgoingType, platformId = ID) => {
  const [resource = 'complaint'] = resources
  return {
    ...eventExample,
    type,
    subject: subject === 'complaint' ? eventExample.subject : { type: subject, id: platformId },
    complaint: subject === 'complaint' ? eventExample.complaint : null,
    resource: { type: resource, id: resource === 'complaint' ? eventExample.complaint.id : ID },
    data: {
      ...(subject === 'complaint' ? { actor: { role: 'agent' }, from_status: null, to_status: null, reason_code: null } : {}),
      ...(exampleOf(data as Schema) as object),
    },
  }
}

export const exampleOfType = (type: string, platformId: string): ReturnType<typeof exampleEvent> | undefined => {
  const found = outgoingType(type)
  return found && exampleEvent(found, platformId)
}
