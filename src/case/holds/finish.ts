/** What follows for held settlements from every decision: whether something claims them. Pure. */

import type { Decision } from '../case-file/decision.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { isFinal } from './claims.ts'
import { isWaitedFor } from './lifecycle.ts'

/**
 * Once nothing in a case claims what is held for it, the next sweep looks at it: only then is it known whether other cases of its order do.
 */
export const followHolds = (d: Decision): void => {
  if (!d.hasRules || d.file.holds.length === 0) return
  const isOver = isFinal(d.file)
  for (const { id, status } of d.file.holds) {
    const isLookedAt = d.file.deadlines.some((x) => x.kind === 'hold_release' && x.subject_id === id && isOpen(x))
    if (!isOver && isLookedAt) endClocks(d, 'cancelled', { kinds: ['hold_release'], subjectId: id })
    if (isOver && isWaitedFor({ status }) && !isLookedAt)
      startClock(d, 'hold_release', { party: 'platform', subjectId: id, dueAt: d.now })
  }
}
