/**
 * Bodies made from an OpenAPI document and one entry of `available_actions`, by somebody who knows nothing else: no table of actions, no
 * name of a field. Understands as much of JSON Schema as the document uses.
 */
import type { Random } from '../../scripts/demo/random.ts'
import { DAY } from '../../src/foundation/clock.ts'
import type { Json } from '../support/app.ts'

type Schema = Json

/** What only the parts of a composition say, put together: each of its parts has to hold. */
const both = (one: Schema, other: Schema): Schema => {
  const merged = { ...one, ...other }
  if (one.enum && other.enum) merged.enum = one.enum.filter((value: unknown) => other.enum.includes(value))
  for (const [key, pick] of [
    ['minimum', Math.max],
    ['maximum', Math.min],
  ] as const)
    if (one[key] !== undefined && other[key] !== undefined) merged[key] = pick(one[key], other[key])
  if (one.required && other.required) merged.required = [...new Set([...one.required, ...other.required])]
  if (one.properties && other.properties) {
    merged.properties = { ...one.properties }
    for (const [name, schema] of Object.entries(other.properties))
      merged.properties[name] = name in one.properties ? { allOf: [one.properties[name], schema] } : schema
  }
  if (one.items && other.items) merged.items = { allOf: [one.items, other.items] }
  return merged
}

export const bodyMaker = (document: Json, random: Random) => {
  const resolved = (reference: string): Schema =>
    reference
      .split('/')
      .slice(1)
      .reduce((at, name) => at[name], document)

  /** One way to meet a schema: references followed, parts put together, and of each choice one. */
  const flat = (schema: Schema): Schema => {
    if (typeof schema === 'boolean') return schema ? {} : { impossible: true }
    const { $ref, allOf = [], anyOf, oneOf, ...own } = schema
    const parts = [
      ...($ref === undefined ? [] : [resolved($ref)]),
      ...allOf,
      ...(anyOf === undefined ? [] : [random.pick(anyOf)]),
      ...(oneOf === undefined ? [] : [oneOfThem(oneOf)]),
    ]
    return parts.map(flat).reduce(both, own)
  }

  /** One of the choices, without what would make it another one as well. */
  const oneOfThem = (choices: Schema[]): Schema => {
    const picked = random.pick(choices)
    const others = choices.filter((choice) => choice !== picked).flatMap(({ required = [] }) => required as string[])
    return { allOf: [picked, { properties: Object.fromEntries(others.map((name) => [name, false])) }] }
  }

  const text = ({
    format,
    pattern,
    example,
    minLength = 1,
    formatMinimum,
    formatExclusiveMinimum,
    formatExclusiveMaximum,
    not,
  }: Schema) => {
    if (formatExclusiveMaximum) return formatMinimum
    if (format === 'date-time')
      return new Date(Date.parse(formatExclusiveMinimum ?? formatMinimum ?? example) + DAY).toISOString()
    const people = [example, 'supervisor:sun', 'supervisor:zhao', 'supervisor:qian', 'supervisor:li', 'supervisor:wu']
    if (not?.enum) return people.find((one) => one !== undefined && !not.enum.includes(one))
    if (example !== undefined && (format !== undefined || pattern !== '\\S')) return example
    return '好'.repeat(minLength) + random.between(1, 999)
  }

  const make = (asked: Schema): unknown => {
    const schema = flat(asked)
    if ('const' in schema) return schema.const
    if (schema.enum) return random.pick(schema.enum.filter((value: unknown) => value !== schema.not?.const))
    switch (schema.type) {
      case 'object':
        return object(schema)
      case 'array': {
        const { minItems = 1, maxItems = minItems + 1 } = schema
        const items = Array.from({ length: random.between(minItems, Math.min(maxItems, minItems + 1)) }, () => make(schema.items))
        return schema.uniqueItems ? [...new Set(items)] : items
      }
      case 'string':
        return text(schema)
      case 'integer':
        return random.between(schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000, 1_000_000))
      case 'boolean':
        return random.chance(0.7)
      default:
        return null
    }
  }

  /** Always what is required, and now and then what may be left out. */
  const object = ({ properties = {}, required = [], minProperties = 0 }: Schema): object => {
    const named = Object.entries(properties).filter(
      ([name, schema]) => required.includes(name) || (!flat(schema).impossible && random.chance(0.2)),
    )
    const made = Object.fromEntries(named.map(([name, schema]) => [name, make(schema as Schema)]))
    return minProperties > Object.keys(made).length ? { ...made, anything: 'at all' } : made
  }

  /** A body for this action: the document's example where it has all that is required, else one made up. */
  return ({ body_schema, required, limits }: Json): object => {
    const schema = resolved(body_schema)
    const isWhole = required.every((name: string) => name in (schema.example ?? {}))
    if (limits === null && isWhole && random.chance(0.5)) return schema.example
    return make({ allOf: [{ $ref: body_schema }, { required }, ...(limits === null ? [] : [limits])] }) as object
  }
}
