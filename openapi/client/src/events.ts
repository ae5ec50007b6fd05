/** Events: verified as they come by webhook, and read from the feed. */
import type { Client } from './client.ts'
import { readEvents, type WebhookEvent } from './generated/index.ts'

export type { WebhookEvent } from './generated/index.ts'

/** What came is not what the service sent, or is too old. */
export class WebhookRefused extends Error {
  override name = 'WebhookRefused'
}

/** The headers of a request, as Node, `fetch` and most frameworks have them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** How far the clock of the sender may be off, in seconds: what was recorded before cannot be sent again later. */
const TOLERANCE_SECONDS = 300

const headerOf = (headers: WebhookHeaders, name: string): string => {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  if (typeof value !== 'string' || value === '') throw new WebhookRefused(`the header ${name} is missing`)
  return value
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

/** Of a signature that came from anywhere: nothing where it is no base64, which fits nothing. */
const signatureOf = (text: string): Uint8Array<ArrayBuffer> => {
  try {
    return bytesOf(text)
  } catch {
    return new Uint8Array()
  }
}

/**
 * The event of a webhook, once its signature and its age are right (Standard Webhooks 1.0).
 * @param key `whsec_…`, or `whpk_…` of an endpoint that signs with `ed25519`
 * @param body exactly the bytes that came, as text: a body that was parsed and written again does not verify
 * @throws WebhookRefused
 */
export const verifyWebhook = async (
  key: string,
  headers: WebhookHeaders,
  body: string,
  nowMs: number = Date.now(),
): Promise<WebhookEvent> => {
  const id = headerOf(headers, 'webhook-id')
  const timestamp = headerOf(headers, 'webhook-timestamp')
  const signatures = headerOf(headers, 'webhook-signature').split(' ')
  const age = Math.abs(nowMs / 1000 - Number(timestamp))
  if (!(age <= TOLERANCE_SECONDS)) throw new WebhookRefused('it is too old, or a clock is wrong')
  const isPublic = key.startsWith('whpk_')
  const version = isPublic ? 'v1a,' : 'v1,'
  const algorithm = isPublic ? { name: 'Ed25519' } : { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', bytesOf(key.slice(key.indexOf('_') + 1)), algorithm, false, ['verify'])
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  for (const signature of signatures.filter((one) => one.startsWith(version))) {
    const bytes = signatureOf(signature.slice(version.length))
    if (await crypto.subtle.verify(algorithm.name, imported, bytes, content)) return JSON.parse(body) as WebhookEvent
  }
  throw new WebhookRefused('no signature fits')
}

export interface FollowOptions {
  /** Where to go on: the `cursor` of the last event that was worked off. Without it: from the oldest that is kept; `now`: from now on. */
  after?: string
  types?: string[]
  /** Seconds that one request waits for something to happen; 0 ends at the end of the feed. 30 by default. */
  wait?: number
  signal?: AbortSignal
}

export interface FollowedEvent {
  event: WebhookEvent
  /**
   * What to keep once this event has been worked off. It stands before the page that the event came with, so that a crash in the middle of a page repeats
   * some of it and loses none: look at `event.id`. With the last event of a page it moves on.
   */
  cursor: string | undefined
}

/**
 * Follows the feed, event after event, in order and without a gap, until it is aborted.
 * @param client of a key with the role `integration`
 */
export async function* followEvents(client: Client, options: FollowOptions = {}): AsyncGenerator<FollowedEvent> {
  const { types, wait = 30, signal } = options
  let cursor = options.after
  while (!signal?.aborted) {
    const { data } = await readEvents({
      client,
      query: { limit: 100, wait, ...(cursor === undefined ? {} : { after: cursor }), ...(types === undefined ? {} : { types }) },
      throwOnError: true,
      ...(signal === undefined ? {} : { signal }),
    })
    for (const [index, event] of data.data.entries())
      yield { event: event as WebhookEvent, cursor: index === data.data.length - 1 ? data.next_cursor : cursor }
    cursor = data.next_cursor
    if (wait === 0 && !data.has_more) return
  }
}
