/** What came of one attempt: the answer, or the failure that it is. */
import type { Answered } from './client.ts'
import { type Failure, RedressError } from './errors.ts'
import type { Problem } from './generated/types.gen.ts'

/** What the generated client gives back. */
export interface Exchange {
  data?: unknown
  error?: unknown
  /** Absent where none could be made of the options. */
  request?: Request | undefined
  /** Absent where nothing answered. */
  response?: Response | undefined
}

export interface Attempt {
  /** Method and template of the address: no ids, no query, so that messages name nobody. */
  what: string
  /** Which one it is, from 1. */
  number: number
  /** Milliseconds that it was given. */
  givenMs: number
  isTimedOut: boolean
  isAborted: boolean
  /** Whether an attempt before may have done the work without our knowing. */
  isRepeat: boolean
}

/** The answer of an exchange, or the error that it ended with. */
export const outcomeOf = (exchange: Exchange, attempt: Attempt): Answered<unknown> | RedressError => {
  const { data, error, response } = exchange
  if (error === undefined && response !== undefined && isOurs(response)) return { data, error, response }
  return new RedressError({ attempts: attempt.number, response, ...failureOf(exchange, attempt) })
}

const failureOf = ({ data, error, request, response }: Exchange, attempt: Attempt): Omit<Failure, 'attempts'> => {
  const { what, givenMs, isTimedOut, isAborted, isRepeat } = attempt
  if (isAborted) return { code: 'aborted', message: `${what} was given up by its signal`, cause: error }
  if (isTimedOut) return { code: 'timeout', message: `${what} was not answered within ${givenMs} ms`, cause: error }
  if (request === undefined)
    return { code: 'invalid_request', message: `${what} cannot be sent: ${wordsOf(error)}`, cause: error }
  if (isProblem(error) && response !== undefined && !response.ok) {
    return {
      code: error.code,
      message: `${sentenceOf(error)}${isRepeat && error.code === 'version_stale' ? OWN_CHANGE : ''}`,
      problem: error,
    }
  }
  if (response === undefined || (response.ok && error instanceof Error && !(error instanceof SyntaxError))) {
    return { code: 'connection_failed', message: `${what} got no answer: ${wordsOf(error)}`, cause: error }
  }
  const answered = isRedirection(response) ? 'by a redirection' : `${response.status} ${mediaTypeOf(response)}`
  const message = `${what} was answered ${answered}, which is not the service’s`
  return { code: 'unexpected_answer', message, cause: shortened(error ?? data) }
}

const mediaTypeOf = ({ headers }: Response): string => headers.get('Content-Type') ?? 'without a media type'

/** A browser hides where it leads to, and its status. */
const isRedirection = ({ status, type }: Response): boolean => type === 'opaqueredirect' || (status >= 300 && status < 400)

const OWN_CHANGE = ' An earlier attempt of this call may have made the change itself: read it again.'

/** The service answers JSON, files and plain text; a page, or nothing at all, is somebody else's. */
const isOurs = ({ status, headers }: Response): boolean => {
  const mediaType = headers.get('Content-Type')
  return status === 204 || (mediaType !== null && !/^\s*(text\/html|application\/xhtml)/i.test(mediaType))
}

const isProblem = (body: unknown): body is Problem => {
  const { code, status, detail } = (body ?? {}) as Partial<Problem>
  return typeof code === 'string' && typeof status === 'number' && typeof detail === 'string'
}

const MOST_FAULTS = 3
const sentenceOf = ({ detail, errors = [] }: Problem): string => {
  const faults = errors.slice(0, MOST_FAULTS).map((fault) => `${fault.pointer} ${fault.detail}`)
  return [detail, ...faults].join(' · ')
}

/** In words; `fetch` says only that it failed, and its cause says why. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } | null }
  return [error.message, cause?.code ?? cause?.message].filter(Boolean).join(', ')
}

const MOST_CHARACTERS = 1_000
const shortened = (body: unknown): unknown => (typeof body === 'string' ? body.slice(0, MOST_CHARACTERS) : body)
