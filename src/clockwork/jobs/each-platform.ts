import { loggedError } from '../../foundation/process/logger.ts'
import { apart, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { findPlatformIds } from '../../platform/platforms/find.ts'
import type { JobDeps } from './job.ts'

/**
 * Something to be done for each platform: one whose rows are out of reach is left out, and told.
 * @param what the line of the log then
 * @param work returns how much it did
 * @returns how much was done
 */
export const forEach = async (
  { db, log }: Pick<JobDeps, 'db' | 'log'>,
  what: string,
  shouldStop: () => boolean,
  work: (platformId: string) => Promise<number>,
): Promise<number> => {
  let done = 0
  const leaveOut: LeaveOut = (platform, error) => log.error({ ...loggedError(error), platform }, what)
  for (const platformId of await findPlatformIds(db)) {
    if (shouldStop()) break
    await apart(platformId, leaveOut, async () => {
      done += await work(platformId)
    })
  }
  return done
}
