/** What the actions on debts ask for, beyond the schemas of their bodies. */
import { type AsksOf, operationsOf } from '../case-file/operations.ts'
import { leftOf } from './effects.ts'
import { receivableBodies } from './schema.ts'

export const receivableOperations = operationsOf('Receivable', receivableBodies)
export const receivableAsks: AsksOf = {
  pay: ({ receivable }) =>
    receivable === undefined ? {} : { limits: { properties: { amount: { maximum: leftOf(receivable) } } } },
}
