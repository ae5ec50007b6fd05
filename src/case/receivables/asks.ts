/** What the actions on debts ask for, beyond the schemas of their bodies. */
import { type AsksOf, operationsOf } from '../case-file/operations.ts'
import { explained } from '../complaints/reporters.ts'
import { leftOf } from './effects.ts'
import { receivableBodies } from './schema.ts'

export const receivableOperations = operationsOf('Receivable', receivableBodies)
export const receivableAsks: AsksOf = {
  pay: (subject) => ({
    required: explained(subject),
    ...(subject.receivable && { limits: { properties: { amount: { maximum: leftOf(subject.receivable) } } } }),
  }),
}
