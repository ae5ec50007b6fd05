/**
 * What the service will do by itself, and what a supervisor may change about it: hold it back, release it, bring it forward, cancel it for
 * good. The duty itself stays due all the while. No case is forgotten: a hold ends by itself, and in place of a cancelled action the
 * supervisors are called in. The list of planned actions and the actions on them both follow this table.
 */
import type { Subject, Who } from '../../case/case-file/case-file.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import type { Time } from '../../foundation/clock.ts'
import type { ActionRule } from '../../foundation/lifecycle.ts'
import { callsIn, isCounted } from '../../words/deadlines.ts'
import type { HoldBodies, PlannedState } from './schema.ts'

export type PlannedAct = keyof HoldBodies

/** Whether a supervisor holds back what would follow silence. */
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
  cancel: {
    summary:
      'Cancel for good what would close, decide or deem something: it never happens. The duty stays due, and the supervisors are called in when it is missed, again and again.',
    allow: [{ by: ['supervisor'], from: ['planned', 'due', 'held', 'paused'] }],
    when: [
      {
        says: 'an action that closes, decides or deems something; what only calls somebody in can be held instead',
        holds: ({ deadline }: Subject) => deadline === undefined || !callsIn.includes(deadline.on_silence),
      },
    ],
  },
  bring_forward: {
    summary: 'Let it happen earlier; the due time itself moves, and no recomputation moves it again.',
    allow: [{ by: ['supervisor'], from: ['planned'] }],
  },
} as const satisfies Record<PlannedAct, ActionRule<PlannedState, Who, Subject>>
