import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type HTTPMethods,
  LogController,
} from 'fastify'
import type { Clock } from '../clock.ts'
import { traceIdOf } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { type ReadBody, readJson } from './json-body.ts'
import { handleClientError, handleError, handleExpectation, problemOf, sendProblem } from './problem-handler.ts'
import { type FieldError, problem } from './problems.ts'
import { parseQuery } from './query.ts'
import { namedSchemas } from './schema.ts'
import { checkHeaders } from './single-headers.ts'
import { buildValidator } from './validation.ts'

/**
 * The HTTP server without any resource: everything that holds for all requests is set up here. The hooks use callbacks, not promises,
 * because every request passes all of them and a promise costs more.
 */

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

/** What can keep the instance from being ready, besides the database. */
interface Readiness {
  draining: boolean
  /** Describes the fault of work that goes on beside the requests; `undefined` while it has none. */
  faultOf?: () => string | undefined
}

/** Whose request it is. */
export interface Asker {
  tenant: string
  role: string
  /** Role and id. */
  name: string
}

declare module 'fastify' {
  interface FastifyInstance {
    clock: Clock
    headerFault: (request: FastifyRequest) => FieldError | undefined
    /** Set when the process is about to stop: /readyz then says so, before any request is refused. */
    readiness: Readiness
  }
  interface FastifyRequest {
    /** The caller, for the cursors of its lists and the log line of its request; `undefined` until the caller is known. */
    asker: Asker | undefined
    /** The id of the credential that came with it, also where that is refused; `undefined` where it is unknown or missing. */
    credentialId: string | undefined
    /** The code of the problem that it was answered with. */
    problemCode: string | undefined
    /** Whether the request was refused at once because of overload. */
    isShed: boolean
  }
}

const BODY_LIMIT = 256 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

export interface HttpOptions {
  log: FastifyBaseLogger
  clock: Clock
  metrics: Metrics
  trustProxy: boolean
  /** Finds a fault in a header that no schema checks. */
  headerFault?: (request: FastifyRequest) => FieldError | undefined
}

export const createHttp = ({ log, clock, metrics, trustProxy, headerFault = () => undefined }: HttpOptions): App => {
  const app: App = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    trustProxy,
    bodyLimit: BODY_LIMIT,
    // so that an id that is far too long is not found, like any other malformed one; the limit of the headers bounds it
    routerOptions: { maxParamLength: 64 * 1024, querystringParser: parseQuery },
    // All of these are needed: with one limit alone a socket that trickles its body stays open for a minute or for ever.
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: 10_000,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 2_000,
      // a request without Host is answered by the hook below, as a problem
      requireHostHeader: false,
    },
    keepAliveTimeout: 72_000,
    requestIdHeader: false,
    genReqId: requestIdOf,
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply.headers(always(request)), problemOf(error)),
    // requests that arrive while the server closes get the same problem as all others, from the hook below
    return503OnClosing: false,
    schemaController: {
      compilersFactory: { buildValidator: (schemas: Record<string, object>) => buildValidator(schemas) as never },
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.server.on('checkExpectation', handleExpectation)
  // a client that has sent its whole request may close its half of the connection and still gets the answer
  Object.assign(app.server, { httpAllowHalfOpen: true })
  app.decorate('clock', clock)
  app.decorate('readiness', { draining: false } as Readiness)
  app.decorateRequest('inputChecked', false)
  app.decorateRequest('isShed', false)
  app.decorateRequest('asker', undefined)
  app.decorateRequest('credentialId', undefined)
  app.decorateRequest('problemCode', undefined)
  app.decorate('headerFault', headerFault)
  app.decorateRequest('bodyBytes', undefined)
  app.decorateRequest('bodyRead', undefined)

  for (const { schema } of namedSchemas()) app.addSchema(schema)
  // Compiled serializers would cut 12.7 to 12 and drop unknown fields. Answers go out as they are; the tests check them by their schemas.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(() => {
    throw problem('not_found', 'There is no such path; /docs lists all of them.')
  })

  readBodies(app)
  guardRequests(app)
  watchRequests(app, metrics)
  return app
}

const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** Accepts JSON in two media types, keeps its bytes and reads it strictly. A room may add a parser for another media type. */
const readBodies = (app: App): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      const read: ReadBody = readJson(bytes)
      request.bodyBytes = bytes
      request.bodyRead = read
      done(null, read.value)
    },
  )
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    checkBodyHeaders(request)
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.bodyRead === undefined && WITH_BODY.has(request.method)) request.body = {}
    done()
  })
}

/** @throws Problem `unsupported_media_type` (415) for a content encoding, a charset other than UTF-8, or a merge patch without PATCH */
const checkBodyHeaders = ({ method, headers }: FastifyRequest): void => {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw problem('unsupported_media_type', 'Send the body without a content encoding.')
  }
  if (headers['content-type'] === undefined) return
  const [mediaType, ...parameters] = headers['content-type'].toLowerCase().split(';')
  if (mediaType?.trim() === 'application/merge-patch+json' && method !== 'PATCH') {
    throw problem('unsupported_media_type', 'A merge patch is sent with PATCH.')
  }
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) {
    throw problem('unsupported_media_type', 'Bodies are UTF-8.')
  }
}

/** Whether a path or route template belongs to the API proper, where every caller is known. */
export const isApi = (url: string): boolean => url === '/v1' || url.startsWith('/v1/') || url.startsWith('/v1?')

/** Headers of every answer. */
const always = (request: FastifyRequest) => ({
  'X-Request-Id': request.id,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
})

const guardRequests = (app: App): void => {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    app.readiness.draining = true
  })
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(always(request))
    if (closing) {
      void reply.header('Connection', 'close')
      throw problem('unavailable', 'The service is stopping; ask again.', { retryAfter: 2 })
    }
    checkHeaders(request)
    emptyUnfindable(request)
    done()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    // a connection kept open after the answer to its last request would hold up the stop
    if (app.readiness.draining) void reply.header('Connection', 'close')
    if (reply.statusCode < 400 && !request.inputChecked && isApi(request.routeOptions.url ?? '')) {
      throw new Error(`${request.method} ${request.routeOptions.url} answered without checkInput`)
    }
    done()
  })
}

/** Postgres refuses texts with a NUL or half a surrogate pair. Such a path parameter is emptied, so that it is simply not found. */
const emptyUnfindable = (request: FastifyRequest): void => {
  if (!isApi(request.routeOptions.url ?? '')) return
  const params = request.params as Record<string, string>
  for (const [name, value] of Object.entries(params)) if (value.includes('\0') || !value.isWellFormed()) params[name] = ''
}

/** One log line and one measurement for each request. The line of a refused one says why, and by which key it came. */
const watchRequests = (app: App, metrics: Metrics): void => {
  // These lines have no field that could hold a secret. Redaction would cost as much for each line as writing it.
  const lines = app.log.child({}, { redact: [] })
  app.addHook('onResponse', (request, reply, done) => {
    // shed requests are too many for a line each; they are counted where they are refused
    if (request.isShed) return done()
    const { method, route } = labelsOf(request)
    const status = reply.statusCode
    metrics.requestDuration.observe({ method, route, status }, reply.elapsedTime / 1000)
    lines.info(
      {
        request_id: request.id,
        trace_id: traceIdOf(request),
        method,
        route,
        status,
        ms: Math.round(reply.elapsedTime),
        platform: request.asker?.tenant,
        role: request.asker?.role,
        ...(status >= 400 && { code: request.problemCode, key: request.credentialId }),
      },
      'request',
    )
    done()
  })
}

const labelsOf = (request: FastifyRequest): { method: string; route: string } => ({
  method: (METHODS as readonly string[]).includes(request.method) ? request.method : '_OTHER',
  route: request.routeOptions.url ?? '_unknown',
})

/**
 * Answers 405 with `Allow` where a known path is asked with another method. Call this before the routes are added, so that it sees them
 * all, and `answer` after them.
 */
export const otherMethods = (app: App): { answer: () => void } => {
  const taken = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.hide === true) return
    const methods = taken.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    taken.set(url, methods)
  })
  return {
    answer: () => {
      for (const [url, methods] of taken) {
        const allow = METHODS.filter((m) => methods.has(m)).join(', ')
        const missing = METHODS.filter((m) => !methods.has(m))
        app.route({
          method: missing as HTTPMethods[],
          url,
          schema: { hide: true },
          // before the body is read, after the caller is known
          onRequest: async (request) => {
            throw problem('method_not_allowed', `${request.method} is not possible here; ${allow} is.`, { allow })
          },
          handler: async () => undefined,
        })
      }
    },
  }
}
