/** The statement of an account: entries with what the account had after each. */
import type { Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { TransferKind } from '../../words/ledger.ts'
import type { AccountRow } from '../ledger/table.ts'
import { findBalancesBefore, findEntries, type Period } from './find.ts'
import type { StatementEntryWire } from './schema.ts'

/** An entry, and the id of its account, which its place in the list needs. */
export type Line = StatementEntryWire & { account_id: string; kind: TransferKind }

/** Entries of these accounts, newest first, one more than the page shows. */
export const statementOf = async (
  db: Db,
  platformId: string,
  accounts: readonly Pick<AccountRow, 'id' | 'kind' | 'currency'>[],
  period: Period,
  page: Page,
): Promise<Line[]> => {
  const ids = accounts.map(({ id }) => id)
  const entries = await findEntries(db, platformId, ids, period, page)
  const oldest = entries.at(-1)
  if (oldest === undefined) return []
  const balances = await findBalancesBefore(db, platformId, ids, oldest)
  const lines = entries.toReversed().flatMap(({ account_id, ...entry }): Line[] => {
    const account = accounts.find(({ id }) => id === account_id)
    if (account === undefined) return []
    const balance = (balances.get(account_id) ?? 0) + entry.amount
    balances.set(account_id, balance)
    return [{ ...entry, account_id, account: account.kind, currency: account.currency, balance }]
  })
  return lines.toReversed()
}
