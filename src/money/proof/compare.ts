/**
 * The proof of the ledger. Each comparison looks at some rows at a time, in the order of a key, so that it can be gone on with; what it compares
 * it reads in one statement, so that nothing that is written meanwhile looks like a fault.
 */

import { sql } from 'kysely'
import { FIRST_ID } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { MovementKind, MovementState } from '../../words/fund.ts'
import type { TransferKind } from '../../words/ledger.ts'
import type { ComparisonKind } from '../../words/reconciliation.ts'

/** Two numbers that ought to be one, or something that is not answered yet. */
export interface Difference {
  kind: ComparisonKind
  /** What it is about. */
  resource: { type: 'account' | 'currency' | 'fund_movement' | 'transfer' | 'refund_plan' | 'order' | 'hold'; id: string }
  /** The part of it that is meant, as a step of a plan or an attempt. */
  part: string | null
  currency: string | null
  /** In minor units. */
  expected: number
  found: number
}

/** What was found at one row, which may be nothing. Rows are in ascending order of their keys. */
export interface Look {
  key: string
  differences: Difference[]
}

/** Looks at rows from a key on, that row included; null begins. Fewer than `most` are the last ones. */
export type Comparison = (db: Db, platformId: string, from: string | null, most: number) => Promise<Look[]>

const one = (key: string, difference: Omit<Difference, 'part'>): Look => ({
  key,
  differences: difference.expected === difference.found ? [] : [{ part: null, ...difference }],
})

interface Compared {
  id: string
  currency: string
  expected: number
  found: number
}

/** What each account has against the sum of its transfers. */
export const compareBalances: Comparison = async (db, platformId, from, most) => {
  const { rows } = await sql<Compared>`
    select a.id, a.currency, a.balance as found,
           ((select coalesce(sum(t.amount), 0) from ledger_transfers t where t.platform_id = ${platformId}::uuid and t.credit = a.id)
           - (select coalesce(sum(t.amount), 0) from ledger_transfers t where t.platform_id = ${platformId}::uuid and t.debit = a.id))::bigint as expected
      from ledger_accounts a
     where a.platform_id = ${platformId}::uuid and a.id >= ${from ?? ''}::text
     order by a.id limit ${most}::integer`.execute(db)
  return rows.map(({ id, currency, expected, found }) =>
    one(id, { kind: 'account_balance', resource: { type: 'account', id }, currency, expected, found }),
  )
}

/** The sum of all balances of each currency. There are few of them: all are looked at, whatever is asked for. */
export const compareCurrencies: Comparison = async (db, platformId, from) => {
  const { rows } = await sql<Pick<Compared, 'currency' | 'found'>>`
    select a.currency, sum(a.balance)::bigint as found from ledger_accounts a
     where a.platform_id = ${platformId}::uuid and a.currency >= ${from ?? ''}::text
     group by a.currency order by a.currency`.execute(db)
  return rows.map(({ currency, found }) =>
    one(currency, { kind: 'currency_sum', resource: { type: 'currency', id: currency }, currency, expected: 0, found }),
  )
}

/** The lowest id there can be. */
interface MovementSums extends Pick<Compared, 'id' | 'currency' | 'found'> {
  kind: MovementKind
  status: MovementState
  amount: number
  received_amount: number | null
  uncovered_amount: number
  transfers: number
  reversals: number
}

/** What is posted for a movement in its state. */
const postedFor = ({ status, amount, received_amount, uncovered_amount }: MovementSums): number => {
  if (status === 'received') return received_amount ?? 0
  if (status === 'paying') return amount
  return status === 'done' ? amount - uncovered_amount : 0
}

/** Whether there are as many transfers as the state asks for: one in, one out, or one out and one back. */
const isOnce = ({ status, transfers, reversals, uncovered_amount }: MovementSums): boolean => {
  if (status === 'failed') return transfers === 2 && reversals === 1
  // one that was paid after all may have been posted in pieces
  if (status === 'done') return reversals === 1 ? transfers >= 2 : transfers === 1 && uncovered_amount === 0
  return transfers === (status === 'received' || status === 'paying' ? 1 : 0)
}

/** Movements against their transfers, and what was paid without cover or is not answered. */
const compareMovements =
  (which: 'movement_transfers' | 'movement_uncovered' | 'movement_open'): Comparison =>
  async (db, platformId, from, most) => {
    const some = {
      movement_transfers: sql`true`,
      movement_uncovered: sql`m.uncovered_amount > 0`,
      movement_open: sql`m.status = 'paying'`,
    }[which]
    const { rows } = await sql<MovementSums>`
      select m.id, m.kind, m.status, m.currency, m.amount, m.received_amount, m.uncovered_amount, t.found, t.transfers, t.reversals
        from fund_movements m
        cross join lateral (
          select coalesce(sum(case when t.reverses is null then t.amount else -t.amount end), 0)::bigint as found,
                 count(*)::integer as transfers, count(t.reverses)::integer as reversals
            from ledger_transfers t where t.platform_id = ${platformId}::uuid and t.movement_id = m.id) t
       where m.platform_id = ${platformId}::uuid and m.id >= ${from ?? FIRST_ID}::uuid and ${some}
       order by m.id limit ${most}::integer`.execute(db)
    return rows.map((row): Look => {
      const { id, currency, amount, uncovered_amount, found } = row
      const told = { kind: which, resource: { type: 'fund_movement', id }, currency } as const
      if (which === 'movement_open') return one(id, { ...told, expected: amount, found: 0 })
      if (which === 'movement_uncovered') return one(id, { ...told, expected: amount, found: amount - uncovered_amount })
      const expected = postedFor(row)
      return found === expected && isOnce(row)
        ? { key: id, differences: [] }
        : { key: id, differences: [{ part: null, ...told, expected, found }] }
    })
  }

export const compareMovementTransfers = compareMovements('movement_transfers')
export const compareUncovered = compareMovements('movement_uncovered')
export const findUnansweredMovements = compareMovements('movement_open')

/** What moves by movements alone. */
export const kindsOfMovements = [
  'fund_topped_up',
  'fund_withdrawn',
  'fund_withdrawal_failed',
  'deposit_received',
  'deposit_withdrawn',
  'deposit_withdrawal_failed',
] as const satisfies readonly TransferKind[]

/** Transfers of movements that name none; an index holds them, which is empty. */
export const findStrayTransfers: Comparison = async (db, platformId, from, most) => {
  const { rows } = await sql<Pick<Compared, 'id' | 'currency' | 'found'>>`
    select t.id, t.currency, t.amount as found from ledger_transfers t
     where t.platform_id = ${platformId}::uuid and t.id >= ${from ?? FIRST_ID}::uuid
       and t.movement_id is null and t.kind in (${sql.join(kindsOfMovements.map((kind) => sql.lit(kind)))})
     order by t.id limit ${most}::integer`.execute(db)
  return rows.map(({ id, currency, found }) =>
    one(id, { kind: 'transfer_without_movement', resource: { type: 'transfer', id }, currency, expected: 0, found }),
  )
}
