/** Endpoints and deliveries as they are shown: no secret, and of headers only the names. */
import type { Delivery, Endpoint, Held } from './find.ts'
import type { DeliveryWire, EndpointWire } from './schema.ts'

const filtersOf = ({ merchants, categories, levels }: Endpoint): EndpointWire['filters'] =>
  ({
    ...(merchants && { merchant: merchants }),
    ...(categories && { category: categories }),
    ...(levels && { level: levels }),
  }) as EndpointWire['filters']

/** @param held subjects of this endpoint, or of others too */
export const endpointView = (row: Endpoint, held: readonly Held[]): EndpointWire => ({
  id: row.id,
  url: row.url,
  description: row.description,
  types: row.types,
  filters: filtersOf(row),
  headers: row.header_names,
  ordered: row.ordered,
  signature: row.signature,
  public_key: row.public_key,
  previous_secret_until: row.previous_until,
  include: row.include,
  personal: row.personal,
  max_per_second: row.max_per_second,
  state: row.state,
  disabled_reason: row.disabled_reason,
  failing_since: row.failing_since,
  last_success_at: row.succeeded_at,
  last_failure_at: row.failed_at,
  paused_until: row.paused_until,
  held: held
    .filter(({ endpoint_id }) => endpoint_id === row.id)
    .map(({ id, subject_type, subject_id, sequence, created_at }) => ({
      subject: { type: subject_type, id: subject_id },
      sequence,
      delivery_id: id,
      since: created_at,
    })),
  version: row.version,
  created_at: row.created_at,
  created_by: row.created_by,
  updated_at: row.updated_at,
})

export const deliveryView = (row: Delivery): DeliveryWire => ({
  id: row.id,
  endpoint_id: row.endpoint_id,
  event: { id: row.event_id, type: row.event_type },
  subject: { type: row.subject_type, id: row.subject_id },
  sequence: row.sequence,
  state: row.state,
  attempts: row.log,
  next_attempt_at: row.next_at,
  created_at: row.created_at,
  ended_at: row.ended_at,
})
