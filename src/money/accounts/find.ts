import { sql } from 'kysely'
import { normaliseTime, type Time } from '../../foundation/clock.ts'
import type { Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { isPersonId } from '../../platform/access/people.ts'
import type { AccountRow, TransferRow } from '../ledger/table.ts'

/** The accounts of a merchant, by their ids. Kinds are those of merchants alone: a buyer may be called the same. */
export const findMerchantAccounts = async (
  db: Db,
  platformId: string,
  merchantId: string,
  kinds: readonly AccountRow['kind'][],
): Promise<AccountRow[]> =>
  isPersonId(merchantId)
    ? db
        .selectFrom('ledger_accounts')
        .selectAll()
        .where('platform_id', '=', platformId)
        .where('owner', '=', merchantId)
        // literally, as the index says it: a plan for all values looks into no parameter
        .where(sql<boolean>`owner <> ''`)
        .where('kind', 'in', [...kinds])
        .orderBy('id')
        .execute()
    : []

/** A transfer as one of its accounts sees it. */
export interface Entry
  extends Pick<TransferRow, 'id' | 'kind' | 'journal_id' | 'reverses' | 'complaint_id' | 'movement_id' | 'created_at'> {
  account_id: string
  /** Below zero where it went out. */
  amount: number
}

export interface Period {
  from: Time | null
  to: Time | null
}

/**
 * Entries of these accounts, newest first, one more than the page shows. Of each account and side at most so many are read.
 */
export const findEntries = async (
  db: Db,
  platformId: string,
  accountIds: readonly string[],
  { from, to }: Period,
  { limit, after }: Page,
): Promise<Entry[]> => {
  if (accountIds.length === 0) return []
  const most = sql`${limit + 1}::integer`
  const side = (column: 'debit' | 'credit', sign: string) => sql`
    select t.id, t.kind, t.journal_id, t.reverses, t.complaint_id, t.movement_id, t.created_at, a.id as account_id, split_part(a.id, ':', 1) as account,
           ${sql.raw(sign)} t.amount as amount
      from unnest(${[...accountIds]}::text[]) a (id)
      cross join lateral (
        select * from ledger_transfers t
         where t.platform_id = ${platformId}::uuid and t.${sql.ref(column)} = a.id
           and t.created_at >= ${from ?? '-infinity'}::timestamptz and t.created_at < ${to ?? 'infinity'}::timestamptz
           and ${after === undefined ? sql`true` : sql`(t.created_at, t.id) <= (${after[0]}::timestamptz, ${after[1]}::uuid)`}
         order by t.created_at desc, t.id desc limit ${most} + 1) t`
  const { rows } = await sql<Entry>`
    select * from (${side('debit', '-')} union all ${side('credit', '')}) e
     where ${after === undefined ? sql`true` : sql`(e.created_at, e.id, e.account collate "C") < (${after[0]}::timestamptz, ${after[1]}::uuid, ${after[2]}::text)`}
     order by e.created_at desc, e.id desc, e.account collate "C" desc limit ${most}`.execute(db)
  return rows.map((row) => ({ ...row, created_at: normaliseTime(String(row.created_at)) }))
}

/** What these accounts had before an entry, by their ids. */
export const findBalancesBefore = async (
  db: Db,
  platformId: string,
  accountIds: readonly string[],
  { created_at, id }: Pick<Entry, 'created_at' | 'id'>,
): Promise<Map<string, number>> => {
  const sum = (column: 'debit' | 'credit') => sql`
    (select coalesce(sum(t.amount), 0) from ledger_transfers t
      where t.platform_id = ${platformId}::uuid and t.${sql.ref(column)} = a.id
        and (t.created_at, t.id) < (${created_at}::timestamptz, ${id}::uuid))`
  const { rows } = await sql<{ id: string; balance: number }>`
    select a.id, (${sum('credit')} - ${sum('debit')})::bigint as balance from unnest(${[...accountIds]}::text[]) a (id)`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row.balance]))
}
