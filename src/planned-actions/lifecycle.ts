/**
 * What the service will do by itself, and what a supervisor may change about it: hold it back, release it, bring it forward. The duty itself
 * stays due all the while; a hold ends by itself, so no case is forgotten. This table says when each is possible, for the listing and for
 * the deed.
 */
import type { Subject, Who } from '../case-file/case-file.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { isCounted } from '../deadlines/words.ts'
import type { Time } from '../foundation/clock.ts'
import type { ActionRule } from '../foundation/lifecycle.ts'
import type { HoldBodies, PlannedState } from './schema.ts'

export type PlannedAct = keyof HoldBodies

/** Whether somebody holds back what would follow silence. */
export const isHeld = ({ hold }: DeadlineRow, now: Time): boolean => hold !== null && hold.until > now

export const plannedStateOf = (deadline: DeadlineRow, now: Time): PlannedState => {
  if (deadline.kind === 'appeal_window' || !isCounted(deadline.kind)) return deadline.kind
  if (deadline.status === 'paused') return 'paused'
  if (deadline.status !== 'running') return 'ended'
  if (isHeld(deadline, now)) return 'held'
  return deadline.due_at > now ? 'planned' : 'due'
}

export const plannedRules = {
  hold: {
    summary: 'Hold back what the service would do; the duty stays due. Holding again changes until when.',
    allow: [{ by: ['supervisor'], from: ['planned', 'due', 'held'] }],
  },
  release: {
    summary: 'Release what is held back; what is due by now happens at the next sweep.',
    allow: [{ by: ['supervisor'], from: ['held'] }],
  },
  bring_forward: {
    summary: 'Let it happen earlier; the due time itself moves, and no recomputation moves it again.',
    allow: [{ by: ['supervisor'], from: ['planned'] }],
  },
} as const satisfies Record<PlannedAct, ActionRule<PlannedState, Who, Subject>>
