/** What the actions on a planned action ask for, beyond the schemas of their bodies. */
import { type AsksOf, operationsOf } from '../../case/case-file/operations.ts'
import { holdBodies } from './schema.ts'

export const plannedOperations = operationsOf('PlannedAction', holdBodies)

export const plannedAsks: AsksOf = {
  hold: ({ deadline, now }) => {
    const due = deadline?.due_at ?? now
    return { limits: { properties: { until: { formatExclusiveMinimum: due > now ? due : now } } } }
  },
  bring_forward: ({ deadline, now }) => ({
    limits: { properties: { at: { formatMinimum: now, ...(deadline && { formatExclusiveMaximum: deadline.due_at }) } } },
  }),
}
