/** What follows an attempt: pure, by the table of Standard Webhooks. */
import { DAY, HOUR, MINUTE, SECOND } from '../../foundation/clock.ts'
import type { DisabledReason } from '../../words/webhooks.ts'
import type { Attempt } from './send.ts'

/** How long after an attempt the next one comes: the first at once, ten in all. */
export const schedule: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]
/** Each wait is longer or shorter by up to this part of it, so that what failed together does not come back together. */
const JITTER = 0.1
const MOST_WAIT_MS = DAY

/** An endpoint that has failed for so long, and so often, is disabled. */
const FAILING_MS = 5 * DAY
const FAILING_TIMES = 10

/** From so many failures in a row on an endpoint is tried by few requests, with a rest between. */
export const AILING_FROM = 5
const FIRST_REST_MS = 5 * SECOND
const MOST_REST_MS = 5 * MINUTE

/** The receiver asks for fewer requests: the whole endpoint rests. */
const ASKS_FOR_REST: ReadonlySet<number> = new Set([429, 502, 503, 504])
const REST_WHEN_ASKED_MS = 5 * SECOND

/** `Retry-After` in milliseconds from now, at most a day; 0 where there is none. */
export const retryAfterMs = (header: string | undefined, nowMs: number): number => {
  if (header === undefined) return 0
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MOST_WAIT_MS) : 0
}

export interface Health {
  failures: number
  /** Milliseconds of real time; null while it does well. */
  failingSinceMs: number | null
}

export interface Outcome {
  /** What the delivery is afterwards. */
  delivery: { state: 'delivered' | 'failed' } | { state: 'pending'; nextMs: number }
  health: Health
  /** Nothing is sent to the endpoint before then; null: it goes on. */
  pausedUntilMs: number | null
  disable: Exclude<DisabledReason, 'by_admin'> | null
}

/**
 * @param tries earlier attempts at this delivery since it was put in the queue
 * @param before how the endpoint did so far
 * @param random from 0 to 1
 */
export const outcomeOf = (made: Attempt, tries: number, before: Health, nowMs: number, random: number): Outcome => {
  if (made.error === null)
    return {
      delivery: { state: 'delivered' },
      health: { failures: 0, failingSinceMs: null },
      pausedUntilMs: null,
      disable: null,
    }
  // the event is gone, which is not the endpoint's doing
  if (made.error === 'event_gone') return { delivery: { state: 'failed' }, health: before, pausedUntilMs: null, disable: null }
  const health = { failures: before.failures + 1, failingSinceMs: before.failingSinceMs ?? made.atMs }
  const asked = retryAfterMs(made.retryAfter, nowMs)
  const wait = schedule[tries + 1]
  const jittered = wait === undefined ? undefined : wait * (1 + JITTER * (2 * random - 1))
  return {
    delivery: jittered === undefined ? { state: 'failed' } : { state: 'pending', nextMs: nowMs + Math.max(jittered, asked) },
    health,
    pausedUntilMs: restAfter(made, health, asked, nowMs),
    disable: disabledBy(made, health, nowMs),
  }
}

const restAfter = ({ status }: Attempt, { failures }: Health, askedMs: number, nowMs: number): number | null => {
  const asksForRest = status !== null && ASKS_FOR_REST.has(status)
  const rests = [
    ...(asksForRest ? [Math.max(askedMs, REST_WHEN_ASKED_MS)] : []),
    ...(failures >= AILING_FROM ? [Math.min(FIRST_REST_MS * 2 ** (failures - AILING_FROM), MOST_REST_MS)] : []),
  ]
  return rests.length === 0 ? null : nowMs + Math.max(...rests)
}

const disabledBy = ({ status }: Attempt, { failures, failingSinceMs }: Health, nowMs: number): Outcome['disable'] => {
  if (status === 410) return 'gone'
  const isFailing = failures >= FAILING_TIMES && failingSinceMs !== null && nowMs - failingSinceMs >= FAILING_MS
  return isFailing ? 'failing' : null
}
