import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyRequest } from 'fastify'
import { isDateTime } from '../time-format.ts'
import { pointerTo, type ReadBody } from './json-body.ts'
import { type FieldError, problem } from './problems.ts'
import { splitValues, unreadableIn } from './query.ts'
import { textFormats } from './schema.ts'

/**
 * Input is judged late: authentication, 404 and 403 come before 400, so a handler loads its resource and then calls `checkInput`.
 * Bodies are never coerced. Queries are text, so numbers and lists are read from it first, but only in their one plain spelling.
 */

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether `checkInput` has been called; an answer without it is a programming error and becomes a 500. */
    inputChecked: boolean
    /** The JSON body as it arrived, for the idempotency hash. */
    bodyBytes: Buffer | undefined
    /** What reading the JSON body found. */
    bodyRead: ReadBody | undefined
  }
}

interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
}
type Schemas = Record<string, object>

const MOST_ERRORS = 50

/** What is not checked by schema. */
const ANYTHING = Object.assign(() => true, { errors: null }) as unknown as ValidateFunction

type Compile = (schema: object) => ValidateFunction

/** By the names of the schemas they know: several instances of the service in one process share what is compiled. */
const compilers = new Map<string, Compile>()

const compilerFor = (schemas: Schemas): Compile => {
  const names = Object.keys(schemas).sort().join(' ')
  const known = compilers.get(names)
  if (known !== undefined) return known
  const ajv = createAjv(schemas)
  const compiled = new Map<string, ValidateFunction>()
  const compile: Compile = (schema) => {
    const text = JSON.stringify(schema)
    const validate = compiled.get(text) ?? ajv.compile(schema)
    compiled.set(text, validate)
    return validate
  }
  compilers.set(names, compile)
  return compile
}

const createAjv = (schemas: Schemas): Ajv => {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    removeAdditional: false,
    coerceTypes: false,
    strictTypes: false,
    strictRequired: false,
    // The schemas are our own. Compiling the meta-schema to check them would slow every start.
    meta: false,
    validateSchema: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('date-time', isDateTime)
  for (const { name, holds } of textFormats().values()) ajv.addFormat(name, holds)
  ajv.addVocabulary(['example', 'style', 'explode'])
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  return ajv
}

/**
 * Fastify's validator factory. Path parameters and headers are not validated by schema: a malformed id is not found, and the code that uses
 * a header checks it.
 */
export const buildValidator = (schemas: Schemas) => {
  const compile = compilerFor(schemas)
  return ({ schema, httpPart }: { schema: unknown; httpPart?: string }): ValidateFunction => {
    if (httpPart === 'params' || httpPart === 'headers') return ANYTHING
    let compiled: ValidateFunction | undefined
    // Compiled when it is first needed: a hundred validators would slow every start, and most processes use a few of them.
    const validate = (value: unknown): unknown => {
      compiled ??= compile(schema as object)
      if (httpPart === 'querystring') readQuery(schema as JsonSchema, value as Record<string, unknown>)
      const valid = compiled(value)
      validate.errors = compiled.errors
      return valid
    }
    validate.errors = undefined as ValidateFunction['errors']
    return validate as ValidateFunction
  }
}

/** Converts the values of a query to the types of its schema, in place. A value that is not spelled plainly stays text and is refused. */
const readQuery = (schema: JsonSchema, query: Record<string, unknown>): void => {
  for (const [name, value] of Object.entries(query)) {
    const type = schema.properties?.[name]?.type
    if (type === 'array') query[name] = splitValues(query, name)
    if (typeof value !== 'string') continue
    if (type === 'integer' && /^[0-9]{1,16}$/.test(value)) query[name] = Number(value)
    else if (type === 'boolean' && (value === 'true' || value === 'false')) query[name] = value === 'true'
  }
}

/**
 * Throws the 400 of a faulty request, with all faults at once. A body that cannot be read is reported alone.
 * Call it once the resource is known to exist and to be open to the caller, and before anything is changed.
 *
 * @param body is checked in place of the request's own body: the fields of an upload, by the route's schema for its media type
 * @throws Problem `malformed_request` or `validation_failed` (400)
 */
export const checkInput = (request: FastifyRequest, body?: unknown): void => {
  request.inputChecked = true
  if (request.bodyRead?.readable === false) {
    throw problem('malformed_request', 'The body could not be read.', { errors: request.bodyRead.faults })
  }
  const faults = [
    ...(request.bodyRead?.faults ?? []),
    ...headerFaults(request),
    ...queryFaults(request),
    ...bodyFaults(request, body),
  ]
  if (faults.length === 0) return
  const one = faults.length === 1 ? faults[0] : undefined
  const detail = one
    ? `${one.pointer || 'The body'} ${one.detail}.`
    : `${faults.length} things in the request do not fit its description.`
  throw problem('validation_failed', detail, { errors: faults.slice(0, MOST_ERRORS) })
}

const headerFaults = (request: FastifyRequest): FieldError[] => {
  const fault = request.server.headerFault(request)
  return fault ? [fault] : []
}

const queryFaults = (request: FastifyRequest): FieldError[] => {
  const unreadable = unreadableIn((request.raw.url ?? '').split('?').slice(1).join('?'))
  if (unreadable.length > 0)
    return unreadable.map((name) => ({
      pointer: `?${name}`,
      code: 'invalid_encoding',
      detail: 'has invalid percent-encoding or a NUL',
    }))
  if (request.validationError === undefined) return []
  return run(request.getValidationFunction('querystring'), request.query).map((error) => describe(error, '?'))
}

const bodyFaults = (request: FastifyRequest, body: unknown): FieldError[] => {
  // one validator, or one for each media type; Fastify has run the first kind already
  const found = request.getValidationFunction('body') as ValidateFunction | Record<string, ValidateFunction> | undefined
  if (typeof found === 'function' && body === undefined && request.validationError === undefined) return []
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json'
  const validate = typeof found === 'function' ? found : found?.[mediaType]
  if (found !== undefined && validate === undefined) {
    throw problem('unsupported_media_type', `Send the body as ${Object.keys(found).join(' or ')}.`)
  }
  const given = body ?? request.body
  // every body is an object; for anything else the schema would report one fault per branch
  if (validate !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given)))
    return [{ pointer: '', code: CODES.type as string, detail: 'must be an object' }]
  return run(validate, given).map((error) => describe(error, ''))
}

const run = (
  validate: { (value: unknown): unknown; errors?: ErrorObject[] | null } | undefined,
  value: unknown,
): ErrorObject[] => {
  if (validate === undefined || validate(value)) return []
  const errors = validate.errors ?? []
  // A wrong value of a nullable field fails three times: as `anyOf`, as `null` and for itself. Only the last helps the caller.
  const telling = errors.filter((e) => !(e.keyword === 'anyOf' || (e.keyword === 'type' && e.params.type === 'null')))
  return telling.length > 0 ? telling : errors
}

const CODES: Readonly<Record<string, string>> = {
  additionalProperties: 'unknown_field',
  required: 'missing',
  type: 'wrong_type',
  enum: 'not_one_of',
  const: 'not_one_of',
  minimum: 'too_small',
  maximum: 'too_large',
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  uniqueItems: 'duplicates',
  oneOf: 'not_exactly_one',
  minProperties: 'too_few',
  maxProperties: 'too_many',
}

/** Names the field, never its value. */
const describe = (error: ErrorObject, prefix: '' | '?'): FieldError => {
  const field = error.params.additionalProperty ?? error.params.missingProperty
  const path = typeof field === 'string' ? `${error.instancePath}${pointerTo([field])}` : error.instancePath
  const allowed = error.params.allowedValues
  return {
    pointer: prefix === '?' ? `?${path.slice(1)}` : path,
    code: CODES[error.keyword] ?? error.keyword,
    detail: detailOf(error, Array.isArray(allowed) && allowed.length <= 60 ? allowed : undefined),
  }
}

const detailOf = (error: ErrorObject, allowed: readonly unknown[] | undefined): string => {
  if (error.keyword === 'additionalProperties') return 'is not known here'
  if (error.keyword === 'required') return 'is missing'
  if (allowed) return `must be one of ${allowed.join(', ')}`
  const format = error.keyword === 'format' ? textFormats().get(String(error.params.format)) : undefined
  if (format) return format.says
  return error.message ?? 'is not valid'
}
