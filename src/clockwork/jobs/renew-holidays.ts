import { loggedError } from '../../foundation/process/logger.ts'
import type { LeaveOut } from '../../platform/platforms/ask-each.ts'
import { refreshPublishedHolidays } from '../../rules/calendars/refresh.ts'
import type { JobDeps } from './job.ts'

/** A newer library may know of more public holidays: calendars get them as new versions. Nothing waits for it. */
export const renewHolidays = async (
  { db, clock, log }: Pick<JobDeps, 'db' | 'clock' | 'log'>,
  shouldStop: () => boolean,
): Promise<{ renewed: number }> => {
  const leaveOut: LeaveOut = (platform, error) =>
    log.error({ ...loggedError(error), platform }, 'a platform’s holidays could not be looked up; the next turn tries again')
  const { renewed, unknown } = await refreshPublishedHolidays(db, clock, leaveOut, shouldStop)
  if (renewed.length > 0) log.info({ calendars: renewed }, 'newly published holidays; running clocks move on a recomputation')
  if (unknown.length > 0)
    log.warn({ countries: unknown }, 'the holidays of these countries are not known any more; the old ones stay')
  return { renewed: renewed.length }
}
