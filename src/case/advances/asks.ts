/** What the actions on advances ask for, beyond the schemas of their bodies. */
import type { Subject } from '../case-file/case-file.ts'
import { type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { explained } from '../complaints/reporters.ts'
import { refundOf, waitsForGoods } from './gate.ts'
import { advanceBodies, NewAdvanceIn } from './schema.ts'

export const newAdvanceOperations = { ask: operationOf('askAdvance', NewAdvanceIn) }
export const advanceOperations = operationsOf('Advance', advanceBodies)

/** Which refunds are there, and what an agent may not say. */
const asking = ({ file, actor }: Subject) => {
  const refunds = file.plans
    .filter(({ status }) => status === 'executing')
    .flatMap(({ steps }) => steps.filter(({ kind, status }) => kind === 'refund' && status !== 'done' && status !== 'skipped'))
  const only = refundOf(file)
  return {
    ...(refunds.length > 1 && { required: ['step_id'] }),
    limits: {
      properties: {
        ...(refunds.length > 0 && { step_id: { enum: refunds.map(({ id }) => id) } }),
        ...(actor.role === 'agent' && { set_aside: false }),
        ...(only && !waitsForGoods(only.plan, only.step) && { mode: { enum: ['at_once'] } }),
      },
    },
  }
}

export const advanceAsks: AsksOf = { ask: asking, recover: (subject) => ({ required: explained(subject) }) }
