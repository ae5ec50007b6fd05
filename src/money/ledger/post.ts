/** How a transfer is made, and what transfers do to balances. Pure. */

import type { Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { type AccountKind, accountKindRows, type TransferKind, transferKindRows } from '../../words/ledger.ts'
import type { AccountRow, TransferCause, TransferRow } from './table.ts'

/**
 * The name of an account: it follows from what it is, so nothing has to be looked up.
 * @param owner of the accounts of merchants, buyers and carriers; left out for those of the platform
 */
export const accountIdOf = (kind: AccountKind, currency: string, owner = ''): string =>
  accountKindRows[kind].owner === 'platform' ? `${kind}:${currency}` : `${kind}:${currency}:${owner}`

const nothing: TransferCause = {
  complaint_id: null,
  plan_id: null,
  step_id: null,
  advance_id: null,
  receivable_id: null,
  movement_id: null,
  policy_version: null,
}

/** Where and when a journal is written, and what for. */
export interface JournalOf extends Partial<TransferCause> {
  platform_id: string
  currency: string
  now: Time
}

/** One line of a journal. */
export interface Posting {
  kind: TransferKind
  /** In minor units, above zero. */
  amount: number
  /** Whose account it is, where the kind of transfer is about one of a merchant, buyer or carrier. */
  owner?: string
  reverses?: string | null
}

/** The transfers of one journal. @throws where an amount is none: that is a fault of the program, and nothing is written */
export const journal = ({ platform_id, currency, now, ...cause }: JournalOf, postings: readonly Posting[]): TransferRow[] => {
  const journal_id = newId()
  return postings.map(({ kind, amount, owner, reverses = null }) => {
    if (!Number.isSafeInteger(amount) || amount <= 0) throw new Error(`a transfer ${kind} of ${amount}`)
    const { debit, credit } = transferKindRows[kind]
    return {
      ...nothing,
      ...cause,
      platform_id,
      id: newId(),
      journal_id,
      kind,
      debit: accountIdOf(debit, currency, owner),
      credit: accountIdOf(credit, currency, owner),
      currency,
      amount,
      reverses,
      created_at: now,
    }
  })
}

/** The account that an id names. */
const accountOf = (platform_id: string, id: string): AccountRow => {
  const [kind = '', currency = ''] = id.split(':', 2)
  const owner = id.slice(kind.length + currency.length + 2)
  return {
    platform_id,
    id,
    kind: kind as AccountKind,
    owner,
    currency,
    balance: 0,
    reserved: 0,
    balance_change: 0,
    reserved_change: 0,
  }
}

/** What a decision adds to the reserve of a deposit; below zero it takes of it. */
export type ReserveChange = Pick<AccountRow, 'platform_id' | 'id' | 'reserved_change'>

/** By how much transfers change each account that they touch, and each deposit's reserve besides, in ascending order of the accounts. */
export const differencesBy = (transfers: readonly TransferRow[], reserves: readonly ReserveChange[] = []): AccountRow[] => {
  const found = new Map<string, AccountRow>()
  const of = (platformId: string, id: string): AccountRow => {
    const row = found.get(id) ?? accountOf(platformId, id)
    found.set(id, row)
    return row
  }
  for (const { platform_id, debit, credit, amount } of transfers) {
    of(platform_id, debit).balance_change -= amount
    of(platform_id, credit).balance_change += amount
  }
  for (const { platform_id, id, reserved_change } of reserves) of(platform_id, id).reserved_change += reserved_change
  return [...found.values()]
    .filter(({ balance_change, reserved_change }) => balance_change !== 0 || reserved_change !== 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
