/**
 * Errors as RFC 9457 problems. A rule that says no throws (or returns) `problem('code', …)`; the problem handler turns it into
 * `application/problem+json`. This file has the problems of any HTTP service; a product adds its own with `problemsOf`.
 */
export type Catalogue = Readonly<Record<string, readonly [status: number, title: string, whatToDo: string]>>

export const httpProblems = {
  malformed_request: [
    400,
    'The request is not valid HTTP or JSON',
    'Send well-formed HTTP and UTF-8 JSON, without a byte order mark; `detail` says where it breaks.',
  ],
  validation_failed: [
    400,
    'The request does not fit its description',
    'Correct the fields that `errors` names, each by its pointer.',
  ],
  invalid_cursor: [
    400,
    'The cursor does not belong to this list',
    'Begin again without `cursor`, or send it with the filters and the key of the page that it came with.',
  ],
  unauthenticated: [401, 'No valid API key', 'Send `Authorization: Bearer` with a key that is neither expired nor revoked.'],
  not_found: [
    404,
    'There is no such resource, or it is not yours',
    'Check the id, and for whom the key acts: what belongs to others does not exist for this caller.',
  ],
  method_not_allowed: [405, 'This resource has no such method', 'Use one of the methods that the `Allow` header names.'],
  request_timeout: [408, 'The request took too long to arrive', 'Send it again, faster or in a smaller piece; nothing was done.'],
  version_stale: [
    412,
    'The resource has changed since you read it',
    'Read the resource again, decide anew, and send its present `ETag` as `If-Match`.',
  ],
  payload_too_large: [413, 'The request is too large', 'Send less: `detail` names the limit.'],
  uri_too_long: [414, 'The address is too long', 'Send fewer or shorter filters.'],
  unsupported_media_type: [
    415,
    'This media type is not accepted here',
    'Send `Content-Type: application/json`, uncompressed and in UTF-8, or what the operation names.',
  ],
  range_not_satisfiable: [
    416,
    'The content has no such range',
    'Ask for a part that lies within the size that `Content-Range` tells.',
  ],
  expectation_failed: [417, 'This expectation cannot be met', 'Leave the `Expect` header out.'],
  version_required: [428, 'Send If-Match with the version you read', 'Read the resource and send its `ETag` as `If-Match`.'],
  headers_too_large: [431, 'The request headers are too large', 'Send fewer or shorter headers.'],
  internal_error: [
    500,
    'Something failed on our side',
    'Nothing was done. Try again later, and report `instance` to whoever runs the service.',
  ],
  unavailable: [
    503,
    'The service cannot answer now',
    'Try again after the seconds that `Retry-After` names, with the same `Idempotency-Key`.',
  ],
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
