/** How what happens to a plan is told, and to whom. */

import type { PlanState } from '../../words/refund-plans.ts'
import type { EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Visibility } from '../case-events/table.ts'
import type { Decision } from '../case-file/decision.ts'
import type { PlanRow } from './table.ts'

/** Until it is proposed or imposed, a plan is its author's: staff drafts are seen by staff, a party's by that party (and staff). */
const visibilityOf = (plan: PlanRow): Visibility => {
  if (plan.proposed_at !== null) return 'parties'
  return plan.author_side === 'platform' ? 'staff' : plan.author_side
}

/** Tells what happened to a plan, to the readers who may see the plan. */
export const tellPlan = (
  d: Decision,
  plan: PlanRow,
  from: PlanState | null,
  happening: Telling<EventTypeOf<'refund_plan'>>,
): void => {
  d.tell({ ...happening, resourceId: plan.id, from, to: plan.status, visibility: visibilityOf(plan) })
}
