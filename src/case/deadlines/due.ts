/** What the clocks of a case say about its duties: which are open, what is due next, what has been owed since when. */
import { NEVER, type Time } from '../../foundation/clock.ts'
import { isCounted } from '../../words/deadlines.ts'
import type { DeadlineRow } from './table.ts'

/** The most clocks of a case that are read and shown: those that are open or owed, and the last that ended. */
export const MOST_CLOCKS = 60

/** The clocks of a case to show. A decision may have started some more than `MOST_CLOCKS`; then the oldest that ended are left out. */
export const shownClocks = (deadlines: readonly DeadlineRow[]): readonly DeadlineRow[] => {
  let tooMany = deadlines.length - MOST_CLOCKS
  if (tooMany <= 0) return deadlines
  return deadlines.filter((deadline) => isOpen(deadline) || isStillOwed(deadline) || tooMany-- <= 0)
}

export const isOpen = (deadline: DeadlineRow): boolean => deadline.status === 'running' || deadline.status === 'paused'

/** Whether words of its side hold what its silence would lead to. */
export const isHeard = ({ heard, ended_at }: DeadlineRow): boolean =>
  ended_at === null && heard !== null && heard.until !== null && heard.ended_at === null

/** Missed, acted on, and still not done. */
export const isStillOwed = (deadline: DeadlineRow): boolean => deadline.status === 'missed' && deadline.owed_since !== null

/** Whether a clock counts a duty. An appeal window is a right, and `notice` and `held_silence` are the service's own reminders. */
export const isDuty = ({ kind }: DeadlineRow): boolean => kind !== 'appeal_window' && isCounted(kind)

/** The earliest due time of a running duty. */
export const nextDueAt = (deadlines: readonly DeadlineRow[]): Time =>
  deadlines.reduce((due, x) => (x.status === 'running' && isDuty(x) && x.due_at < due ? x.due_at : due), NEVER)

/** Since when a duty has been past its due time and still owed, as far as a sweep has seen it. */
export const owedSince = (deadlines: readonly DeadlineRow[]): Time | null =>
  deadlines.reduce<Time | null>(
    (since, x) =>
      (isOpen(x) || isStillOwed(x)) && x.owed_since !== null && (since === null || x.owed_since < since) ? x.owed_since : since,
    null,
  )
