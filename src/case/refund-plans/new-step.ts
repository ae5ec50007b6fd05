import { newId } from '../../foundation/ids.ts'
import type { Side } from '../../words/deadlines.ts'
import type { StepKind } from '../../words/refund-plans.ts'
import { stepLifecycle } from './step-lifecycle.ts'
import type { Step } from './table.ts'

/** A step whose turn has not come. @param remedy index into the plan's remedies */
export const newStep = (remedy: number, kind: StepKind, party: Side, more: Partial<Step> = {}): Step => ({
  id: newId(),
  kind,
  party,
  remedy,
  status: stepLifecycle.initial,
  amount: null,
  due_at: null,
  completed_at: null,
  data: {},
  ...more,
})
