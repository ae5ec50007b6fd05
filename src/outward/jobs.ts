/** The jobs of this wing, beside those of `clockwork/jobs/jobs.ts`. */
import { forgetAll, ROWS_AT_ONCE } from '../clockwork/jobs/forget.ts'
import type { Job, JobDeps } from '../clockwork/jobs/job.ts'
import { HOUR } from '../foundation/clock.ts'
import { loggedError } from '../foundation/process/logger.ts'
import { apart, type LeaveOut } from '../platform/platforms/ask-each.ts'
import { findPlatformIds } from '../platform/platforms/find.ts'
import type { AppConfig } from './deps.ts'
import { forgetEvents, tooOldBefore } from './feed/forget.ts'

export interface OutwardJobDeps extends JobDeps {
  config: AppConfig
}

export const outwardJobs: readonly Job<OutwardJobDeps>[] = [
  {
    name: 'forget_events',
    what: 'removes events that have been in the feed for `EVENTS_KEPT_DAYS`',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async ({ db, clock, config, log }, shouldStop) => {
      const before = tooOldBefore(clock.nowMs(), config.eventsKeptDays)
      const leaveOut: LeaveOut = (platform, error) =>
        log.error({ ...loggedError(error), platform }, 'a platform’s old events could not be removed; the next turn tries again')
      let removed = 0
      for (const platformId of await findPlatformIds(db)) {
        if (shouldStop()) break
        await apart(platformId, leaveOut, async () => {
          const gone = await forgetAll((most) => forgetEvents(db, platformId, before, most), shouldStop)
          removed += gone.removed
        })
      }
      return { removed }
    },
  },
]
