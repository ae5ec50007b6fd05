/** Who bears an advance, by the liability that was fixed. Exact in integers; pure. */

import { allocate } from '../../foundation/allocate.ts'
import type { LiableParty } from '../../words/complaints.ts'
import type { AdvanceRow } from './table.ts'

type Shares = AdvanceRow['shares']

const percentOf = (shares: Shares, ...parties: LiableParty[]): number =>
  shares.reduce((sum, { party, percent }) => (parties.includes(party) ? sum + percent : sum), 0)

/** The most that is advanced of what a refund still owes: a buyer's own share is not. */
export const mostOf = (shares: Shares, owed: number): number =>
  Number((BigInt(owed) * BigInt(100 - percentOf(shares, 'buyer'))) / 100n)

/**
 * What the merchant bears of what was advanced: its own share and that of the carrier, whose principal it is. What the platform and nobody
 * (`force_majeure`) bear is the platform's expense.
 */
export const merchantPartOf = (shares: Shares, amount: number): number =>
  allocate(amount, [percentOf(shares, 'merchant', 'logistics'), percentOf(shares, 'platform', 'force_majeure')])[0] ?? 0
