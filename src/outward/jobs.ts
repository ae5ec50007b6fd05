/** The jobs of this wing, beside those of `clockwork/jobs/jobs.ts`. */
import { forEach } from '../clockwork/jobs/each-platform.ts'
import { forgetAll, ROWS_AT_ONCE } from '../clockwork/jobs/forget.ts'
import type { Job, JobDeps } from '../clockwork/jobs/job.ts'
import { HOUR, SECOND } from '../foundation/clock.ts'
import { loggedError } from '../foundation/process/logger.ts'
import { apart, askEach, type LeaveOut } from '../platform/platforms/ask-each.ts'
import { findAllRemoved } from './across-platforms.ts'
import { createCourier } from './delivery/courier.ts'
import { deliverAll } from './delivery/engine.ts'
import { MOST_AT_ONCE } from './delivery/pump.ts'
import type { Deps } from './deps.ts'
import { forgetEvents, tooOldBefore } from './feed/forget.ts'
import { findRemovedOf } from './webhooks/find.ts'
import { forgetDeliveries, forgetRemoved, resealEndpoints } from './webhooks/record.ts'

export type OutwardJobDeps = JobDeps & Pick<Deps, 'config' | 'secrets' | 'connections' | 'traffic'>

export const outwardJobs: readonly Job<OutwardJobDeps>[] = [
  {
    name: 'forget_events',
    what: 'removes events that have been in the feed for `EVENTS_KEPT_DAYS`',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const { db, clock, config } = deps
      const before = tooOldBefore(clock.nowMs(), config.eventsKeptDays)
      const unreachable = 'a platform’s old events could not be removed; the next turn tries again'
      const removed = await forEach(deps, unreachable, shouldStop, async (id) => {
        const events = await forgetAll((most) => forgetEvents(db, id, before, most), shouldStop)
        const deliveries = await forgetAll((most) => forgetDeliveries(db, id, most), shouldStop)
        return events.removed + deliveries.removed
      })
      return { removed }
    },
  },
  {
    name: 'forget_endpoints',
    what: 'removes what was delivered to webhook endpoints that are gone; a new one that is removed wakes it',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const { db, log } = deps
      const leaveOut: LeaveOut = (platform, error) =>
        log.error(
          { ...loggedError(error), platform },
          'removed endpoints of a platform could not be forgotten; the next turn tries again',
        )
      const ofAll = { together: () => findAllRemoved(db), alone: (platformId: string) => findRemovedOf(db, platformId) }
      let removed = 0
      for (const name of await askEach(db, ofAll, leaveOut))
        await apart(name.platformId, leaveOut, async () => {
          removed += (await forgetAll((most) => forgetRemoved(db, name, most), shouldStop)).removed
        })
      return { removed }
    },
  },
  {
    name: 'deliver_webhooks',
    what: 'sends events to webhook endpoints, as long as some are due',
    turns: SECOND / 4,
    lane: 'webhooks',
    atOnce: `${MOST_AT_ONCE} requests to each endpoint`,
    twice: 'shared by a lock on each endpoint',
    run: async (deps, shouldStop) => {
      // every delivery is counted by the metrics; a line in the log for each turn would be no news
      if (deps.secrets !== undefined) await deliverAll(createCourier(deps, deps.secrets, deps.connections), shouldStop)
      return {}
    },
  },
  {
    name: 'reseal_secrets',
    what: 'seals with the first key of `SECRETS_KEY` what is sealed with another',
    turns: HOUR,
    lane: 'records',
    atOnce: '1 endpoint',
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const { db, secrets, learning } = deps
      if (secrets === undefined) return { resealed: 0 }
      const unreachable = 'a platform’s secrets could not be sealed anew; the next turn tries again'
      return {
        resealed: await forEach(
          deps,
          unreachable,
          shouldStop,
          async (id) => (await resealEndpoints(db, secrets, id)) + (await learning.reseal(db, id)),
        ),
      }
    },
  },
]
