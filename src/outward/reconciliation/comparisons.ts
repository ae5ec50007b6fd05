/** The table of what is held against what. A further comparison is a word in `words/reconciliation.ts` and one line here. */
import {
  type Comparison,
  compareBalances,
  compareCurrencies,
  compareMovementTransfers,
  compareUncovered,
  findStrayTransfers,
  findUnansweredMovements,
} from '../../money/proof/compare.ts'
import type { ComparisonKind } from '../../words/reconciliation.ts'
import {
  compareBuyerDebts,
  compareFrozen,
  compareHeld,
  compareMerchantDebts,
  comparePaid,
  findUnansweredHolds,
} from './advances.ts'
import { compareCompensations, compareRefunds, compareSteps, findUnansweredAttempts } from './cases.ts'

export const comparisons: Readonly<Record<ComparisonKind, Comparison>> = {
  account_balance: compareBalances,
  currency_sum: compareCurrencies,
  movement_transfers: compareMovementTransfers,
  movement_uncovered: compareUncovered,
  transfer_without_movement: findStrayTransfers,
  step_payments: compareSteps,
  order_refunds: compareRefunds,
  order_compensations: compareCompensations,
  advances_frozen: compareFrozen,
  advances_paid: comparePaid,
  merchant_debts: compareMerchantDebts,
  buyer_debts: compareBuyerDebts,
  settlements_held: compareHeld,
  movement_open: findUnansweredMovements,
  attempt_open: findUnansweredAttempts,
  hold_open: findUnansweredHolds,
}
