/** Which staff may decide a case, beyond state and role: conditions on its owner, and on decisions that two people must take. Pure. */

import type { Condition } from '../../foundation/lifecycle.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { liabilityIsApart } from '../../rules/policy/which-rule.ts'
import type { Subject } from '../case-file/case-file.ts'
import { ruled } from '../case-file/ruled.ts'

/** An agent may not act in a case that another agent owns, unless the policy allows it. The condition holds for every other role. */
export const notAnotherAgentsCase: Condition<Subject> = {
  says: 'a supervisor, or the agent who owns the case (any agent while nobody does, or where the policy says `any_agent_decides`)',
  holds: ({ file: { complaint }, actor, policy }) =>
    actor.role !== 'agent' || complaint.owner === null || policy.any_agent_decides || namesPerson(complaint.owner, actor.id),
}

/** Where the policy keeps liability and decision apart, the person who fixed the liability does not decide. */
export const notWhoFixedLiability: Condition<Subject> = {
  says: 'somebody other than who fixed the liability, where the policy keeps these apart (`liability_apart`)',
  holds: ({ file: { complaint }, actor, policy }) =>
    complaint.liability === null ||
    !namesPerson(complaint.liability.determined_by, actor.id) ||
    !liabilityIsApart(policy, ruled(complaint)),
}

/** The separation of duties for a dismissal. The last resort need not meet it. */
export const dismissalSeparations: readonly Condition<Subject>[] = [notWhoFixedLiability]
