import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newId } from '../ids.ts'
import { databaseUnavailable } from '../sql/errors.ts'
import { httpProblems, Problem, problem } from './problems.ts'

/** Every producer of errors ends here, so that a client meets one form: rules, validation, router, body parser, HTTP parser, bugs. */

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8'
const RETRY_SECONDS = 2

/** What the framework and its plugins throw, by code. */
const FRAMEWORK: Readonly<Record<string, readonly [keyof typeof httpProblems, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is larger than this operation accepts.'],
  FST_REQ_FILE_TOO_LARGE: ['payload_too_large', 'The file is larger than this service accepts.'],
  FST_PARTS_LIMIT: ['payload_too_large', 'The upload has too many parts.'],
  FST_FILES_LIMIT: ['payload_too_large', 'The upload has too many files.'],
  FST_FIELDS_LIMIT: ['payload_too_large', 'The upload has too many fields.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send the body as application/json (with curl: --json); uploads of evidence as multipart/form-data.',
  ],
  FST_ERR_CTP_EMPTY_TYPE: ['unsupported_media_type', 'Name the media type of the body.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['unsupported_media_type', 'Send the body as multipart/form-data.'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri_too_long', 'A part of the address is too long.'],
  FST_ERR_BAD_URL: ['not_found', 'There is no such path; its percent-encoding is invalid.'],
}

/** The problem that an error means to the client. Unless the client caused it or the database is unavailable, it is `internal_error`. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (databaseUnavailable(error))
    return problem('unavailable', 'The database cannot answer now; ask again.', { retryAfter: RETRY_SECONDS })
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? FRAMEWORK[code] : undefined
  if (known) return problem(...known)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return problem('malformed_request', 'The request could not be read.')
  return problem('internal_error', 'This is our fault. Name the request id when you report it.')
}

/** The RFC 9457 body; `instance` is the request id. */
export const problemBody = ({ code, title, status, message, extras }: Problem, instance: string): object => ({
  type: `urn:redress:problem:${code}`,
  title,
  status,
  detail: message,
  instance,
  code,
  ...(extras.errors ? { errors: extras.errors } : {}),
  ...(extras.available_actions ? { available_actions: extras.available_actions } : {}),
})

export const sendProblem = (request: FastifyRequest, reply: FastifyReply, found: Problem) => {
  const { status, code, extras } = found
  request.problemCode = code
  if (status === 401) void reply.header('WWW-Authenticate', 'Bearer realm="redress"')
  if (code === 'unsupported_media_type') void reply.header('Accept', 'application/json, application/merge-patch+json')
  if (extras.allow !== undefined) void reply.header('Allow', extras.allow)
  if (extras.retryAfter !== undefined) void reply.header('Retry-After', String(extras.retryAfter))
  // an answer that failed half-way may have set these headers
  for (const name of ['ETag', 'Location', 'Link', 'Content-Disposition', 'Content-Length']) void reply.removeHeader(name)
  return reply
    .code(status)
    .type(PROBLEM_JSON)
    .send(JSON.stringify(problemBody(found, request.id)))
}

/** Fastify's error handler. Only what is our fault is logged as an error; the client's faults are in the request line. */
export const handleError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const found = problemOf(error)
  if (found.status >= 500) {
    const route = request.routeOptions.url
    request.log[found.code === 'internal_error' ? 'error' : 'warn']({ err: error, method: request.method, route }, found.title)
  }
  return sendProblem(request, reply, found)
}

/** Answers what the HTTP parser could not read. There is no request then, only an error and a bare socket. */
export const handleClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy()
  const found =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? problem('request_timeout', 'The request did not arrive in time.')
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? problem('headers_too_large', 'The headers are larger than 16 KiB.')
        : problem('malformed_request', 'This is not an HTTP request.')
  const requestId = newId()
  const body = JSON.stringify(problemBody(found, requestId))
  const head = [
    `HTTP/1.1 ${found.status} ${REASONS[found.status]}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Answers an `Expect` that is not `100-continue`. Node's own answer would have no body. */
export const handleExpectation = (_request: IncomingMessage, response: ServerResponse): void => {
  const found = problem('expectation_failed', 'Only 100-continue can be expected here.')
  const requestId = newId()
  const body = JSON.stringify(problemBody(found, requestId))
  response
    .writeHead(found.status, {
      'Content-Type': PROBLEM_JSON,
      'Content-Length': Buffer.byteLength(body),
      'X-Request-Id': requestId,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(body)
}

const REASONS: Readonly<Record<number, string | undefined>> = {
  [httpProblems.malformed_request[0]]: 'Bad Request',
  [httpProblems.request_timeout[0]]: 'Request Timeout',
  [httpProblems.headers_too_large[0]]: 'Request Header Fields Too Large',
}
