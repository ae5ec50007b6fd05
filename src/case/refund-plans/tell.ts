/** How what happens to a plan is told, and to whom. */

import type { PlanState, StepKind } from '../../words/refund-plans.ts'
import type { DataOf, EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling, WithData } from '../case-events/happening.ts'
import type { Visibility } from '../case-events/table.ts'
import type { Decision } from '../case-file/decision.ts'
import type { PlanRow, Step } from './table.ts'

/** Until it is proposed or imposed, a plan is its author's: staff drafts are seen by staff, a party's by that party (and staff). */
const visibilityOf = (plan: PlanRow): Visibility => {
  if (plan.proposed_at !== null) return 'parties'
  return plan.author_side === 'platform' ? 'staff' : plan.author_side
}

/** Tells what happened to a plan, to the readers who may see the plan. */
export const tellPlan = (d: Decision, plan: PlanRow, from: PlanState | null, happening: Telling<PlanEvent>): void => {
  d.tell({ ...happening, resourceId: plan.id, from, to: plan.status, visibility: visibilityOf(plan) })
}

/** How an event names its step. */
interface OfStep {
  step_id: string
  kind: StepKind
}
type PlanEvent = EventTypeOf<'refund_plan'>
type StepEvent = { [T in PlanEvent]: DataOf<T> extends OfStep ? T : never }[PlanEvent]
type StepTelling = { [T in StepEvent]: { type: T; reasonCode?: string } & WithData<Omit<DataOf<T>, keyof OfStep>> }[StepEvent]

/** Tells what happened to a step of a plan, which stays as it is. */
export const tellStep = (d: Decision, plan: PlanRow, { id, kind }: Step, happening: StepTelling): void => {
  const data = { step_id: id, kind, ...happening.data }
  tellPlan(d, plan, plan.status, { ...happening, data } as Telling<StepEvent>)
}
