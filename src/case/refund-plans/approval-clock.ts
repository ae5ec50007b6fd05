/**
 * The clock of an approval: it runs while a plan waits for a supervisor and one may approve it. This file works it out after each decision, so
 * that no rule has to remember it: a plan may wait while another one is carried out, and wait again once that has failed. Pure.
 */

import { clockOf } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClock, settlePause, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'

/** Brings the clocks in line with the plans of the case. The caller has read the plans. */
export const settleApprovals = (d: Decision): void => {
  const { complaint, plans, deadlines } = d.file
  const { livesIn } = clockOf.approval
  const lives = livesIn.includes(complaint.status)
  const waiting = lives ? plans.filter(({ status }) => status === 'in_review') : []
  const open = deadlines.filter((x) => x.kind === 'approval' && isOpen(x))
  for (const clock of open) {
    const plan = plans.find(({ id }) => id === clock.subject_id)
    if (plan === undefined || !waiting.includes(plan))
      endClock(d, clock, plan?.status === 'approved' || plan?.status === 'draft' ? 'met' : 'cancelled')
  }
  for (const plan of waiting)
    if (!open.some((clock) => clock.subject_id === plan.id))
      settlePause(d, startClock(d, 'approval', { party: 'platform', subjectId: plan.id }))
}
