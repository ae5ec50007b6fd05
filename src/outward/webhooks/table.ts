import type { Generated } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { EventSubject } from '../../words/events.ts'
import type { AttemptError, DeliveryState, DisabledReason, EndpointState, SignatureKind } from '../../words/webhooks.ts'

export interface WebhookEndpointRow {
  platform_id: string
  id: string
  version: number
  url: string
  description: string | null
  /** Types of events, `*`, and beginnings of types with a `*` behind. */
  types: string[]
  /** Null: all of them. */
  merchants: string[] | null
  categories: string[] | null
  levels: number[] | null
  ordered: boolean
  signature: SignatureKind
  include: 'complaint' | null
  personal: boolean
  max_per_second: number | null
  state: EndpointState
  disabled_reason: DisabledReason | null
  /** Sealed, as the secrets. */
  headers: Buffer
  header_names: string[]
  secret: Buffer
  public_key: string | null
  previous_secret: Buffer | null
  previous_public_key: string | null
  previous_until: Time | null
  created_at: Time
  created_by: string
  updated_at: Time
  /** Up to where of the feed its deliveries have been made. */
  feed_position: number
  feed_subject_type: Generated<string>
  feed_subject_id: Generated<string>
  feed_sequence: Generated<number>
  /** Attempts since the last success. All times from here on are real. */
  failures: Generated<number>
  failing_since: Generated<Time | null>
  succeeded_at: Generated<Time | null>
  failed_at: Generated<Time | null>
  paused_until: Generated<Time | null>
  paced_until: Generated<Time | null>
  /** Nobody sees it any more since then; its log leaves in batches, and then the row. */
  removed_at: Generated<Time | null>
}

export interface WebhookDeliveryRow {
  platform_id: string
  endpoint_id: string
  /** The event's key in the feed. */
  feed_position: number
  subject_type: EventSubject
  subject_id: string
  sequence: number
  id: Generated<string>
  event_id: string
  event_type: string
  state: DeliveryState
  /** All attempts so far, and those since it was last put in the queue. */
  attempts: Generated<number>
  tries: Generated<number>
  created_at: Time
  /** Null once it is not pending. */
  next_at: Time | null
  leased_until: Time | null
  ended_at: Time | null
  /** Of one that was given up: whether a later event of the subject has told so. */
  gap_told: Generated<boolean>
}

export interface WebhookAttemptRow {
  platform_id: string
  delivery_id: string
  number: number
  at: Time
  duration_ms: number
  /** Null where no answer came. */
  status: number | null
  error: AttemptError | null
  /** How its answer began. */
  response: string | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    webhook_endpoints: WebhookEndpointRow
    webhook_deliveries: WebhookDeliveryRow
    webhook_attempts: WebhookAttemptRow
  }
}
