/** A step as it is read today, and where its actions are addressed. */

import { kebab } from '../../foundation/lifecycle.ts'
import { inPresentForm } from './attempts.ts'
import { methodOf } from './payments.ts'
import type { PlanRow, Step } from './table.ts'

/** The step in its present form, whichever version of the service wrote it. The row itself is left as it is. */
export const stepToday = (plan: PlanRow, step: Step): Step => inPresentForm(plan, step, methodOf(plan, step))

/** `name_payee_step` → `name-payee`, the last part of its address. */
export const stepSegment = (action: string): string => kebab(action.replace(/_step$/, ''))
