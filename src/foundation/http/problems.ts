/**
 * The catalogue of everything that can go wrong, as RFC 9457 problems. Status numbers appear here and nowhere else.
 * A rule that says no throws (or returns) `problem('code', …)`; the problem handler turns it into `application/problem+json`.
 */
export const catalogue = {
  // 400: what was sent cannot be read
  malformed_request: [400, 'The request is not valid HTTP or JSON'],
  validation_failed: [400, 'The request does not fit its description'],
  actor_required: [400, 'This key needs a Redress-Actor header'],
  invalid_cursor: [400, 'The cursor does not belong to this list'],
  // 401, 403, 404, 405
  unauthenticated: [401, 'No valid API key'],
  role_not_granted: [403, 'The key does not grant this role'],
  forbidden: [403, 'This role may never do this'],
  separation_of_duties: [403, 'Somebody else must do this'],
  not_your_complaint: [403, 'Buyers and merchants file only for themselves'],
  test_platform_only: [403, 'Only a test platform has a clock that can be moved'],
  not_found: [404, 'There is no such resource, or it is not yours'],
  method_not_allowed: [405, 'This resource has no such method'],
  request_timeout: [408, 'The request took too long to arrive'],
  // 409: the state forbids it
  action_not_available: [409, 'The state forbids this action now'],
  case_stuck: [409, 'The rules of the case cannot be read, so nothing can be decided in it'],
  case_closed: [409, 'A closed case takes no more messages'],
  reference_taken: [409, 'This reference is already used by another complaint'],
  recomputation_running: [409, 'The recomputation before is still at work'],
  idempotency_in_progress: [409, 'The first request with this Idempotency-Key is still running'],
  // 412 … 431
  version_stale: [412, 'The resource has changed since you read it'],
  payload_too_large: [413, 'The request is too large'],
  uri_too_long: [414, 'The address is too long'],
  unsupported_media_type: [415, 'This media type is not accepted here'],
  evidence_type_unsupported: [415, 'This kind of file is not accepted as evidence'],
  range_not_satisfiable: [416, 'The content has no such range'],
  expectation_failed: [417, 'This expectation cannot be met'],
  version_required: [428, 'Send If-Match with the version you read'],
  headers_too_large: [431, 'The request headers are too large'],
  // 422: a business rule says no
  idempotency_key_reused: [422, 'This Idempotency-Key was used for another request'],
  unsupported_parties: [422, 'These parties cannot dispute with each other here'],
  order_mismatch: [422, 'The order is known with another currency or paid amount'],
  order_needed: [422, 'A refund needs an order'],
  order_total_exceeded: [422, 'The order does not hold this much money'],
  currency_mismatch: [422, 'The currency is not the order’s'],
  approval_needed: [422, 'A supervisor must approve this first'],
  plan_needed: [422, 'Propose a refund plan instead'],
  unknown_order_line: [422, 'The order has no such line'],
  freight_follows_fault: [422, 'The freight falls on the party at fault'],
  shares_not_100: [422, 'The shares must add up to 100 percent'],
  decision_contradicts_liability: [422, 'The decision contradicts the liability that was fixed'],
  deviation_needs_supervisor: [422, 'Only a supervisor deviates for this reason'],
  resume_at_not_in_future: [422, 'The time to resume must lie ahead'],
  hold_ends_too_early: [422, 'The hold would end before there is anything to hold back'],
  hold_ends_too_late: [422, 'The policy allows no hold this long'],
  not_brought_forward: [422, 'This moment is not between now and the due time'],
  related_complaint_unknown: [422, 'The related complaint is not known'],
  assign_to_yourself_only: [422, 'An agent can only take a case for itself'],
  challenge_not_open: [422, 'There is no such challenge to judge'],
  reason_code_not_open_to_you: [422, 'Who agreed to the outcome may only appeal that it was not executed'],
  unknown_evidence: [422, 'The evidence is not known in this case'],
  new_evidence_needed: [422, 'None of the evidence named is new'],
  evidence_media_mismatch: [422, 'The file is not of the type that was named'],
  policy_cannot_work: [422, 'This policy could not work'],
  calendar_does_not_fit: [422, 'The policy could not work with this calendar'],
  too_many_calendars: [422, 'The platform has as many calendars as it can have'],
  clock_limit_exceeded: [422, 'A test clock moves at most 3650 days'],
  too_many_requests: [429, 'Too many requests'],
  // 5xx
  internal_error: [500, 'Something failed on our side'],
  unavailable: [503, 'The service cannot answer now'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof catalogue
export const problemCodes = Object.keys(catalogue) as ProblemCode[]

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
  readonly code: ProblemCode
  readonly extras: ProblemExtras
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.extras = extras
  }
  get status(): number {
    return catalogue[this.code][0]
  }
  get title(): string {
    return catalogue[this.code][1]
  }
}

export const problem = (code: ProblemCode, detail: string, extras?: ProblemExtras): Problem => new Problem(code, detail, extras)

/** `400 validation_failed` naming one field. */
export const invalidField = (pointer: string, code: string, detail: string): Problem =>
  problem('validation_failed', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })
