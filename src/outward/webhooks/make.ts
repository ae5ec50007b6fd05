/** Endpoints as rows: a new one, and what a change makes of one. Pure, but for secrets, which are random. */
import type { Insertable, Updateable } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { KeyRing } from '../../foundation/key-ring.ts'
import type { Endpoint } from './find.ts'
import type { EndpointPatchBody, NewEndpointBody } from './schema.ts'
import { newSecret, sealFor } from './secrets.ts'
import type { WebhookEndpointRow } from './table.ts'

const filtersOf = (filters: NewEndpointBody['filters'] | null = {}) => ({
  merchants: filters?.merchant ?? null,
  categories: filters?.category ?? null,
  levels: filters?.level ?? null,
})

const headersOf = (ring: KeyRing, name: { platform_id: string; id: string }, headers: Record<string, string>) => ({
  headers: sealFor(ring, name, 'headers', JSON.stringify(headers)),
  header_names: Object.keys(headers),
})

/** @returns the row, and the secret that is shown once; null where there is only a public key to show */
export const newEndpoint = (
  ring: KeyRing,
  body: NewEndpointBody,
  { platformId, id, now, by, position }: { platformId: string; id: string; now: Time; by: string; position: number },
): { row: Insertable<WebhookEndpointRow>; secret: string | null } => {
  const { signature = 'hmac' } = body
  const name = { platform_id: platformId, id }
  const { secret, publicKey } = newSecret(signature)
  return {
    secret: publicKey === null ? secret : null,
    row: {
      ...name,
      version: 1,
      url: body.url,
      description: body.description ?? null,
      types: body.types ?? ['*'],
      ...filtersOf(body.filters),
      ordered: body.ordered ?? true,
      signature,
      include: body.include ?? null,
      personal: body.personal ?? false,
      max_per_second: body.max_per_second ?? null,
      state: 'active',
      disabled_reason: null,
      ...headersOf(ring, name, body.headers ?? {}),
      secret: sealFor(ring, name, 'secret', secret),
      public_key: publicKey,
      previous_secret: null,
      previous_public_key: null,
      previous_until: null,
      created_at: now,
      created_by: by,
      updated_at: now,
      feed_position: position,
    },
  }
}

/** What was left out of the body stays as it is. */
export const changeOf = (
  ring: KeyRing,
  before: Endpoint,
  { filters, headers, state, ...fields }: EndpointPatchBody,
  now: Time,
): Updateable<WebhookEndpointRow> => ({
  ...(fields as Updateable<WebhookEndpointRow>),
  ...(filters === undefined ? {} : filtersOf(filters)),
  ...(headers === undefined ? {} : headersOf(ring, before, headers ?? {})),
  ...(state === undefined || state === before.state ? {} : switched(state)),
  version: before.version + 1,
  updated_at: now,
})

/** One that is made active again begins as if it had never failed. */
const switched = (state: 'active' | 'disabled'): Updateable<WebhookEndpointRow> =>
  state === 'disabled'
    ? { state, disabled_reason: 'by_admin' }
    : { state, disabled_reason: null, failures: 0, failing_since: null, paused_until: null, paced_until: null }
