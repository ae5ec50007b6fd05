/** The rules of the actions on debts. Pure. */
import { invalidField } from '../../words/problems.ts'
import { closeRecovered } from '../advances/recovery.ts'
import type { Decision } from '../case-file/decision.ts'
import { checkExplained } from '../complaints/reporters.ts'
import { forgo, leftOf, payReceivable } from './effects.ts'
import type { ReceivableBodies } from './schema.ts'
import type { ReceivableRow } from './table.ts'

/** One rule for each action; the lifecycle table has already said that this actor may take it now. */
export const decideReceivable: {
  [Action in keyof ReceivableBodies]: (d: Decision, debt: ReceivableRow, body: ReceivableBodies[Action]) => void
} = {
  pay: (d, debt, body) => {
    const { amount, explanation } = body
    checkExplained(d, body)
    if (amount > leftOf(debt)) throw invalidField('/amount', 'maximum', `${leftOf(debt)} is left of this debt`)
    payReceivable(d, debt, amount, explanation)
    closeRecovered(d)
  },
  waive: (d, debt, { explanation }) => {
    forgo(d, debt, 'waived', explanation)
    closeRecovered(d)
  },
  write_off: (d, debt, { explanation }) => {
    forgo(d, debt, 'written_off', explanation)
    closeRecovered(d)
  },
}
