/** What a role may do at all, read from the tables that also enforce it. Whether a case allows it now is in its `available_actions`. */

import { advanceLifecycle } from '../../case/advances/lifecycle.ts'
import { appealLifecycle } from '../../case/appeals/lifecycle.ts'
import { capacitiesOfRole, type Subject, type Who } from '../../case/case-file/case-file.ts'
import { complaintLifecycle } from '../../case/complaints/lifecycle.ts'
import { updateMoves } from '../../case/complaints/moves.ts'
import { evidenceLifecycle } from '../../case/evidence/lifecycle.ts'
import { holdLifecycle } from '../../case/holds/lifecycle.ts'
import { messageMoves } from '../../case/messages/moves.ts'
import { receivableLifecycle } from '../../case/receivables/lifecycle.ts'
import { planLifecycle } from '../../case/refund-plans/lifecycle.ts'
import { stepLifecycle } from '../../case/refund-plans/step-lifecycle.ts'
import { plannedRules } from '../../clockwork/planned-actions/lifecycle.ts'
import { type ActionRule, whoMay } from '../../foundation/lifecycle.ts'
import { movementCapacities, movementLifecycle } from '../../money/movements/lifecycle.ts'
import type { KeyRole } from '../../platform/access/caller.ts'

type Table = Readonly<Record<string, ActionRule<string, Who, Subject>>>

const tables = {
  complaint: { ...complaintLifecycle.actions, ...updateMoves.rules },
  evidence: evidenceLifecycle.actions,
  refund_plan: { ...planLifecycle.actions, ...stepLifecycle.actions },
  appeal: appealLifecycle.actions,
  advance: advanceLifecycle.actions,
  receivable: receivableLifecycle.actions,
  hold: holdLifecycle.actions,
  message: messageMoves.rules,
  planned_action: plannedRules,
} satisfies Readonly<Record<string, Table>>
type Resource = keyof typeof tables | 'fund_movement'

export const resources = [...Object.keys(tables), 'fund_movement'] as Resource[]

/** What a role may do with money of the platform. */
const ofTheFund = (role: KeyRole): string[] => {
  const own = movementCapacities({ role })
  return Object.entries(movementLifecycle.actions).flatMap(([action, { allow }]) =>
    allow.some(({ by }) => by.some((who) => own.has(who))) ? [action] : [],
  )
}

/** The actions open to a role, by resource, in the order of the tables. Resources on which there is none are left out. */
export const whatMay = (role: KeyRole): { resource: Resource; actions: string[] }[] =>
  [
    ...(Object.entries(tables) as [Resource, Table][]).map(([resource, table]) => ({
      resource,
      actions: Object.keys(table).filter((action) =>
        whoMay(table[action] as Table[string]).some((who) => capacitiesOfRole[role].includes(who)),
      ),
    })),
    { resource: 'fund_movement' as const, actions: ofTheFund(role) },
  ].filter(({ actions }) => actions.length > 0)
