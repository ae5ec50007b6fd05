/** Every failure of a call is a `RedressError`, whether the service refused, something in between answered, or nothing did. */
import type { Problem } from './generated/types.gen.ts'

/** What a failure is where no problem of the service says it. */
export type LocalCode =
  /** No connection, or it broke before the whole answer was here. The work may have been done. */
  | 'connection_failed'
  /** No answer in time. The work may have been done. */
  | 'timeout'
  /** The caller's signal ended the call. The work may have been done. */
  | 'aborted'
  /** The answer is none of the service's: a proxy's page, a redirection, broken JSON. */
  | 'unexpected_answer'
  /** What was passed cannot be made a request; nothing was sent. */
  | 'invalid_request'

/** A code of the service, or one of the above. Later versions of the service add codes. */
export type ErrorCode = Problem['code'] | LocalCode

export interface Failure {
  code: ErrorCode
  message: string
  attempts: number
  response?: Response | undefined
  problem?: Problem | undefined
  cause?: unknown
}

export class RedressError extends Error {
  override readonly name = 'RedressError'
  /** What a program should look at. */
  readonly code: ErrorCode
  /** The HTTP status of the answer; absent where nothing answered. */
  readonly status: number | undefined
  /** What the service said, as RFC 9457; absent where it was not the service that said no. */
  readonly problem: Problem | undefined
  /** The request's id in the logs of the service. */
  readonly requestId: string | undefined
  /** Seconds after which asking again may help, as the service said. */
  readonly retryAfter: number | undefined
  /** How many attempts the call took. */
  readonly attempts: number

  constructor({ code, message, attempts, response, problem, cause }: Failure) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause })
    this.code = code
    // a browser shows no status of a redirection
    this.status = response?.status || undefined
    this.problem = problem
    this.requestId = response?.headers.get('X-Request-Id') ?? problem?.instance
    this.retryAfter = retryAfterOf(response)
    this.attempts = attempts
  }
}

/** `Retry-After` in seconds from now; it may be a number or a date. */
const retryAfterOf = (response: Response | undefined): number | undefined => {
  const text = response?.headers.get('Retry-After')
  if (!text) return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}
