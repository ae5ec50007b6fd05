/** Makes the client of a service. */
import { type Call, makeCall } from './call.ts'
import type { Client, Method, Patience } from './client.ts'
import { createClient, createConfig } from './generated/client/index.ts'
import { isStream } from './repeat.ts'
import { systemTiming, type Timing } from './timing.ts'
import { VERSION } from './version.ts'

export interface Connection extends Patience {
  /** Where the service listens, as `https://disputes.example`. In a browser it may be a path of the page's own server. */
  baseUrl: string
  /** An API key of one platform: `rdk_…`. A secret: in a browser leave it out, and let a server of your own add it. */
  key?: string | undefined
  /** The person to act for, as `buyer:B-77` or `agent:王小明`; may be left out where the key has a single staff role. */
  actor?: string | undefined
  /** In place of the global `fetch`; it is called with a `Request`. */
  fetch?: typeof fetch | undefined
}

/** As a header carries it: percent-encoded where it is not ASCII, and `%` and `,`, which mean something there. */
const encoded = (actor: string): string => actor.replace(/[^ -~]|[%,]/gu, encodeURIComponent)

/** A browser names itself, and some ask the server first whether a page may say anything else. */
const isNode = (): boolean => (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined

const headersOf = ({ key, actor }: Connection): Record<string, string> => ({
  ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
  ...(actor === undefined ? {} : { 'Redress-Actor': encoded(actor) }),
  ...(isNode() ? { 'User-Agent': `redress-client/${VERSION}` } : {}),
})

/** What fetch wants to be told with a stream: the answer comes after all of it is sent. */
const HALF_DUPLEX = { duplex: 'half' }

/**
 * A client that calls one service with one key as one person. Opens nothing: each call is a request, or some more where it fails in passing.
 * @param timing for tests
 * @throws TypeError for a key that no header can carry
 */
export const connect = (connection: Connection, timing: Timing = systemTiming): Client => {
  // the error of the header itself would show the key
  if (connection.key !== undefined && !/^[!-~]+$/.test(connection.key))
    throw new TypeError('key must be as rdk_…: it is empty, or has characters that no key has')
  const { request } = createClient(
    createConfig({
      baseUrl: connection.baseUrl.replace(/\/+$/, ''),
      headers: { 'Content-Type': 'application/json', ...headersOf(connection) },
      // followed, a POST would become a GET
      redirect: 'manual',
      ...(connection.fetch === undefined ? {} : { fetch: connection.fetch }),
    }),
  )
  const exchange = (call: Call & { signal: AbortSignal }) =>
    request({
      ...call,
      ...(isStream(call.body) ? HALF_DUPLEX : {}),
      method: call.method as 'GET',
      responseStyle: 'fields',
      throwOnError: false,
    })
  const send = (method: Uppercase<Method>) => (options: Omit<Call, 'method'>) =>
    makeCall(exchange, { ...options, method }, connection, timing)
  const methods = { get: send('GET'), post: send('POST'), put: send('PUT'), patch: send('PATCH'), delete: send('DELETE') }
  // which of the answers it is, the caller's `throwOnError` says
  return methods as Client
}
