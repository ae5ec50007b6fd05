import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../../src/foundation/http/server.ts'
import { closed, createAjv, faultsIn } from './schemas.ts'

/**
 * Checks every answer of a test run against the published OpenAPI document: its status and media type are documented, its body is as described and
 * has no other property, and `ETag` and `Location` are there where they are promised.
 */

interface Documented {
  content?: Record<string, unknown>
  headers?: Record<string, unknown>
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Documented> }>>
}

const published = path.join(import.meta.dirname, '../../openapi/openapi.json')

/** What the service publishes. Shared, since to compile its schemas takes longer than most tests. */
let publishedChecker: Checker | undefined
const checkerOfPublished = (): Checker => {
  publishedChecker ??= createChecker(JSON.parse(readFileSync(published, 'utf8')))
  return publishedChecker
}

/**
 * @param options.ownRoutes the test adds routes, which only the document of its own app describes
 * @param report is told each difference, in one line
 */
export const watchAnswers = (app: App, options: { ownRoutes: boolean }, report: (difference: string) => void): void => {
  let checker: Checker | undefined
  app.addHook('onSend', async (request, reply, payload) => {
    checker ??= options.ownRoutes ? createChecker(app.swagger() as unknown as Document) : checkerOfPublished()
    const difference = checker(request, reply, payload)
    if (difference === undefined) return
    const told = `${request.method} ${request.url} → ${reply.statusCode}: ${difference}`
    report(options.ownRoutes ? told : `${told} (by openapi/openapi.json, which \`npm run openapi\` writes anew)`)
  })
}

type Checker = (request: FastifyRequest, reply: FastifyReply, payload: unknown) => string | undefined

const createChecker = (document: Document): Checker => {
  const ajv = createAjv()
  ajv.addSchema(closed(document) as object, 'openapi')
  const validators = new Map<string, ValidateFunction>()
  const validatorAt = (...path: string[]): ValidateFunction => {
    const pointer = path.map((p) => encodeURIComponent(p.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` })
    validators.set(pointer, known)
    return known
  }
  const faultsOf = (validate: ValidateFunction, payload: unknown): string | undefined =>
    validate(JSON.parse(String(payload))) ? undefined : faultsIn(validate.errors)

  return (request, reply, payload) => {
    const status = String(reply.statusCode)
    const mediaType = String(reply.getHeader('content-type') ?? '').split(';')[0] ?? ''
    const path = request.routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? ''
    const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
    const operation = document.paths[path]?.[method]
    if (operation === undefined) {
      // an unknown path, another method, or a page of /docs: only errors have a documented form there
      if (reply.statusCode < 400) return undefined
      if (mediaType !== 'application/problem+json') return `an error as ${mediaType}`
      return faultsOf(validatorAt('components', 'schemas', 'Problem'), payload)
    }
    const documented = operation.responses[status]
    if (documented === undefined) return 'this status is not documented'
    const missing = ['ETag', 'Location'].filter((name) => name in (documented.headers ?? {}) && !reply.hasHeader(name))
    if (missing.length > 0) return `without ${missing.join(', ')}`
    if (documented.content === undefined)
      return payload === null || payload === undefined || payload === '' ? undefined : 'a body is not documented'
    const described = [mediaType, `${mediaType.split('/')[0]}/*`, '*/*'].find((type) => type in (documented.content ?? {}))
    if (described === undefined) return `${mediaType || 'no media type'} is not documented`
    // a compressed body is held against the plain one by a test of its own
    if (!described.endsWith('json') || request.method === 'HEAD' || reply.hasHeader('content-encoding')) return undefined
    return faultsOf(validatorAt('paths', path, method, 'responses', status, 'content', described, 'schema'), payload)
  }
}
