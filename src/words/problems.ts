/** The catalogue of all problems with their status numbers. `foundation/http/problems.ts` has those that any HTTP service needs. */
import { type Catalogue, httpProblems, type Problem, problemsOf } from '../foundation/http/problems.ts'

export { type FieldError, invalidField, Problem } from '../foundation/http/problems.ts'

export const catalogue = {
  // 400: what was sent cannot be read
  malformed_request: httpProblems.malformed_request,
  validation_failed: httpProblems.validation_failed,
  actor_required: [400, 'This key needs a Redress-Actor header'],
  invalid_cursor: httpProblems.invalid_cursor,
  // 401, 403, 404, 405
  unauthenticated: httpProblems.unauthenticated,
  role_not_granted: [403, 'The key does not grant this role'],
  forbidden: [403, 'This role may never do this'],
  separation_of_duties: [403, 'Somebody else must do this'],
  not_your_complaint: [403, 'Buyers and merchants file only for themselves'],
  test_platform_only: [403, 'Only a test platform has a clock that can be moved'],
  not_found: httpProblems.not_found,
  method_not_allowed: httpProblems.method_not_allowed,
  request_timeout: httpProblems.request_timeout,
  // 409: the state forbids it
  action_not_available: [409, 'The state forbids this action now'],
  case_stuck: [409, 'The rules of the case cannot be read, so nothing can be decided in it'],
  case_closed: [409, 'A closed case takes no more messages'],
  reference_taken: [409, 'This reference is already used by another complaint'],
  recomputation_running: [409, 'The recomputation before is still at work'],
  idempotency_in_progress: [409, 'The first request with this Idempotency-Key is still running'],
  // 412 … 431
  version_stale: httpProblems.version_stale,
  payload_too_large: httpProblems.payload_too_large,
  uri_too_long: httpProblems.uri_too_long,
  unsupported_media_type: httpProblems.unsupported_media_type,
  evidence_type_unsupported: [415, 'This kind of file is not accepted as evidence'],
  range_not_satisfiable: httpProblems.range_not_satisfiable,
  expectation_failed: httpProblems.expectation_failed,
  version_required: httpProblems.version_required,
  headers_too_large: httpProblems.headers_too_large,
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
  internal_error: httpProblems.internal_error,
  unavailable: httpProblems.unavailable,
} as const satisfies Catalogue

export type ProblemCode = keyof typeof catalogue
export const problemCodes = Object.keys(catalogue) as ProblemCode[]

export const problem = problemsOf(catalogue)

/** One answer for both cases: a caller must not learn whether a resource of somebody else exists. */
export const notFound = (): Problem => problem('not_found', 'There is no such resource, or it is not yours.')
