/** Makes one attempt at a delivery: opens the secrets, puts the letter together, signs and sends it. */

import type { JobDeps } from '../../clockwork/jobs/job.ts'
import { type Clock, toTime } from '../../foundation/clock.ts'
import type { KeyRing } from '../../foundation/key-ring.ts'
import type { PlatformScope } from '../../platform/access/caller.ts'
import type { Deps, WebhookConfig } from '../deps.ts'
import { openFrom, type Signer, signedHeaders, signerOf } from '../webhooks/secrets.ts'
import type { Connections } from './connections.ts'
import { included } from './included.ts'
import type { Claimed, EndpointName } from './queue.ts'
import { type Attempt, attempt } from './send.ts'

export interface Courier extends Pick<JobDeps, 'db' | 'clock' | 'log' | 'metrics'>, Pick<Deps, 'traffic'> {
  deliver: (name: EndpointName, mode: PlatformScope['mode'], claimed: Claimed) => Promise<Attempt>
  /** Endpoints to leave alone after an error of our own, until then in milliseconds of real time. */
  resting: Map<string, number>
}

/** Whether http, any port and any address may be called for a platform. */
export const isPrivateAllowed = ({ allowPrivate }: WebhookConfig, mode: PlatformScope['mode']): boolean =>
  allowPrivate === 'always' || (allowPrivate === 'on test platforms' && mode === 'test')

/** What an endpoint's deliveries take, opened once for all that follow each other. */
interface Opened {
  sealed: readonly Buffer[]
  own: Record<string, string>
  signers: readonly Signer[]
}

const resting = new WeakMap<Connections, Map<string, number>>()

export const createCourier = (
  deps: JobDeps & Pick<Deps, 'traffic'> & { config: { webhooks: WebhookConfig } },
  secrets: KeyRing,
  connections: Connections,
): Courier => {
  const rests = resting.get(connections) ?? new Map<string, number>()
  resting.set(connections, rests)
  const opened = new Map<string, Opened>()
  const open = ({ platformId, endpointId }: EndpointName, claimed: Claimed): Opened => {
    const sealed = [claimed.headers, claimed.secret, ...previousOf(claimed, deps.clock)]
    const before = opened.get(endpointId)
    if (before?.sealed.length === sealed.length && before.sealed.every((one, n) => one.equals(sealed[n] as Buffer))) return before
    const endpoint = { platform_id: platformId, id: endpointId }
    const [headers, ...signing] = sealed as [Buffer, ...Buffer[]]
    const own = JSON.parse(openFrom(secrets, endpoint, 'headers', headers)) as Record<string, string>
    const signers = signing.map((one) => signerOf(openFrom(secrets, endpoint, 'secret', one)))
    const now = { sealed, own, signers }
    opened.set(endpointId, now)
    return now
  }
  return {
    ...deps,
    resting: rests,
    deliver: async (name, mode, claimed) => {
      const nowMs = deps.clock.nowMs()
      if (claimed.payload === null) return goneAt(nowMs)
      const { signers, own } = open(name, claimed)
      const more = {
        ...(claimed.gap_from === null ? {} : { gap_from: claimed.gap_from }),
        ...(claimed.include === null ? {} : { included: await included(deps.db, name.platformId, claimed) }),
      }
      const body = withMore(claimed.payload, more)
      const headers = { ...own, ...signedHeaders(claimed.event_id, nowMs, body, signers) }
      return attempt(
        connections,
        { url: claimed.url, isPrivateAllowed: isPrivateAllowed(deps.config.webhooks, mode), headers, body },
        nowMs,
      )
    },
  }
}

const previousOf = ({ previous_secret, previous_until }: Claimed, clock: Clock): Buffer[] =>
  previous_secret !== null && previous_until !== null && previous_until > toTime(clock.nowMs()) ? [previous_secret] : []

/** The payload as it was written, with further fields behind. */
const withMore = (payload: string, more: object): string => {
  const text = JSON.stringify(more)
  return text === '{}' ? payload : `${payload.slice(0, -1)},${text.slice(1)}`
}

const goneAt = (atMs: number): Attempt => ({
  atMs,
  durationMs: 0,
  status: null,
  error: 'event_gone',
  response: null,
  retryAfter: undefined,
})
