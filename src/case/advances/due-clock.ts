/**
 * The clock of an advance that law or the platform's own word owes a buyer, where the policy says so. It runs from the filing until money was put
 * aside or the case came to its end, and afresh where a won appeal opens the case again. Pure.
 */
import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { isBuyerAgainstMerchant } from './gate.ts'

export const oweAdvance = (d: Decision): void => {
  if (d.policy.advance_due_from !== null && isBuyerAgainstMerchant(d.file)) startClock(d, 'advance_due', { party: 'platform' })
}
