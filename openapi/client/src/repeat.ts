/** When a request is sent again, and after how long. */
import type { RedressError } from './errors.ts'

export interface Sent {
  method: string
  /** The template of the address. */
  url: string
  headers: Headers
  body: unknown
}

/** POSTs that act anew each time, whatever their `Idempotency-Key`: their answer holds a secret that is never kept, or is a try of somebody else. */
export const UNKEYED: ReadonlySet<string> = new Set([
  '/v1/api-keys',
  '/v1/webhook-endpoints',
  '/v1/webhook-endpoints/{id}/rotate-secret',
  '/v1/webhook-endpoints/{id}/test',
])

/** Whether a body is gone once it is sent. */
export const isStream = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  (Symbol.asyncIterator in body || (typeof ReadableStream !== 'undefined' && body instanceof ReadableStream))

/** Whether sending it twice does what sending it once does, and its body is still there to be sent. */
export const isRepeatable = ({ method, url, headers, body }: Sent): boolean => {
  if (isStream(body)) return false
  switch (method) {
    case 'GET':
    case 'DELETE':
      return true
    case 'POST':
      return headers.has('Idempotency-Key') && !UNKEYED.has(url)
    default:
      // the second of two finds another version and is refused; without one it would write over what came in between
      return headers.has('If-Match')
  }
}

/** Not the service's no, but a state of things between it and us that may be over soon. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])
const PASSING_CODES: ReadonlySet<string> = new Set(['connection_failed', 'timeout', 'idempotency_in_progress'])

export const mayPass = ({ code, status }: RedressError): boolean =>
  PASSING_CODES.has(code) || (status !== undefined && PASSING_STATUS.has(status))

/** Whether the work may have been done although we got no answer of it. A 429 and a 409 say that it was not, or not by this attempt. */
export const mayBeDone = (error: RedressError): boolean => mayPass(error) && error.status !== 429 && error.status !== 409

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 8_000

/**
 * Milliseconds to wait after an attempt. Twice as long each time, shortened at random by up to a half, so that those who failed together do
 * not come back together. Never less than the service asked for.
 * @param random from 0 to 1
 */
export const waitAfter = ({ attempts, retryAfter }: RedressError, random: number): number => {
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS)
  const spread = backoff * (0.5 + random / 2)
  return retryAfter === undefined ? spread : retryAfter * 1000 + random * backoff
}
