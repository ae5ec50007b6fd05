/**
 * The only writer of the ledger. Balances are changed by guarded differences in the statement that adds the transfers: it writes nothing where
 * an account would fall below zero, or a withdrawal would take what is reserved of a deposit. The accounts that many share (a fund) stay locked from there to the commit, so these are the last stages
 * of a statement; accounts are locked in ascending order.
 */
import { insertRows, rowsAsJson, type Write } from '../../foundation/sql/rows.ts'
import { leavesReserve } from '../../words/ledger.ts'
import { differencesBy, type ReserveChange } from './post.ts'
import type { AccountRow, TransferRow } from './table.ts'

/** The part that fails where an account lacks the money. */
const ACCOUNTS_MOVED = 'accounts_moved'

/**
 * The stages that write transfers. An account without a difference (what comes in goes out) is not touched.
 * @param reserves by how much the reserves of deposits change
 */
export const postTransfers = (transfers: readonly TransferRow[], reserves: readonly ReserveChange[] = []): Write[][] => {
  const changes = differencesBy(transfers, reserves)
  const kept = transfers.filter(({ kind }) => leavesReserve(kind)).map(({ debit }) => debit)
  return [
    changes.length === 0 ? [] : [moveAccounts(changes, kept)],
    transfers.length === 0 ? [] : [insertRows('transfers_added', 'ledger_transfers', transfers)],
  ]
}

/**
 * A row that is proposed for insertion is checked before it is found to be there, so it never has less than nothing; what it adds travels
 * in columns of its own.
 * @param keepingReserve ids of the accounts that must keep what is reserved
 */
const moveAccounts = (rows: readonly AccountRow[], keepingReserve: readonly string[]): Write => ({
  name: ACCOUNTS_MOVED,
  rows: rows.length,
  sql: (
    given,
  ) => `insert into ledger_accounts (platform_id, id, kind, owner, currency, balance, reserved, balance_change, reserved_change)
    select ${given.platform}, m.id, m.kind, m.owner, m.currency,
           case when m.kind = 'outside' then m.balance_change else greatest(0, m.balance_change) end, greatest(0, m.reserved_change),
           m.balance_change, m.reserved_change
      from jsonb_populate_recordset(null::ledger_accounts, ${rowsAsJson(given, rows, rows)}) m
     where ${given.complete} and (m.kind = 'outside' or m.balance_change >= 0 or exists (
       select 1 from ledger_accounts a where a.platform_id = ${given.platform} and a.id = m.id))
     order by m.id
    on conflict (platform_id, id, currency) do update
      set balance = ledger_accounts.balance + excluded.balance_change,
          reserved = greatest(0, ledger_accounts.reserved + excluded.reserved_change),
          balance_change = excluded.balance_change, reserved_change = excluded.reserved_change
      where ledger_accounts.platform_id = ${given.platform}
        and (ledger_accounts.kind = 'outside' or excluded.balance_change >= 0
          or ledger_accounts.balance + excluded.balance_change >= 0)
        and (ledger_accounts.id <> all(${given.bind(keepingReserve)}::text[])
          or ledger_accounts.balance + excluded.balance_change >= ledger_accounts.reserved + excluded.reserved_change)
    returning 1`,
})
