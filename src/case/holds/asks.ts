/** What the actions on held settlements ask for, beyond the schemas of their bodies. */

import { type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { explained } from '../complaints/reporters.ts'
import { everHeld } from './lifecycle.ts'
import { mostToHold } from './most.ts'
import { holdBodies, NewHoldIn } from './schema.ts'

export const newHoldOperations = { hold: operationOf('askHold', NewHoldIn) }
export const holdOperations = operationsOf('Hold', holdBodies)

export const holdAsks: AsksOf = {
  hold: ({ file }) => ({ limits: { properties: { amount: { maximum: mostToHold(file).left } } } }),
  report_held: (subject) => ({
    required: explained(subject),
    ...(subject.hold && {
      limits: { properties: { amount: { minimum: Math.max(1, everHeld(subject.hold)), maximum: subject.hold.amount } } },
    }),
  }),
  report_refused: (subject) => ({ required: explained(subject) }),
  report_released: (subject) => ({ required: explained(subject) }),
}
