/** The catalogue of all problems with their status numbers. `foundation/http/problems.ts` has those that any HTTP service needs. */
import { type Catalogue, httpProblems, type Problem, problemsOf } from '../foundation/http/problems.ts'

export { type FieldError, invalidField, Problem } from '../foundation/http/problems.ts'

export const catalogue = {
  // 400: what was sent cannot be read
  malformed_request: httpProblems.malformed_request,
  validation_failed: httpProblems.validation_failed,
  actor_required: [
    400,
    'This key needs a Redress-Actor header',
    'Send `Redress-Actor: role:id` for the person that the request is for.',
  ],
  invalid_cursor: httpProblems.invalid_cursor,
  // 401, 403, 404, 405
  unauthenticated: httpProblems.unauthenticated,
  role_not_granted: [
    403,
    'The key does not grant this role',
    'Act in a role that the key has (`GET /v1/me` lists them), or have a key made that has this one.',
  ],
  forbidden: [403, 'This role may never do this', 'Have it done by the role that `detail` names.'],
  separation_of_duties: [403, 'Somebody else must do this', 'Have somebody else do it; `detail` says who may.'],
  not_your_complaint: [
    403,
    'Buyers and merchants file only for themselves',
    'Name the person of `Redress-Actor` as the complainant, or file as staff.',
  ],
  test_platform_only: [
    403,
    'Only a test platform has a clock that can be moved',
    'Move the time of a test platform; a live one follows real time.',
  ],
  not_found: httpProblems.not_found,
  method_not_allowed: httpProblems.method_not_allowed,
  request_timeout: httpProblems.request_timeout,
  // 409: the state forbids it
  action_not_available: [
    409,
    'The state forbids this action now',
    'Take one of the `available_actions` that the problem lists, or read the resource again.',
  ],
  case_stuck: [
    409,
    'The rules of the case cannot be read, so nothing can be decided in it',
    'Wait until the policy or calendar that is missing is there; staff see the case at `/v1/stuck-cases`.',
  ],
  case_closed: [
    409,
    'A closed case takes no more messages',
    'Reopen or appeal where `available_actions` lists it, or file a new complaint with `related_to`.',
  ],
  reference_taken: [
    409,
    'This reference is already used by another complaint',
    'Find the complaint by `?reference=`; it may be the one that you are filing again.',
  ],
  recomputation_running: [
    409,
    'The recomputation before is still at work',
    'Wait until `GET /v1/policy/recomputations` shows the one before as done.',
  ],
  secrets_key_needed: [
    409,
    'The service has no key to seal secrets with',
    'The operator of the service sets `SECRETS_KEY`: 32 random bytes in base64.',
  ],
  idempotency_in_progress: [
    409,
    'The first request with this Idempotency-Key is still running',
    'Send the same request again in a second: it gets the answer of the first one.',
  ],
  // 410: it was there
  events_forgotten: [
    410,
    'Events after this cursor are no longer kept',
    'Read what changed with `GET /v1/complaints?sort=updated_at&updated_from=…`, then begin without `after`.',
  ],
  // 412 … 431
  version_stale: httpProblems.version_stale,
  payload_too_large: httpProblems.payload_too_large,
  uri_too_long: httpProblems.uri_too_long,
  unsupported_media_type: httpProblems.unsupported_media_type,
  evidence_type_unsupported: [
    415,
    'This kind of file is not accepted as evidence',
    'Send one of the media types that the operation lists; the bytes decide, not the name.',
  ],
  range_not_satisfiable: httpProblems.range_not_satisfiable,
  expectation_failed: httpProblems.expectation_failed,
  version_required: httpProblems.version_required,
  headers_too_large: httpProblems.headers_too_large,
  // 422: a business rule says no
  report_contradicts: [
    422,
    'This report says something else than the one before it',
    'Report with what is known, or announce what came in besides as a movement of its own.',
  ],
  idempotency_key_reused: [
    422,
    'This Idempotency-Key was used for another request',
    'Make a new key for each request that is not a repetition.',
  ],
  unsupported_parties: [
    422,
    'These parties cannot dispute with each other here',
    'File for a buyer against a merchant, or for a buyer or merchant against the platform.',
  ],
  order_needed: [422, 'A refund needs an order', 'Propose a compensation, which needs no order, or file the complaint with one.'],
  statutory_damages_imposed: [
    422,
    'Statutory damages are imposed, not offered',
    'Write them as staff in a plan of the platform, which a supervisor who did not write it imposes.',
  ],
  statutory_damages_off: [
    422,
    'The policy grants no statutory damages for this order',
    'An admin sets `statutory_damages_multiple` in the policy; it holds for orders that are stated from then on.',
  ],
  order_total_exceeded: [
    422,
    'The order does not hold this much money',
    'Propose at most what is left of the order; `limits` of the action says how much that is.',
  ],
  unknown_attempt: [
    422,
    'The step has no such attempt',
    'Name one of its `attempts`, or leave `attempt_id` out: the open one is meant, else the last.',
  ],
  too_many_attempts: [422, 'The step was tried too often', 'Give it up with `skip`; the case is then decided anew.'],
  nothing_done: [
    422,
    'Nothing of the plan is done that could be enough',
    'Leave `afterwards` out: the case is then decided anew.',
  ],
  advance_not_open: [
    422,
    'The guarantee fund does not pay this refund first',
    'See to what `errors` lists, or have a supervisor set aside what can be.',
  ],
  unclaimed_too_long: [422, 'The money was left unclaimed too long ago', 'Ask the platform for it.'],
  currency_mismatch: [422, 'The currency is not the order’s', 'Leave `currency` out: the order’s is taken.'],
  approval_needed: [422, 'A supervisor must approve this first', 'Create it as a plan and submit that to a supervisor.'],
  plan_needed: [
    422,
    'Propose a refund plan instead',
    'Create a plan with the remedies and amounts that you agree to, and propose it.',
  ],
  unknown_order_line: [422, 'The order has no such line', 'Name lines of the complaint’s order.'],
  line_of_another_merchant: [
    422,
    'The line was sold by another merchant',
    'Name lines of the merchant whom the complaint is about; another complaint is about the others.',
  ],
  part_exceeds_amount: [
    422,
    'A part of the amount is more than the amount',
    'Send a `freight_amount` and a `tax_amount` that are within the amount.',
  ],
  difference_exceeds_worth: [
    422,
    'The difference is more than what the replacement costs on top',
    'Leave `difference_amount` out, or send one within what the replacement costs more than the goods that come back.',
  ],
  order_unconfirmed: [
    422,
    'Only a party has spoken about this order',
    'Have the systems of the platform or its staff state the order at `PUT /v1/orders/{id}` first.',
  ],
  order_source_outranked: [
    422,
    'Somebody whose word counts for more has stated this order',
    'Have the systems of the platform correct it, with a key of the role `orders`.',
  ],
  order_currency_fixed: [
    422,
    'Money of this order is in force in another currency',
    'State the order in the currency that it has.',
  ],
  refund_reference_taken: [
    422,
    'This reference is that of another refund of the order',
    'Send the refund with its own reference, or the amount that it was recorded with.',
  ],
  record_reference_taken: [
    422,
    'This reference is that of another record of the order',
    'Send the record with its own reference, or with the content that it was kept with.',
  ],
  too_many_order_records: [
    422,
    'The order has all the records that it can have',
    'Add only what somebody may need in a dispute.',
  ],
  freight_follows_fault: [422, 'The freight falls on the party at fault', 'Name a payer who is at fault, or none.'],
  shares_not_100: [422, 'The shares must add up to 100 percent', 'Send shares that add up to 100.'],
  decision_contradicts_liability: [
    422,
    'The decision contradicts the liability that was fixed',
    'Add `deviation` with a code and an explanation, or determine the liability anew.',
  ],
  deviation_needs_supervisor: [
    422,
    'Only a supervisor deviates for this reason',
    'Name another code of the list, or have a supervisor decide.',
  ],
  resume_at_not_in_future: [
    422,
    'The time to resume must lie ahead',
    'Name a time after the platform’s present one (`now` of `GET /v1/me`), or none.',
  ],
  hold_ends_too_early: [
    422,
    'The hold would end before there is anything to hold back',
    'Name a time after the due time, or none.',
  ],
  hold_ends_too_late: [
    422,
    'The policy allows no hold this long',
    'Name an earlier time; `holds_at_most` of the policy says how long a hold may last.',
  ],
  not_brought_forward: [
    422,
    'This moment is not between now and the due time',
    'Name a time within the bounds that `detail` tells, or none for the earliest.',
  ],
  related_complaint_unknown: [
    422,
    'The related complaint is not known',
    'Name a complaint of this platform that the caller may see.',
  ],
  assign_to_yourself_only: [
    422,
    'An agent can only take a case for itself',
    'Name yourself as the owner, or have a supervisor assign the case.',
  ],
  risk_needs_supervisor: [
    422,
    'A critical risk is lowered by a supervisor',
    'Ask a supervisor to lower it; an agent may set any other risk.',
  ],
  challenge_not_open: [422, 'There is no such challenge to judge', 'Read the complaint: `challenges` lists those that are open.'],
  reason_code_not_open_to_you: [
    422,
    'Who agreed to the outcome may only appeal that it was not executed',
    'Appeal with `not_executed`, or not at all.',
  ],
  unknown_evidence: [422, 'The evidence is not known in this case', 'Name evidence of this case that the caller may see.'],
  new_evidence_needed: [422, 'None of the evidence named is new', 'Add the new proof first, then name it in `evidence_ids`.'],
  evidence_media_mismatch: [
    422,
    'The file is not of the type that was named',
    'Name the type that the file is of, or send the right file.',
  ],
  category_needed: [
    422,
    'Nobody has said what this case is about',
    'Name the `category`; `category_suggestion` says what its words speak for.',
  ],
  policy_cannot_work: [
    422,
    'This policy could not work',
    'Correct what `detail` and `errors` name; `POST /v1/policy/preview` tries it without writing.',
  ],
  calendar_does_not_fit: [
    422,
    'The policy could not work with this calendar',
    'Write a calendar in which the clocks of the policy can run, or change the policy first.',
  ],
  too_many_calendars: [
    422,
    'The platform has as many calendars as it can have',
    'Write a new version of a calendar that is there.',
  ],
  too_many_webhook_endpoints: [
    422,
    'The platform has as many webhook endpoints as it can have',
    'Delete an endpoint that nobody needs.',
  ],
  clock_limit_exceeded: [
    422,
    'A test clock moves at most 3650 days',
    'Move it by less: all moves together reach at most P3650D.',
  ],
  too_many_requests: [429, 'Too many requests', 'Wait for the seconds that `Retry-After` names.'],
  // 5xx
  internal_error: httpProblems.internal_error,
  unavailable: httpProblems.unavailable,
} as const satisfies Catalogue

export type ProblemCode = keyof typeof catalogue
export const problemCodes = Object.keys(catalogue) as ProblemCode[]

export const problem = problemsOf(catalogue)

/** One answer for both cases: a caller must not learn whether a resource of somebody else exists. */
export const notFound = (): Problem => problem('not_found', 'There is no such resource, or it is not yours.')
