/**
 * The deliverer of one instance. Each endpoint with something to do gets a pump of its own, which takes, sends and writes down what became of it; so
 * an endpoint that hangs, fails or floods keeps nobody else waiting. Between pumps there is nothing shared but the connections to the database.
 */
import { setTimeout as after } from 'node:timers/promises'
import { SECOND, toMs } from '../../foundation/clock.ts'
import { groupCommit } from '../../foundation/process/group-commit.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { askEach, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { findAllDeliveryWork } from '../across-platforms.ts'
import { disableEndpoint } from '../webhooks/record.ts'
import type { Courier } from './courier.ts'
import { type Finished, finish } from './finish.ts'
import { deliveryMetrics } from './metrics.ts'
import { AILING_FROM, type Health, outcomeOf } from './outcome.ts'
import {
  type Claimed,
  claim,
  type DeliveryWork,
  type EndpointName,
  EVENTS_AT_ONCE,
  findWorkOf,
  release,
  takeFromFeed,
} from './queue.ts'
import { ATTEMPT_MS } from './send.ts'

/** Requests to one endpoint at the same time, from one instance; and to one that fails. */
export const MOST_AT_ONCE = 16
const MOST_AT_ONCE_AILING = 1
/** Deliveries taken by one statement from an endpoint that answers quickly. */
const MOST_TAKEN = 64
const QUICK_MS = 100
/** How long what was taken is this instance's. */
const LEASE_MS = 60 * SECOND
/** What is not begun so long before the end of its lease is given back. */
const SPARE_MS = 5 * SECOND
/** How long an endpoint is left alone after an error of our own. */
const REST_MS = 10 * SECOND
/** The rest between two looks for endpoints with something to do. */
const LOOK_EVERY_MS = 200

const nameOf = ({ platform_id, endpoint_id }: DeliveryWork): EndpointName => ({
  platformId: platform_id,
  endpointId: endpoint_id,
})

/**
 * Delivers what is due, and what becomes due meanwhile, until nothing is.
 * @returns how many attempts were made
 */
export const deliverAll = async (courier: Courier, shouldStop: () => boolean): Promise<number> => {
  const { db, clock, log } = courier
  const pumps = new Map<string, Promise<void>>()
  /** Endpoints for which the last pump found nothing to send, although something looked due: they alone keep no turn from ending. */
  const vain = new Set<string>()
  let attempts = 0
  const leaveOut: LeaveOut = (platform, error) =>
    log.error({ ...loggedError(error), platform }, 'a platform’s deliveries could not be looked for; the next turn tries again')
  for (;;) {
    if (!shouldStop()) {
      const nowMs = clock.nowMs()
      const question = {
        together: () => findAllDeliveryWork(db, nowMs),
        alone: (platformId: string) => findWorkOf(db, platformId, nowMs),
      }
      for (const work of await askEach(db, question, leaveOut)) {
        if (pumps.has(work.endpoint_id) || (courier.resting.get(work.endpoint_id) ?? 0) > nowMs) continue
        if (pumps.size === 0 && vain.has(work.endpoint_id)) continue
        const pump = runPump(courier, work, shouldStop)
          .then((made) => {
            attempts += made
            if (made === 0) vain.add(work.endpoint_id)
            else vain.delete(work.endpoint_id)
          })
          .catch((error: unknown) => {
            courier.resting.set(work.endpoint_id, clock.nowMs() + REST_MS)
            log.error(
              { ...loggedError(error), endpoint: work.endpoint_id },
              'deliveries to an endpoint stopped; they go on in a while',
            )
          })
          .finally(() => pumps.delete(work.endpoint_id))
        pumps.set(work.endpoint_id, pump)
      }
    }
    if (pumps.size === 0) return attempts
    await Promise.race([after(LOOK_EVERY_MS), Promise.all(pumps.values())])
  }
}

/** Works off the queue of one endpoint until nothing of it is due. @returns how many attempts were made */
const runPump = async (courier: Courier, work: DeliveryWork, shouldStop: () => boolean): Promise<number> => {
  const { db, clock } = courier
  const name = nameOf(work)
  const waiting: Claimed[] = []
  const sending = new Set<Promise<void>>()
  let health: Health = {
    failures: work.failures,
    failingSinceMs: work.failing_since === null ? null : toMs(work.failing_since),
  }
  let usualMs = QUICK_MS
  let made = 0
  let isOff = false
  let failure: unknown

  const write = groupCommit<Finished, void>(
    async (all) => {
      health = await finish(db, name, all, clock.nowMs())
      return []
    },
    { lanes: 1, most: MOST_TAKEN, by: () => '', parting: () => 'none' },
  )
  const send = async (claimed: Claimed): Promise<void> => {
    const attempt = await courier.deliver(name, work.mode, claimed)
    usualMs += (attempt.durationMs - usualMs) / 8
    made += 1
    count(courier, attempt.error ?? 'delivered', attempt.durationMs)
    const outcome = outcomeOf(attempt, claimed.tries, health, clock.nowMs(), Math.random())
    if (outcome.pausedUntilMs !== null || outcome.disable !== null) isOff = true
    await write({ claimed, attempt, outcome })
    if (outcome.disable !== null && (await disableEndpoint(db, name, outcome.disable, clock.nowMs())))
      deliveryMetrics(courier.metrics).disabled.inc({ reason: outcome.disable })
  }
  const begin = (claimed: Claimed): void => {
    const sent: Promise<void> = send(claimed)
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => sending.delete(sent))
    sending.add(sent)
  }
  /** @returns whether there is, or may be, something to send */
  const refill = async (places: number): Promise<boolean> => {
    const events = await takeFromFeed(db, name, clock.nowMs())
    const most = usualMs < QUICK_MS ? MOST_TAKEN : places
    waiting.push(...(await claim(db, name, { nowMs: clock.nowMs(), leaseMs: LEASE_MS, most })))
    return waiting.length > 0 || events === EVENTS_AT_ONCE
  }

  try {
    while (!isOff && failure === undefined && !shouldStop()) {
      const places = (health.failures >= AILING_FROM ? MOST_AT_ONCE_AILING : MOST_AT_ONCE) - sending.size
      if (places <= 0 || (waiting.length === 0 && !(await refill(places)))) {
        if (sending.size === 0) break
        await Promise.race(sending)
        continue
      }
      const latest = clock.nowMs() + ATTEMPT_MS + SPARE_MS
      for (const claimed of waiting.splice(0, places)) if (toMs(claimed.leased_until) > latest) begin(claimed)
    }
  } finally {
    if (waiting.length > 0)
      await release(
        db,
        name,
        waiting.map(({ id }) => id),
      )
    await Promise.all(sending)
  }
  if (failure !== undefined) throw failure
  return made
}

const count = ({ metrics }: Courier, result: string, durationMs: number): void => {
  const { attempts, duration } = deliveryMetrics(metrics)
  attempts.inc({ result })
  duration.observe(durationMs / SECOND)
}
