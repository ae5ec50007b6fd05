/**
 * The data of an event that may leave the platform. What is declared as a code, a number, a time, an id or a truth value goes out; texts do
 * not, since people write them or are named in them. So a new field is left out until its declaration says what it is.
 */
import type { TSchema } from 'typebox'
import { namedSchemas } from '../../foundation/http/schema.ts'
import { catalogue, dataSchema, type EventType } from './catalogue.ts'
import type { CaseEventRow } from './table.ts'

/** As much of a JSON schema as the declarations use. */
interface Schema {
  $ref?: string
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  format?: string
  pattern?: string
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  anyOf?: readonly Schema[]
}

/** Fields that are texts by their schema and hold codes: they go out where they look like one. */
const CODES: ReadonlySet<string> = new Set(['obstacle', 'method', 'fields', 'tells', 'sha256', 'rule_id'])
const CODE = /^[a-z0-9_]{1,64}$/
const SAFE_FORMATS: ReadonlySet<string> = new Set(['uuid', 'date-time'])

type Keep = (value: unknown) => unknown

const all: Keep = (value) => value
const code: Keep = (value) => (typeof value === 'string' && CODE.test(value) ? value : undefined)

const named = new Map<string, Schema>()
const schemaNamed = (reference: string): Schema => {
  if (named.size === 0) for (const { name, schema } of namedSchemas()) named.set(`${name}#`, schema as Schema)
  const found = named.get(reference)
  if (found === undefined) throw new Error(`no schema is called ${reference}`)
  return found
}

/**
 * The schema of what may go out of values of this one; `undefined` where nothing may. A part that is named keeps its name where all of it goes
 * out.
 */
const narrowed = (schema: Schema, name: string): Schema | undefined => {
  if (schema.$ref !== undefined) {
    const whole = schemaNamed(schema.$ref)
    const thin = narrowed(whole, name)
    return thin === whole ? schema : thin
  }
  if (schema.anyOf !== undefined) {
    const parts = schema.anyOf.map((one) => (one.type === 'null' ? one : narrowed(one, name)))
    const kept = parts.filter((one) => one !== undefined)
    if (kept.length < schema.anyOf.length) return undefined
    return kept.every((one, index) => one === schema.anyOf?.[index]) ? schema : { ...schema, anyOf: kept }
  }
  if (schema.type === 'array' && schema.enum === undefined) {
    const items = schema.items && narrowed(schema.items, name)
    return items && (items === schema.items ? schema : { ...schema, items })
  }
  if (schema.type === 'object' && schema.enum === undefined) {
    const entries = Object.entries(schema.properties ?? {})
    const kept = entries.flatMap(([field, of]): [string, Schema][] => {
      const thin = narrowed(of, field)
      return thin ? [[field, thin]] : []
    })
    if (kept.length === entries.length && kept.every(([, thin], index) => thin === entries[index]?.[1])) return schema
    const names = new Set(kept.map(([field]) => field))
    return {
      ...schema,
      properties: Object.fromEntries(kept),
      required: (schema.required ?? []).filter((field) => names.has(field)),
    }
  }
  return keeperOf(schema, name) && schema
}

/** The schema of an object as it goes out. A text that is a code only sometimes is left out where it is none, so it is never required. */
export const thinSchema = (schema: object): TSchema => {
  const thin = narrowed(schema as Schema, '') as Schema
  return { ...thin, required: (thin.required ?? []).filter((name) => name !== 'method' && name !== 'obstacle') } as TSchema
}

/** What keeps of a value of this schema all that may go out; `undefined` where nothing may. */
const keeperOf = (schema: Schema, name: string): Keep | undefined => {
  if (schema.$ref !== undefined) return keeperOf(schemaNamed(schema.$ref), name)
  if (schema.anyOf !== undefined) {
    const keepers = schema.anyOf.filter(({ type }) => type !== 'null').map((one) => keeperOf(one, name))
    const [keep] = keepers
    return keepers.length === 1 && keep ? (value) => (value === null ? null : keep(value)) : undefined
  }
  if (schema.enum !== undefined || schema.const !== undefined) return all
  switch (schema.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return all
    case 'string':
      if (schema.format !== undefined && SAFE_FORMATS.has(schema.format)) return all
      return CODES.has(name) ? code : undefined
    case 'array': {
      const keep = schema.items && keeperOf(schema.items, name)
      return keep && ((value) => (Array.isArray(value) ? value.map(keep).filter((one) => one !== undefined) : undefined))
    }
    case 'object': {
      const keep = fieldsOf(schema.properties ?? {})
      return (value) => (typeof value === 'object' && value !== null ? keep(value as Record<string, unknown>) : undefined)
    }
    default:
      return undefined
  }
}

const fieldsOf = (properties: Record<string, Schema>) => {
  const keepers = Object.entries(properties).flatMap(([name, schema]) => {
    const keep = keeperOf(schema, name)
    return keep ? [[name, keep] as const] : []
  })
  return (given: Record<string, unknown>): Record<string, unknown> => {
    const kept: Record<string, unknown> = {}
    for (const [name, keep] of keepers) {
      const value = given[name] === undefined ? undefined : keep(given[name])
      if (value !== undefined) kept[name] = value
    }
    return kept
  }
}

const known = new Map<EventType, ReturnType<typeof fieldsOf>>()

type Told = Pick<CaseEventRow, 'actor_role' | 'from_status' | 'to_status' | 'reason_code' | 'data'> & { type: EventType }

/** Who acted (as what, not who), from which state to which, why, and what of the event's own data may go out. */
export const thinData = ({ type, actor_role, from_status, to_status, reason_code, data }: Told): Record<string, unknown> => {
  const keep = known.get(type) ?? fieldsOf(dataSchema(catalogue[type]).properties as Record<string, Schema>)
  known.set(type, keep)
  return { actor: { role: actor_role }, from_status, to_status, reason_code, ...keep(data) }
}

/** What of a value may go out, by its schema; an object without the fields that may not. */
export const thinned = (schema: object, value: unknown): unknown => keeperOf(schema as Schema, '')?.(value)
