/** Every operation and type of the API, and a connection to call them on. */
import { type Client, createClient, createConfig } from './src/client/index.ts'

export type { Client } from './src/client/index.ts'
export * from './src/index.ts'

export interface Connection {
  /** Where the service listens, as `https://disputes.example`. */
  baseUrl: string
  /** An API key of one platform: `rdk_…`. */
  key: string
  /** The person to act for, as `buyer:B-77` or `agent:王小明`; may be left out where the key has a single staff role. */
  actor?: string
}

/** As a header carries it: percent-encoded where it is not ASCII, and `%` and `,`, which mean something there. */
const encoded = (actor: string): string => actor.replace(/[^ -~]|[%,]/gu, encodeURIComponent)

/** A client that calls one service with one key as one person. Opens nothing: each operation is one request. */
export const connect = ({ baseUrl, key, actor }: Connection): Client =>
  createClient(
    createConfig({
      baseUrl: baseUrl.replace(/\/+$/, ''),
      auth: key,
      headers: actor === undefined ? {} : { 'Redress-Actor': encoded(actor) },
    }),
  )
