/** One call: as many attempts as it takes and its patience allows. */
import type { Answered, Failed, Patience, RequestOptions } from './client.ts'
import type { RedressError } from './errors.ts'
import { mergeHeaders } from './generated/client/index.ts'
import { type Attempt, type Exchange, outcomeOf } from './outcome.ts'
import { isRepeatable, mayBeDone, mayPass, waitAfter } from './repeat.ts'
import { LONGEST_TIMER_MS, type Timing } from './timing.ts'

export interface Call extends RequestOptions {
  method: string
}

/** Sends a request once and reads its answer. */
export type Exchanging = (call: Call & { signal: AbortSignal }) => Promise<Exchange>

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_RETRIES = 3

/** @throws RedressError unless `throwOnError` is false */
export const makeCall = async (
  exchange: Exchanging,
  { throwOnError = true, timeoutMs, retries, totalTimeoutMs, ...options }: Call,
  defaults: Patience,
  timing: Timing,
): Promise<Answered<unknown> | Failed> => {
  const call = withKey(options)
  const attemptMs = timeoutMs ?? defaults.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const totalMs = totalTimeoutMs ?? defaults.totalTimeoutMs ?? 2 * attemptMs
  const most =
    1 +
    (isRepeatable({ ...call, headers: mergeHeaders(call.headers), body: call.body })
      ? (retries ?? defaults.retries ?? DEFAULT_RETRIES)
      : 0)
  const began = timing.now()
  const leftMs = (): number => totalMs - (timing.now() - began)

  let isRepeat = false
  for (let number = 1; ; number++) {
    const givenMs = Math.min(attemptMs, Math.max(leftMs(), 0))
    const { outcome, response } = await attemptOnce(exchange, call, { number, givenMs, isRepeat })
    if (!(outcome instanceof Error)) return outcome
    isRepeat ||= mayBeDone(outcome)
    const waitMs = waitAfter(outcome, timing.random())
    if (number >= most || !mayPass(outcome) || waitMs >= leftMs()) return fail(outcome, response, throwOnError)
    await timing.wait(waitMs, call.signal)
  }
}

const fail = (error: RedressError, response: Response | undefined, throwOnError: boolean): Failed => {
  if (throwOnError) throw error
  return { data: undefined, error, response }
}

/** A POST gets a key of its own, the same for all of its attempts, unless the caller brought one. */
const withKey = (call: Omit<Call, keyof Patience>): Omit<Call, keyof Patience> =>
  call.method !== 'POST' || mergeHeaders(call.headers).has('Idempotency-Key')
    ? call
    : { ...call, headers: { ...call.headers, 'Idempotency-Key': newKey() } }

/** Unique, not secret: Node 18 and pages without TLS have to do without `crypto.randomUUID`. */
const newKey = (): string => {
  const bytes = new Uint8Array(16)
  const { crypto } = globalThis as { crypto?: Crypto }
  if (crypto) crypto.getRandomValues(bytes)
  else
    bytes.forEach((_, n) => {
      bytes[n] = Math.floor(Math.random() * 256)
    })
  return `${Date.now().toString(36)}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const attemptOnce = async (
  exchange: Exchanging,
  call: Omit<Call, keyof Patience>,
  attempt: Pick<Attempt, 'number' | 'givenMs' | 'isRepeat'>,
): Promise<{ outcome: Answered<unknown> | RedressError; response: Response | undefined }> => {
  const { signal: callers } = call
  const what = `${call.method} ${call.url}`
  if (callers?.aborted) {
    const unsent = { ...attempt, what, number: attempt.number - 1, isTimedOut: false, isAborted: true }
    return { outcome: outcomeOf({ error: callers.reason }, unsent), response: undefined }
  }
  const controller = new AbortController()
  const giveUp = (): void => controller.abort(callers?.reason)
  callers?.addEventListener('abort', giveUp)
  let isTimedOut = false
  const timer = setTimeout(
    () => {
      isTimedOut = true
      controller.abort()
    },
    Math.min(attempt.givenMs, LONGEST_TIMER_MS),
  )
  const exchanged = await exchange({ ...call, signal: controller.signal })
  clearTimeout(timer)
  // what is read as a stream is still under way, and its reader may end it
  if (call.parseAs !== 'stream') callers?.removeEventListener('abort', giveUp)
  const isAborted = callers?.aborted === true && exchanged.error !== undefined
  return { outcome: outcomeOf(exchanged, { ...attempt, what, isTimedOut, isAborted }), response: exchanged.response }
}
