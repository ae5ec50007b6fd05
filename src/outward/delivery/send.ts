/** One attempt: a request, and what came back. It never throws. */

import { request } from 'undici'
import { SECOND } from '../../foundation/clock.ts'
import type { AttemptError } from '../../words/webhooks.ts'
import type { Connections } from './connections.ts'

/** In all: looking up, connecting, sending, the answer to its end. */
export const ATTEMPT_MS = 15 * SECOND
/** Of an answer, what is read and what is kept. */
const MOST_READ = 64 * 1024
const MOST_KEPT = 1024

export interface Attempt {
  /** Real time at which it began, in milliseconds. */
  atMs: number
  durationMs: number
  /** Null where no answer came. */
  status: number | null
  /** Null for a success. */
  error: AttemptError | null
  /** How the answer began. */
  response: string | null
  /** Seconds or an HTTP date, as the header has it. */
  retryAfter: string | undefined
}

export interface Letter {
  url: string
  isPrivateAllowed: boolean
  headers: Record<string, string>
  body: string
}

/** @param mostMs the time it may take */
export const attempt = async (
  connections: Connections,
  { url, isPrivateAllowed, headers, body }: Letter,
  atMs: number,
  mostMs = ATTEMPT_MS,
): Promise<Attempt> => {
  const began = performance.now()
  const ended = (result: Partial<Attempt> & Pick<Attempt, 'error'>): Attempt => ({
    status: null,
    response: null,
    retryAfter: undefined,
    ...result,
    atMs,
    durationMs: Math.round(performance.now() - began),
  })
  let status: number | null = null
  const late = new AbortController()
  // `AbortSignal.timeout` would go off for each attempt, also for those that are over
  const timer = setTimeout(() => late.abort(new DOMException('too late', 'TimeoutError')), mostMs)
  try {
    const answer = await request(url, {
      dispatcher: connections.to(url, isPrivateAllowed),
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Redress-Webhooks/1' },
      body,
      signal: late.signal,
      headersTimeout: mostMs,
      bodyTimeout: mostMs,
    })
    status = answer.statusCode
    const response = await readStart(answer.body)
    const after = answer.headers['retry-after']
    const retryAfter = typeof after === 'string' ? after : undefined
    return ended({ status, response, retryAfter, error: faultOf(status) })
  } catch (error) {
    return ended({ status, error: errorOf(error) })
  } finally {
    clearTimeout(timer)
  }
}

const faultOf = (status: number): AttemptError | null => {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400 ? 'redirect' : 'status'
}

/** The beginning of a body as text that the database takes; what is longer than may be read is left unread. */
const readStart = async (body: AsyncIterable<Buffer> & { destroy: () => unknown }): Promise<string> => {
  const parts: Buffer[] = []
  let read = 0
  for await (const part of body) {
    if (read < MOST_KEPT) parts.push(part)
    read += part.length
    if (read >= MOST_READ) break
  }
  return Buffer.concat(parts).subarray(0, MOST_KEPT).toString('utf8').replaceAll('\0', '').toWellFormed()
}

const errorOf = (error: unknown): AttemptError => {
  const codes = codesIn(error)
  if (codes.includes('ADDRESS_FORBIDDEN')) return 'address_forbidden'
  if (codes.some((code) => /TIMEOUT|TimeoutError|ETIMEDOUT/.test(code))) return 'timeout'
  if (codes.some((code) => /^(ENOTFOUND|EAI_|ENODATA)/.test(code))) return 'dns'
  if (codes.some((code) => /CERT|TLS|SSL|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/.test(code))) return 'tls'
  return 'connection'
}

/** The codes and names of an error and of what caused it. */
const codesIn = (error: unknown): string[] => {
  if (typeof error !== 'object' || error === null) return []
  const { code, name, cause, errors = [] } = error as { code?: unknown; name?: unknown; cause?: unknown; errors?: unknown[] }
  return [...[code, name].filter((one) => typeof one === 'string'), ...codesIn(cause), ...errors.flatMap(codesIn)]
}
