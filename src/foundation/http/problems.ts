/**
 * Errors as RFC 9457 problems. A rule that says no throws (or returns) `problem('code', …)`; the problem handler turns it into
 * `application/problem+json`. This file has the problems of any HTTP service; a product adds its own with `problemsOf`.
 */
export type Catalogue = Readonly<Record<string, readonly [status: number, title: string]>>

export const httpProblems = {
  malformed_request: [400, 'The request is not valid HTTP or JSON'],
  validation_failed: [400, 'The request does not fit its description'],
  invalid_cursor: [400, 'The cursor does not belong to this list'],
  unauthenticated: [401, 'No valid API key'],
  not_found: [404, 'There is no such resource, or it is not yours'],
  method_not_allowed: [405, 'This resource has no such method'],
  request_timeout: [408, 'The request took too long to arrive'],
  version_stale: [412, 'The resource has changed since you read it'],
  payload_too_large: [413, 'The request is too large'],
  uri_too_long: [414, 'The address is too long'],
  unsupported_media_type: [415, 'This media type is not accepted here'],
  range_not_satisfiable: [416, 'The content has no such range'],
  expectation_failed: [417, 'This expectation cannot be met'],
  version_required: [428, 'Send If-Match with the version you read'],
  headers_too_large: [431, 'The request headers are too large'],
  internal_error: [500, 'Something failed on our side'],
  unavailable: [503, 'The service cannot answer now'],
} as const satisfies Catalogue

/** One fault of a request; `pointer` is an RFC 6901 pointer into the body, or `?name`, `header:Name` for the rest of the request. */
export interface FieldError {
  pointer: string
  code: string
  detail: string
}

export interface ProblemExtras {
  errors?: readonly FieldError[]
  /** With `action_not_available` and `case_closed`: what this caller can do instead. */
  available_actions?: readonly unknown[]
  /** Seconds, sent as `Retry-After`. */
  retryAfter?: number
  /** Methods, sent as `Allow`. */
  allow?: string
}

export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly extras: ProblemExtras
  constructor(code: string, [status, title]: Catalogue[string], detail: string, extras: ProblemExtras = {}) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.status = status
    this.title = title
    this.extras = extras
  }
}

/** Makes the function that creates the problems of a catalogue: status and title follow from the code. */
export const problemsOf =
  <Codes extends Catalogue>(catalogue: Codes) =>
  (code: keyof Codes & string, detail: string, extras?: ProblemExtras): Problem =>
    new Problem(code, catalogue[code] as Catalogue[string], detail, extras)

export const problem = problemsOf(httpProblems)

/** `400 validation_failed` naming one field. */
export const invalidField = (pointer: string, code: string, detail: string): Problem =>
  problem('validation_failed', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })
