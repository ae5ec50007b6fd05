import Type, { type Static, type TSchema } from 'typebox'
import { currencyCodes } from '../currencies.ts'

/**
 * What wire types are made of. Each type is written once with TypeBox; validation, the OpenAPI document and the TypeScript types all
 * come from it.
 */

export interface Named<T extends TSchema = TSchema> {
  name: string
  schema: T
  ref: TSchema
}

const registry = new Map<string, Named>()

/** Every named schema, by name; the app adds them all, so that OpenAPI shows them as components, wherever in the code they stand. */
export const namedSchemas = (): Named[] => [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : 1))

/** Gives a schema a name of its own in the OpenAPI document. `ref` is what other schemas and routes use; it keeps the type. */
export const named = <const T extends TSchema>(name: string, schema: T) => {
  if (registry.has(name)) throw new Error(`two schemas are called ${name}`)
  const entry = { name, schema: { ...schema, $id: name } as T, ref: Type.Unsafe<Static<T>>({ $ref: `${name}#` }) }
  registry.set(name, entry)
  return entry
}

/** A check of a text that no `pattern` can express: a `format` of the OpenAPI document. */
export interface TextFormat {
  name: string
  /** Completes the sentence "/field …". */
  says: string
  holds: (text: string) => boolean
}

const formats = new Map<string, TextFormat>()

export const textFormats = (): ReadonlyMap<string, TextFormat> => formats

/** Declares a format; a schema takes it as its `format`. */
export const textFormat = (name: string, says: string, holds: TextFormat['holds']): string => {
  formats.set(name, { name, says, holds })
  return name
}

/** The TypeScript type of a named schema. */
export type Wire<N extends { schema: TSchema }> = Static<N['schema']>

interface Annotations {
  description?: string
  example?: unknown
  [keyword: string]: unknown
}

/** One `enum` of strings; a union of literals would become an `anyOf` of one-value enums in generated clients. */
export const StrEnum = <const T extends readonly string[]>(values: T, notes: Annotations = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...notes })

export const Nullable = <T extends TSchema>(schema: T, notes: Annotations = {}) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }], ...notes })

/** An object that refuses what it does not know: every request body is made of these. */
export const Strict = <T extends Record<string, TSchema>>(properties: T, notes: Annotations = {}) =>
  Type.Object(properties, { additionalProperties: false, ...notes })

/** A list in the query: `?status=a,b` means any of them. */
export const AnyOf = <const T extends readonly string[]>(values: T, notes: Annotations = {}) =>
  Type.Unsafe<T[number][]>({
    type: 'array',
    items: { type: 'string', enum: [...values] },
    minItems: 1,
    maxItems: Math.max(values.length, 1),
    style: 'form',
    explode: false,
    ...notes,
  })

/** Words of a person: not empty, not only blanks, at most `maxLength` characters. */
export const Text = (maxLength: number, notes: Annotations = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', ...notes })

/** RFC 3339: with `Z` or an offset on the way in (rooms store the result of `normaliseTime`), with `Z` and milliseconds on the way out. */
export const TimeText = (notes: Annotations = {}) =>
  Type.String({ format: 'date-time', maxLength: 40, example: '2026-11-21T19:16:00.000Z', ...notes })

/** An id of ours on the way out, or inside a body. In a path an id is never validated: a malformed one is simply not found. */
export const Id = (notes: Annotations = {}) =>
  Type.String({
    format: 'uuid',
    maxLength: 36,
    description: 'A UUIDv7.',
    example: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f',
    ...notes,
  })

/** The same schema with words of its own, as for a named one where it is used. */
export const described = <T extends TSchema>(schema: T, description: string): T => ({ ...schema, description })

export const CreatedAt = TimeText({ description: 'When it was made.' })
export const UpdatedAt = TimeText({ description: 'When it last changed.' })

/** An id in a path. It is looked up before it is validated: a malformed one is simply not found. */
export const PathId = (description: string) =>
  Type.String({ maxLength: 36, description, example: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f' })

export const Version = Type.Integer({
  minimum: 0,
  maximum: 2 ** 31 - 1,
  description: 'Rises with each change; also the `ETag`. Send it as `If-Match`.',
})

/** An amount in minor units, as a whole number that survives every JSON parser. */
export const Amount = (notes: Annotations = {}) =>
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Minor units of the currency: 25900 is 259.00 CNY, 25900 JPY or 25.900 KWD.',
    example: 25900,
    ...notes,
  })

export const Currency = named(
  'Currency',
  Type.Unsafe<string>({ type: 'string', enum: [...currencyCodes], description: 'ISO 4217.', example: 'CNY' }),
)

/** How many items a page of a list has unless `limit` says otherwise. */
export const DEFAULT_LIMIT = 20

/** The query of a list: its filters, `limit` and `cursor`. */
export const listQuery = <T extends Record<string, TSchema>>(filters: T) =>
  Strict({
    ...filters,
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT, description: 'The most items that the page may have.' }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 500, description: '`next_cursor` of the page before, with the same filters.' }),
    ),
  })
