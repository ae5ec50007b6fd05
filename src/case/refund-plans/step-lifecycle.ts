/**
 * The step of a plan. The plan's own table says who reports on a step, and when (`complete_step`, `fail_step`). This table says which state
 * the step then has.
 */

import { type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { type StepState, stepStateNames } from '../../words/refund-plans.ts'
import type { Subject, Who } from '../case-file/case-file.ts'

export const stepLifecycle = {
  resource: 'step',
  states: stepStateNames,
  initial: 'pending',
  final: ['done', 'failed', 'skipped'],
  actions: {},
  cascades: {
    complete_step: {
      summary: 'It was reported as done, or silence completes it. An inspection that was not passed has failed.',
      from: ['pending'],
      to: ['done', 'failed'],
    },
    fail_step: { summary: 'It was reported as impossible.', from: ['pending'], to: ['failed'] },
    end_plan: {
      summary: 'Its plan ends before it is done: another step failed, the case closed, or an appeal was upheld.',
      from: ['pending'],
      to: ['skipped'],
    },
  },
} as const satisfies Lifecycle<StepState, never, Who, Subject>

export const setStepStatus = statusSetter<StepState>(stepLifecycle)
