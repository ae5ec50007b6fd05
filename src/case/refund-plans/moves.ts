/** The actions on refund plans and their steps. */
import type { Actor } from '../../platform/access/caller.ts'
import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { seesPlan } from '../decisions/available.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { decideNewPlan, decidePlan } from './decide.ts'
import { decideStep } from './decide-step.ts'
import { planLifecycle } from './lifecycle.ts'
import type { NewPlan, PlanBodies } from './schema.ts'
import { stepLifecycle } from './step-lifecycle.ts'
import type { StepBodies } from './step-schema.ts'
import type { PlanRow, Step } from './table.ts'
import { stepToday } from './today.ts'

interface FoundPlan extends Target {
  plan: PlanRow
}

/** The plan of this id, where this actor may see it. @throws Problem `not_found` */
export const visiblePlan = (file: CaseFile, id: string | undefined, actor: Actor): PlanRow => {
  const plan = file.plans.find((x) => x.id === id)
  if (!plan || !seesPlan(file, plan, actor)) throw notFound()
  return plan
}

const foundPlan = (plan: PlanRow): FoundPlan => ({ state: plan.status, version: plan.version, subject: { plan }, plan })

export const newPlanMoves: Moves<'create'> = {
  rules: planLifecycle.actions,
  find: ({ complaint }) => ({ state: undefined, version: complaint.version }),
  decide: (_action, d, _found, body) => void decideNewPlan(d, body as NewPlan),
}

export const planMoves: Moves<keyof PlanBodies, FoundPlan> = {
  rules: planLifecycle.actions,
  find: (file, { id }, { actor }) => foundPlan(visiblePlan(file, id, actor)),
  decide: (action, d, { plan }, body) =>
    (decidePlan[action] as (d: Decision, plan: PlanRow, body: object) => void)(d, plan, body),
}

/** Their facts are the proofs of this case that the body names. */
export const stepMoves: Moves<keyof StepBodies, FoundPlan & { step: Step }, ReadonlySet<string>> = {
  rules: stepLifecycle.actions,
  find: (file, { id, step_id }, { actor }) => {
    const plan = visiblePlan(file, id, actor)
    const step = plan.steps.find((x) => x.id === step_id)
    if (!step) throw notFound()
    return { ...foundPlan(plan), state: step.status, subject: { plan, step: stepToday(plan, step) }, step }
  },
  decide: (action, d, { plan, step }, body, known) =>
    (decideStep as (action: string, d: Decision, plan: PlanRow, step: Step, body: object, known: ReadonlySet<string>) => void)(
      action,
      d,
      plan,
      step,
      body,
      known,
    ),
}
