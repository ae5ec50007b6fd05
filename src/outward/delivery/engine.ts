/**
 * The deliverer of one instance. Each endpoint with something to do gets a pump of its own, which takes, sends and writes down what became of it; so
 * an endpoint that hangs, fails or floods keeps nobody else waiting. Between pumps there is nothing shared but the connections to the database.
 */
import { setTimeout as after } from 'node:timers/promises'
import { SECOND } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { askEach, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { findAllDeliveryWork } from '../across-platforms.ts'
import type { Courier } from './courier.ts'
import { runPump } from './pump.ts'
import { findWorkOf } from './queue.ts'

/** How long an endpoint is left alone after an error of our own. */
const REST_MS = 10 * SECOND
/** The rest between two looks for endpoints with something to do: where there are very many, a look takes at most a fifth of the time. */
const LOOK_EVERY_MS = 200
const REST_OF_LOOK = 4
const MOST_LOOK_REST_MS = 2 * SECOND

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
  let restMs = LOOK_EVERY_MS
  const leaveOut: LeaveOut = (platform, error) =>
    log.error({ ...loggedError(error), platform }, 'a platform’s deliveries could not be looked for; the next turn tries again')
  for (;;) {
    if (!shouldStop()) {
      const nowMs = clock.nowMs()
      const question = {
        together: () => findAllDeliveryWork(db, nowMs),
        alone: (platformId: string) => findWorkOf(db, platformId, nowMs),
      }
      const began = performance.now()
      const found = await askEach(db, question, leaveOut)
      restMs = Math.min(MOST_LOOK_REST_MS, Math.max(LOOK_EVERY_MS, REST_OF_LOOK * (performance.now() - began)))
      for (const work of found) {
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
    if (pumps.size === 0) {
      // the next turn begins with a look
      if (restMs > LOOK_EVERY_MS) await after(restMs)
      return attempts
    }
    await Promise.race([after(restMs), Promise.all(pumps.values())])
  }
}
