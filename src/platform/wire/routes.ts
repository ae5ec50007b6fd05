import type { RouteOptions } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { Strict } from '../../foundation/http/schema.ts'
import { type App, isApi } from '../../foundation/http/server.ts'
import { headerParameters } from './responses.ts'

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Completes the description of each route under /v1. Input that a route does not name is refused: a route without a query takes none, and
 * a change without a body takes an empty object.
 */
export const describeRoutes = (app: App): void => {
  app.addHook('onRoute', (route) => {
    if (!isApi(route.url) || route.schema?.hide === true) return
    const method = String(route.method)
    route.schema ??= {}
    const { schema } = route
    if (method !== 'HEAD' && (schema.operationId === undefined || schema.summary === undefined || schema.tags === undefined)) {
      throw new Error(`${method} ${route.url} needs an operationId, a summary and tags`)
    }
    route.attachValidation = true
    schema.querystring ??= Strict({})
    if (WITH_BODY.has(method)) schema.body ??= Strict({})
    schema.headers ??= Type.Object(headersOf(method, route))
    schema.security ??= [{ apiKey: [] }]
  })
}

/** `If-Match` is taken where its refusals are promised: 428 where it must be there, 412 alone where it may. */
const headersOf = (method: string, { schema }: RouteOptions): Record<string, TSchema> => {
  const answers = (schema?.response ?? {}) as Record<number, unknown>
  const conditional = 428 in answers ? headerParameters.ifMatchRequired : 412 in answers ? headerParameters.ifMatch : {}
  return { ...headerParameters.actor, ...(method === 'POST' && headerParameters.idempotency), ...conditional }
}
