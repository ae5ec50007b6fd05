/**
 * Works off the queue of one endpoint: takes some ahead, sends as many at a time as the endpoint may get, and writes together what became of
 * them. A place is free again when its request has ended, so a database that takes a while to commit keeps no request waiting.
 */
import { SECOND, toMs } from '../../foundation/clock.ts'
import { msOfId } from '../../foundation/ids.ts'
import { disableEndpoint } from '../webhooks/record.ts'
import type { Courier } from './courier.ts'
import { type Finished, finish } from './finish.ts'
import { isBusy, restOf } from './give-way.ts'
import { deliveryMetrics } from './metrics.ts'
import { AILING_FROM, type Health, outcomeOf } from './outcome.ts'
import {
  type Claimed,
  claim,
  type DeliveryWork,
  type EndpointName,
  EVENTS_AT_ONCE,
  release,
  type Taking,
  takeFromFeed,
} from './queue.ts'
import { ATTEMPT_MS } from './send.ts'

/** Requests to one endpoint at the same time, from one instance; and to one that fails. */
export const MOST_AT_ONCE = 16
const MOST_AT_ONCE_AILING = 1
/** Deliveries taken by one statement from an endpoint that answers quickly, and how few of them are left when more are taken. */
const MOST_TAKEN = 256
const LEFT_WHEN_TAKING = 32
const QUICK_MS = 100
/** How long what was taken is this instance's. */
const LEASE_MS = 60 * SECOND
/** What is not begun so long before the end of its lease is not begun. */
const SPARE_MS = 5 * SECOND
/** So many results are written together, or those of so many milliseconds: each statement costs as much as some requests. */
const MOST_WRITTEN = 128
const WRITE_WITHIN_MS = 40
/** The same while there are requests to give way to: what is written together costs less. */
const WRITE_WITHIN_WHEN_BUSY_MS = 150
/** Where nothing else is under way, the next event of the subject may be waiting for the result. */
const WRITE_ALONE_MS = 10
/** The rest between two looks at a feed that had nothing more, and between two at a queue in which nothing was due. */
const FEED_EVERY_MS = 50
const FEED_EVERY_WHEN_BUSY_MS = 200
const LOOK_EVERY_MS = 100

/** @returns how many attempts were made, when nothing of the queue is due any more */
export const runPump = async (courier: Courier, work: DeliveryWork, shouldStop: () => boolean): Promise<number> => {
  const { db, clock, traffic } = courier
  const name: EndpointName = { platformId: work.platform_id, endpointId: work.endpoint_id }
  const waiting: Claimed[] = []
  const unwritten: Finished[] = []
  let health: Health = {
    failures: work.failures,
    failingSinceMs: work.failing_since === null ? null : toMs(work.failing_since),
  }
  let usualMs = QUICK_MS
  let [made, sending] = [0, 0]
  let [isTaking, isWriting, isOff] = [false, false, false]
  /** When nothing more was found to take; `undefined` while there may be something, as after something was written. */
  let dryAt: number | undefined
  let written = 0
  let feedEndedAt = Number.NEGATIVE_INFINITY
  let unwrittenSince = 0
  let failure: { error: unknown } | undefined
  let wake = (): void => undefined

  const nap = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  /** Lets something go on beside. @param ended in any case */
  const beside = (doing: Promise<void>, ended: () => void): void => {
    void doing
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        ended()
        wake()
      })
  }

  const giving = (): boolean => isBusy({ requests: traffic.requests() })
  /** How long the next one has to rest. */
  const rest = (): number => {
    const [next] = waiting
    const lateMs = next === undefined || next.attempts > 0 ? 0 : clock.nowMs() - msOfId(next.event_id)
    return restOf({ requests: traffic.requests(), lateMs, atMs: performance.now() })
  }
  const places = (): number => (health.failures >= AILING_FROM ? MOST_AT_ONCE_AILING : MOST_AT_ONCE)

  const due = async (taking: Taking): Promise<void> => {
    const before = written
    const { claimed, isMoreDue } = await claim(db, name, taking)
    waiting.push(...claimed)
    // what was written meanwhile may have been too late for this
    if (claimed.length < taking.most && !isMoreDue && written === before) dryAt = performance.now()
  }

  const news = async (taking: Taking): Promise<void> => {
    const { events, claimed, left } = await takeFromFeed(db, name, taking)
    waiting.push(...claimed)
    if (events < EVENTS_AT_ONCE) feedEndedAt = performance.now()
    if (left > 0) dryAt = undefined
  }

  /** What waits in the queue goes before what is new. */
  const take = async (): Promise<void> => {
    const most = usualMs < QUICK_MS ? MOST_TAKEN : Math.max(1, places() - sending)
    const taking = { nowMs: clock.nowMs(), leaseMs: LEASE_MS, most }
    if (isQueueOpen()) return due(taking)
    return news(taking)
  }

  const send = async (claimed: Claimed): Promise<void> => {
    const attempt = await courier.deliver(name, work.mode, claimed)
    usualMs += (attempt.durationMs - usualMs) / 8
    made += 1
    const { attempts, duration } = deliveryMetrics(courier.metrics)
    attempts.inc({ result: attempt.error ?? 'delivered' })
    duration.observe(attempt.durationMs / SECOND)
    const outcome = outcomeOf(attempt, claimed.tries, health, clock.nowMs(), Math.random())
    if (outcome.pausedUntilMs !== null || outcome.disable !== null) isOff = true
    if (unwritten.length === 0) unwrittenSince = performance.now()
    unwritten.push({ claimed, attempt, outcome })
  }

  const write = async (): Promise<void> => {
    const all = unwritten.splice(0, MOST_WRITTEN)
    unwrittenSince = performance.now()
    const done = await finish(db, name, all, clock.nowMs())
    health = done.health
    // what waited behind these may be sent now
    if (done.isMoreDue) dryAt = undefined
    written += 1
    const reason = all.find(({ outcome }) => outcome.disable !== null)?.outcome.disable ?? null
    if (reason !== null && (await disableEndpoint(db, name, reason, clock.nowMs())))
      deliveryMetrics(courier.metrics).disabled.inc({ reason })
  }

  const begin = (): void => {
    const latest = clock.nowMs() + ATTEMPT_MS + SPARE_MS
    while (waiting.length > 0 && sending < places() && rest() === 0) {
      const claimed = waiting.shift() as Claimed
      if (toMs(claimed.leased_until) <= latest) continue
      sending += 1
      beside(send(claimed), () => {
        sending -= 1
      })
    }
  }

  const isQueueOpen = (): boolean => dryAt === undefined || (sending > 0 && performance.now() - dryAt >= LOOK_EVERY_MS)
  const isFeedOpen = (): boolean => performance.now() - feedEndedAt >= (giving() ? FEED_EVERY_WHEN_BUSY_MS : FEED_EVERY_MS)
  const mayFind = (): boolean => isQueueOpen() || isFeedOpen()
  const writeWithin = (): number => {
    if (giving()) return WRITE_WITHIN_WHEN_BUSY_MS
    return sending + waiting.length === 0 ? WRITE_ALONE_MS : WRITE_WITHIN_MS
  }
  const isWriteDue = (isOver: boolean): boolean =>
    unwritten.length >= MOST_WRITTEN || (unwritten.length > 0 && (isOver || performance.now() - unwrittenSince >= writeWithin()))

  for (;;) {
    const isOver = isOff || failure !== undefined || shouldStop()
    if (!isOver) begin()
    const isShort = usualMs < QUICK_MS ? waiting.length <= LEFT_WHEN_TAKING : waiting.length === 0 && sending < places()
    // who writes has the lock of the endpoint, so what is taken meanwhile would be nothing, and look like the end
    if (!isOver && !isTaking && !isWriting && isShort && mayFind()) {
      isTaking = true
      beside(take(), () => {
        isTaking = false
      })
    }
    if (!isWriting && isWriteDue(isOver)) {
      isWriting = true
      beside(write(), () => {
        isWriting = false
      })
    }
    const isIdle = !isTaking && !isWriting && sending === 0 && unwritten.length === 0
    if (isIdle && (isOver || (waiting.length === 0 && !mayFind()))) break
    const resting = waiting.length > 0 && sending < places() ? rest() : 0
    await nap(Math.min(unwritten.length > 0 ? writeWithin() : LOOK_EVERY_MS, resting > 0 ? Math.ceil(resting) : LOOK_EVERY_MS))
  }
  if (waiting.length > 0)
    await release(
      db,
      name,
      waiting.map(({ id }) => id),
    )
  if (failure !== undefined) throw failure.error
  return made
}
