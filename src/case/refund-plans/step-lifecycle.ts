/**
 * The step of a plan. Who reports on it, and when, rules the plan's own table (`complete_step`, `fail_step`); this one says what becomes of
 * the step.
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
