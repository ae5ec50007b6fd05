/**
 * What goes into and out of the fund and the deposits of merchants. An admin announces or asks, another one approves what is large, and the payment system
 * says what became of it. This table rules it.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { type MovementState, movementKindRows, movementStates } from '../../words/fund.ts'
import type { MovementRow } from './table.ts'

export type MovementAction =
  | 'announce'
  | 'ask'
  | 'approve'
  | 'refuse'
  | 'receive'
  | 'complete'
  | 'fail'
  | 'cancel'
  | 'expire'
  | 'lapse'

/** Who can move money of the platform, by the role of the caller. */
export type MovementWho = 'admin' | 'payments' | 'system'

export interface MovementSubject {
  actor: Actor
  /** Null for one that is yet to be made. */
  movement: MovementRow | null
}

const anotherPerson: Condition<MovementSubject> = {
  says: 'another person than the one who announced it or asked for it',
  holds: ({ actor, movement }) => actor.role !== 'admin' || movement === null || !namesPerson(movement.requested_by, actor.id),
}

const comesIn: Condition<MovementSubject> = {
  says: 'money that was announced',
  holds: ({ movement }) => movement === null || movementKindRows[movement.kind].way === 'in',
}

export const movementLifecycle = {
  resource: 'fund_movement',
  states: movementStates,
  initial: 'asked',
  final: ['received', 'expired', 'done', 'failed', 'refused', 'cancelled'],
  actions: {
    announce: {
      summary: 'Announce money for the fund, or the deposit of a merchant.',
      allow: [{ by: ['admin'], from: [], to: ['expected'] }],
    },
    ask: {
      summary:
        'Ask for money of the fund, or of the deposit of a merchant; what is within the amount of the policy is paid at once, where it is there.',
      allow: [{ by: ['admin'], from: [], to: ['asked', 'paying', 'refused'] }],
    },
    approve: {
      summary: 'Approve a withdrawal; the money leaves the account at once, and the payment system is asked to pay it.',
      allow: [{ by: ['admin'], from: ['asked'], to: ['paying', 'refused'] }],
      apart: [anotherPerson],
    },
    refuse: {
      summary: 'Refuse a withdrawal.',
      allow: [{ by: ['admin'], from: ['asked'], to: ['refused'] }],
      apart: [anotherPerson],
    },
    receive: {
      summary: 'Report that announced money came in, and how much; also after it was given up.',
      allow: [{ by: ['payments', 'admin'], from: ['expected', 'expired', 'cancelled'], to: ['received'] }],
      apart: [anotherPerson],
      when: [comesIn],
    },
    complete: {
      summary: 'Report that a withdrawal was paid; also after it was reported as failed.',
      allow: [{ by: ['payments', 'admin'], from: ['paying', 'failed'], to: ['done'] }],
      apart: [anotherPerson],
    },
    fail: {
      summary: 'Report that a withdrawal could not be paid; the money goes back to the account.',
      allow: [{ by: ['payments', 'admin'], from: ['paying'], to: ['failed'] }],
      apart: [anotherPerson],
    },
    cancel: {
      summary: 'Call off what was announced or asked.',
      allow: [{ by: ['admin'], from: ['expected', 'asked'], to: ['cancelled'] }],
    },
    expire: {
      summary: 'What was announced did not come in in time.',
      allow: [{ by: ['system'], from: ['expected'], to: ['expired'] }],
    },
    lapse: {
      summary: 'No second admin answered in time.',
      allow: [{ by: ['system'], from: ['asked'], to: ['refused'] }],
    },
  },
} as const satisfies Lifecycle<MovementState, MovementAction, MovementWho, MovementSubject>

export const setMovementStatus = statusSetter<MovementState>(movementLifecycle)

/** The role of a caller as the table names it. */
export const movementCapacities = ({ role }: Pick<Actor, 'role'>): ReadonlySet<MovementWho> =>
  new Set(role === 'admin' || role === 'payments' || role === 'system' ? [role] : [])
