/** The client as the generated operations see it: how a call is made and what it gives. `connect` makes one. */
import type { RedressError } from './errors.ts'
import type { QuerySerializerOptions } from './generated/core/bodySerializer.gen.ts'

/** How long a call tries; given to `connect` for all calls, or to one call. */
export interface Patience {
  /** Milliseconds that one attempt may take until its answer is read; 30,000. */
  timeoutMs?: number | undefined
  /** How many more attempts may follow the first, where repeating does no harm; 3. */
  retries?: number | undefined
  /** Milliseconds that the call may take with all its attempts and the waiting between them; twice `timeoutMs`. */
  totalTimeoutMs?: number | undefined
}

export interface CallOptions<ThrowOnError extends boolean = boolean> extends Patience {
  /** Ends the call, whether it is being sent or waits for its next attempt: code `aborted`. */
  signal?: AbortSignal | undefined
  /** Further headers; `null` takes one away. */
  headers?: Readonly<Record<string, string | null | undefined>>
  /** What to make of a body that is no error; by its media type when left out. `stream` leaves it unread. */
  parseAs?: 'auto' | 'arrayBuffer' | 'blob' | 'json' | 'stream' | 'text'
  /** `false` gives a failure back as `error` instead of throwing it. */
  throwOnError?: ThrowOnError
}

/** The shape of what an operation takes. */
export interface TDataShape {
  body?: unknown
  headers?: unknown
  path?: unknown
  query?: unknown
  url: string
}

/** What an operation takes: its own parameters, and how to call it. */
export type Options<
  Data extends TDataShape = TDataShape,
  ThrowOnError extends boolean = boolean,
  _Response = unknown,
> = CallOptions<ThrowOnError> & Omit<Data, 'url'>

/** Of the answers by status, the union of their bodies. */
type BodyOf<Responses> = Responses extends Record<string, unknown> ? Responses[keyof Responses] : Responses

export interface Answered<Data> {
  data: Data
  error: undefined
  response: Response
}

export interface Failed {
  data: undefined
  error: RedressError
  /** Absent where nothing answered. */
  response: Response | undefined
}

/** The answer; failures are thrown as `RedressError`, or come as `error` where `throwOnError` is false. */
export type RequestResult<Responses = unknown, _Errors = unknown, ThrowOnError extends boolean = boolean> = Promise<
  ThrowOnError extends true ? Answered<BodyOf<Responses>> : Answered<BodyOf<Responses>> | Failed
>

/** A request that no operation makes, as one to the `href` of an available action. */
export interface RequestOptions<ThrowOnError extends boolean = boolean> extends CallOptions<ThrowOnError> {
  /** Under the `baseUrl`: `/v1/…`; parts in braces are taken from `path`. */
  url: string
  path?: Record<string, unknown>
  query?: Record<string, unknown>
  /** How lists in `query` are written. */
  querySerializer?: QuerySerializerOptions
  /** Sent as JSON. */
  body?: unknown
  /** `null` sends the body as it is: a form, a Blob, bytes, a stream. */
  bodySerializer?: null
}

type Send = <Responses = unknown, Errors = unknown, ThrowOnError extends boolean = true>(
  options: RequestOptions<ThrowOnError>,
) => RequestResult<Responses, Errors, ThrowOnError>

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Calls one service with one key as one person. Holds no connection. */
export type Client = Readonly<Record<Method, Send>>

/** Values that the caller hangs on a call for itself; nothing is done with them. */
// biome-ignore lint/suspicious/noEmptyInterface: callers may add to it
export interface ClientMeta {}
