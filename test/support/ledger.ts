/** The ledger of a platform as people read it, and the proof that it adds up. The sums are the test's own. */
import type { Test } from 'tap'
import type { Db } from '../../src/foundation/sql/database.ts'
import type { TransferRow } from '../../src/money/ledger/table.ts'

const transfersOf = (db: Db, platformId: string): Promise<TransferRow[]> =>
  db
    .selectFrom('ledger_transfers')
    .selectAll()
    .where('platform_id', '=', platformId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()

/** `deposit:CNY:M-1` as `deposit of M-1`, `fund:CNY` as `fund`. */
const nameOf = (account: string): string => {
  const [kind = '', currency = ''] = account.split(':', 2)
  const owner = account.slice(kind.length + currency.length + 2)
  return owner === '' ? kind : `${kind} of ${owner}`
}

/**
 * Every transfer as one line, in the order in which they were written: `2.1 fund → outside 600 CNY fund_withdrawn` is the first of the
 * second journal, and one that takes another back says which.
 */
export const journalsOf = async (db: Db, platformId: string): Promise<string[]> => {
  const transfers = await transfersOf(db, platformId)
  const journals = [...new Set(transfers.map(({ journal_id }) => journal_id))]
  const numbers = new Map(
    journals.flatMap((journal, n) =>
      transfers.filter(({ journal_id }) => journal_id === journal).map(({ id }, line) => [id, `${n + 1}.${line + 1}`] as const),
    ),
  )
  return transfers.map(
    ({ id, kind, debit, credit, amount, currency, reverses }) =>
      `${numbers.get(id)} ${nameOf(debit)} → ${nameOf(credit)} ${amount} ${currency} ${kind}${
        reverses === null ? '' : `, takes back ${numbers.get(reverses)}`
      }`,
  )
}

/** What each account of a platform has, by its name in a journal and its currency; those that have nothing are left out. */
export const balancesOf = async (db: Db, platformId: string): Promise<Record<string, number>> => {
  const accounts = await db
    .selectFrom('ledger_accounts')
    .select(['id', 'currency', 'balance'])
    .where('platform_id', '=', platformId)
    .orderBy('id')
    .execute()
  return Object.fromEntries(
    accounts.filter(({ balance }) => balance !== 0).map(({ id, currency, balance }) => [`${nameOf(id)} ${currency}`, balance]),
  )
}

/**
 * Prints the journal, and proves it: each balance is what came in less what went out, nothing but the world is below zero, and all accounts
 * of a currency come to nothing.
 */
export const checkBalanced = async (t: Test, db: Db, platformId: string): Promise<void> => {
  const transfers = await transfersOf(db, platformId)
  for (const line of await journalsOf(db, platformId)) t.comment(line)
  const sums = new Map<string, number>()
  for (const { debit, credit, amount } of transfers) {
    sums.set(debit, (sums.get(debit) ?? 0) - amount)
    sums.set(credit, (sums.get(credit) ?? 0) + amount)
  }
  const accounts = await db.selectFrom('ledger_accounts').selectAll().where('platform_id', '=', platformId).execute()
  t.strictSame(
    accounts.filter(({ id, balance }) => balance !== (sums.get(id) ?? 0)).map(({ id, balance }) => [id, balance, sums.get(id)]),
    [],
    'each balance is the sum of its transfers',
  )
  t.strictSame(
    [...sums.keys()].filter((id) => !accounts.some((account) => account.id === id)),
    [],
    'each transfer is between accounts that are there',
  )
  t.strictSame(
    accounts.filter(({ kind, balance }) => balance < 0 && kind !== 'outside').map(({ id, balance }) => [id, balance]),
    [],
    'nothing but the world is below zero',
  )
  const byCurrency = [...Map.groupBy(accounts, ({ currency }) => currency)].map(
    ([currency, those]) => [currency, those.reduce((sum, { balance }) => sum + balance, 0)] as const,
  )
  t.strictSame(
    byCurrency.filter(([, sum]) => sum !== 0),
    [],
    'all accounts of a currency come to nothing',
  )
}
