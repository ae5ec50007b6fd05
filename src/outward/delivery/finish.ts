/** Writes what became of attempts: each delivery, its log, and how the endpoint does. */
import { sql } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Health, Outcome } from './outcome.ts'
import { type Claimed, type EndpointName, inOrder } from './queue.ts'
import type { Attempt } from './send.ts'

export interface Finished {
  claimed: Pick<Claimed, 'id' | 'leased_until' | 'gap_from'>
  attempt: Attempt
  outcome: Outcome
}

/** How many of those that wait for an event are told when it is tried again: the others of a long queue are put aside when they are looked at. */
const TOLD_AT_MOST = 100

/**
 * Writes attempts of one endpoint. What waits for an event that is tried again later need not be looked at before, so it is due then. What waits for
 * one that is done with is due now. A delivery whose lease has ended and that another instance has taken is left to that one.
 * @returns how the endpoint does now, and whether others of its deliveries are due that nobody has taken
 */
export const finish = async (
  db: Db,
  { platformId, endpointId }: EndpointName,
  all: readonly Finished[],
  nowMs: number,
): Promise<{ health: Health; isMoreDue: boolean }> => {
  const rows = all.map(({ claimed, attempt, outcome: { delivery } }) => ({
    id: claimed.id,
    lease: claimed.leased_until,
    gap: claimed.gap_from !== null,
    state: delivery.state,
    next_at: delivery.state === 'pending' ? toTime(delivery.nextMs) : null,
    at: toTime(attempt.atMs),
    duration_ms: attempt.durationMs,
    status: attempt.status,
    error: attempt.error,
    response: attempt.response,
  }))
  const { succeeded, failures, firstFailure, pausedUntilMs } = together(all)
  const now = toTime(nowMs)
  const pausedUntil = pausedUntilMs === null ? null : toTime(pausedUntilMs)
  const first = firstFailure === undefined ? null : toTime(firstFailure)
  // the statement has these parts only where they have something to do, which is seldom
  const isTriedAgain = rows.some(({ state }) => state === 'pending')
  const behind = isTriedAgain
    ? sql`    behind as materialized (
      select w.ctid as place, done.next_at from done cross join webhook_endpoints e cross join lateral (
        select w.ctid, w.next_at from webhook_deliveries w
         where w.platform_id = ${platformId}::uuid and w.endpoint_id = ${endpointId}::uuid and w.state = 'pending'
           and w.subject_type = done.subject_type and w.subject_id = done.subject_id and w.sequence > done.sequence
         order by w.sequence limit ${TOLD_AT_MOST}::integer) w
       where e.platform_id = ${platformId}::uuid and e.id = ${endpointId}::uuid and e.ordered and done.state = 'pending' and w.next_at < done.next_at),
`
    : sql``
  const told = rows.some(({ gap }) => gap)
    ? sql`    told as (
      update webhook_deliveries g set gap_told = true from done join sent r on r.id = done.id
       where g.platform_id = ${platformId}::uuid and g.endpoint_id = ${endpointId}::uuid and g.state in ('failed', 'skipped') and not g.gap_told
         and r.gap and done.state = 'delivered' and g.subject_type = done.subject_type and g.subject_id = done.subject_id and g.sequence < done.sequence),
`
    : sql``
  const written = sql<{ failures: number; failing_since: string | null; more: boolean }>`
    with sent as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id uuid, lease timestamptz, gap boolean, state text, next_at timestamptz, at timestamptz, duration_ms integer, status integer, error text, response text)),
    done as (
      update webhook_deliveries d
         set state = r.state, next_at = r.next_at, leased_until = null, attempts = d.attempts + 1, tries = d.tries + 1,
             ended_at = case when r.state <> 'pending' then ${now}::timestamptz end
        from sent r
       where d.platform_id = ${platformId}::uuid and d.id = r.id and d.state = 'pending' and d.leased_until = r.lease
      returning d.id, d.attempts, d.state, d.next_at, d.subject_type, d.subject_id, d.sequence),
    logged as (
      insert into webhook_attempts (platform_id, delivery_id, number, at, duration_ms, status, error, response)
      select ${platformId}::uuid, done.id, done.attempts, r.at, r.duration_ms, r.status, r.error, r.response from done join sent r on r.id = done.id),
${told}${behind}    next as materialized (
      select w.ctid as place, ${now}::timestamptz as next_at from done cross join lateral (
        select w.ctid, w.next_at, w.tries from webhook_deliveries w
         where w.platform_id = ${platformId}::uuid and w.endpoint_id = ${endpointId}::uuid and w.state = 'pending'
           and w.subject_type = done.subject_type and w.subject_id = done.subject_id and w.sequence > done.sequence
         order by w.sequence limit 1) w
       where done.state <> 'pending' and w.tries = 0 and w.next_at > ${now}::timestamptz
         -- mostly nothing waits for later at all
         and (select true from webhook_deliveries l
               where l.platform_id = ${platformId}::uuid and l.endpoint_id = ${endpointId}::uuid and l.state = 'pending' and l.next_at > ${now}::timestamptz
               order by l.next_at limit 1) is not null),
    moved as (
      update webhook_deliveries w set next_at = m.next_at from (select * from next${isTriedAgain ? sql` union all select * from behind` : sql``}) m
       where w.platform_id = ${platformId}::uuid and w.ctid = m.place and w.state = 'pending' returning w.next_at),
    health as (
      update webhook_endpoints
       set failures = case when ${succeeded}::boolean then 0 else failures end + ${failures}::integer,
           failing_since = case when ${succeeded}::boolean then ${first}::timestamptz else coalesce(failing_since, ${first}::timestamptz) end,
           succeeded_at = case when ${succeeded}::boolean then ${now}::timestamptz else succeeded_at end,
           failed_at = case when ${failures}::integer > 0 then ${now}::timestamptz else failed_at end,
           paused_until = case when ${succeeded}::boolean then ${pausedUntil}::timestamptz else greatest(paused_until, ${pausedUntil}::timestamptz) end
     where platform_id = ${platformId}::uuid and id = ${endpointId}::uuid
      returning failures, failing_since)
    select failures, failing_since,
           -- as it was before: what these attempts were at is leased still
           (select true from webhook_deliveries n
             where n.platform_id = ${platformId}::uuid and n.endpoint_id = ${endpointId}::uuid and n.state = 'pending'
               and n.next_at <= ${now}::timestamptz and (n.leased_until is null or n.leased_until <= ${now}::timestamptz)
             order by n.next_at, n.feed_position limit 1) is not null
           or exists (select 1 from moved where next_at <= ${now}::timestamptz) as more
      from health`
  const { rows: found } = await inOrder(db, (trx) => written.execute(trx))
  const [row] = found
  const since = row?.failing_since ?? null
  const health = { failures: row?.failures ?? 0, failingSinceMs: since === null ? null : Date.parse(since) }
  return { health, isMoreDue: row?.more ?? false }
}

/** What several attempts together say of the endpoint, in the order in which they ended. */
const together = (all: readonly Finished[]) => {
  const isFailure = ({ attempt: { error } }: Finished): boolean => error !== null && error !== 'event_gone'
  const lastSuccess = all.findLastIndex(({ attempt }) => attempt.error === null)
  const after = all.slice(lastSuccess + 1).filter(isFailure)
  const pauses = after.flatMap(({ outcome }) => outcome.pausedUntilMs ?? [])
  return {
    succeeded: lastSuccess >= 0,
    failures: after.length,
    firstFailure: after[0]?.attempt.atMs,
    pausedUntilMs: pauses.length === 0 ? null : Math.max(...pauses),
  }
}
