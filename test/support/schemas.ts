/** Checks values against schemas more strictly than a client of the API should: a property that is not described fails. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { textFormats } from '../../src/foundation/http/schema.ts'
import { isTime } from '../../src/foundation/time-format.ts'

export const createAjv = (): Ajv2020 => {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  ajv.addFormat('date-time', isTime)
  for (const { name, holds } of textFormats().values()) ajv.addFormat(name, holds)
  return ajv
}

/** The errors of a validation in one line. */
export const faultsIn = (errors: Ajv2020['errors']): string =>
  (errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join('; ')

/**
 * A copy in which objects that list their properties allow no others. Parts of an `allOf` stay open: each lists only some of the
 * properties.
 */
export const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'allOf' ? value : closed(value)]))
  if (copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined)
    copy.additionalProperties = false
  return copy
}
