/** The rules of reporting on a step. Pure. */

import { invalidField } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { completeStep, failStep, type StepReport } from './effects.ts'
import type { StepBodies } from './schema.ts'
import { neededToComplete } from './steps.ts'
import type { PlanRow, Step } from './table.ts'

/** Checks that the report of a step holds what its kind needs. @throws Problem `validation_failed` */
const checkStepData = ({ kind }: Step, body: StepBodies['complete_step']): void => {
  const needed = neededToComplete[kind]
  if (needed && body[needed.field] === undefined) throw invalidField(`/${needed.field}`, 'required', needed.says)
}

const withoutNote = ({ note: _, ...data }: { note?: string } & StepReport): StepReport => data

/** A step reported as done or as impossible. An inspection that was not passed has failed. */
export const decideStep: {
  [Action in keyof StepBodies]: (d: Decision, plan: PlanRow, step: Step, body: StepBodies[Action]) => void
} = {
  complete_step: (d, plan, step, body) => {
    checkStepData(step, body)
    if (step.kind === 'inspection' && body.passed === false) {
      failStep(d, plan, step, 'inspection_not_passed', withoutNote(body))
    } else completeStep(d, plan, step, withoutNote(body))
  },
  fail_step: (d, plan, step, body) => failStep(d, plan, step, 'step_failed', withoutNote(body)),
}
