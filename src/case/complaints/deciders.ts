/** Who may decide a case of its staff, beyond state and role: its owner, and not alone what has to be decided by two. Pure. */

import type { Condition } from '../../foundation/lifecycle.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { liabilityIsApart } from '../../rules/policy/which-rule.ts'
import type { Subject } from '../case-file/case-file.ts'

/**
 * Another agent's case is decided by its owner or by a supervisor. Parties and the system are none of its concern, nor is a case that nobody
 * owns yet.
 */
export const byItsOwner: Condition<Subject> = {
  says: 'a supervisor, or the agent who owns the case (any agent while nobody does, or where the policy says `any_agent_decides`)',
  holds: ({ file: { complaint }, actor, policy }) =>
    actor.role !== 'agent' || complaint.owner === null || policy.any_agent_decides || namesPerson(complaint.owner, actor.id),
}

/** Where liability and decision are kept apart, whoever fixed the one does not take the other. */
export const notWhoFixedLiability: Condition<Subject> = {
  says: 'somebody other than who fixed the liability, where the policy keeps these apart (`liability_apart`)',
  holds: ({ file: { complaint }, actor, policy }) =>
    complaint.liability === null ||
    !namesPerson(complaint.liability.determined_by, actor.id) ||
    !liabilityIsApart(policy, complaint),
}

/** What keeps who dismisses apart from what was done before; the last resort need not meet it. */
export const dismissalSeparations: readonly Condition<Subject>[] = [notWhoFixedLiability]
