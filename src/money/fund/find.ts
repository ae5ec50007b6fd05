import { sql } from 'kysely'
import type { Db } from '../../foundation/sql/database.ts'
import { type MovementKind, type MovementState, movementKindRows } from '../../words/fund.ts'
import type { AccountKind } from '../../words/ledger.ts'

/** What the fund of a platform has in one currency, in minor units. */
export interface Sums {
  fund: number
  frozen: number
  held: number
  deposits: number
  deposits_reserved: number
  buyer_paid: number
  expense: number
  written_off: number
  goodwill: number
  owed_by_merchants: number
  owed_by_buyers: number
  owed_by_carriers: number
  payable_to_merchants: number
  payable_to_buyers: number
  announced: number
  asked: number
  paying: number
  announced_deposits: number
  asked_deposits: number
  paying_deposits: number
}

const ofAccount: Readonly<Record<AccountKind, keyof Sums | null>> = {
  fund: 'fund',
  frozen: 'frozen',
  held: 'held',
  deposit: 'deposits',
  buyer_paid: 'buyer_paid',
  buyer_receivable: 'owed_by_buyers',
  merchant_receivable: 'owed_by_merchants',
  carrier_receivable: 'owed_by_carriers',
  buyer_payable: 'payable_to_buyers',
  merchant_payable: 'payable_to_merchants',
  expense: 'expense',
  written_off: 'written_off',
  goodwill: 'goodwill',
  outside: null,
}

const none = (): Sums => ({
  fund: 0,
  frozen: 0,
  held: 0,
  deposits: 0,
  deposits_reserved: 0,
  buyer_paid: 0,
  expense: 0,
  written_off: 0,
  goodwill: 0,
  owed_by_merchants: 0,
  owed_by_buyers: 0,
  owed_by_carriers: 0,
  payable_to_merchants: 0,
  payable_to_buyers: 0,
  announced: 0,
  asked: 0,
  paying: 0,
  announced_deposits: 0,
  asked_deposits: 0,
  paying_deposits: 0,
})

const openAs = { expected: 'announced', asked: 'asked', paying: 'paying' } as const satisfies Partial<
  Record<MovementState, string>
>

/** By currency, in ascending order of its code. */
export const findFund = async (db: Db, platformId: string): Promise<({ currency: string } & Sums)[]> => {
  const accounts = await sql<{ currency: string; kind: AccountKind; balance: number; reserved: number }>`
    select currency, kind, sum(balance)::bigint as balance, sum(reserved)::bigint as reserved
      from ledger_accounts where platform_id = ${platformId}::uuid group by currency, kind`.execute(db)
  const movements = await sql<{ currency: string; kind: MovementKind; status: keyof typeof openAs; amount: number }>`
    select currency, kind, status, sum(amount)::bigint as amount from fund_movements
     where platform_id = ${platformId}::uuid and status in (${sql.join(Object.keys(openAs).map((status) => sql.lit(status)))})
     group by currency, kind, status`.execute(db)
  const found = new Map<string, Sums>()
  const of = (currency: string): Sums => {
    const sums = found.get(currency) ?? none()
    found.set(currency, sums)
    return sums
  }
  for (const { currency, kind, balance, reserved } of accounts.rows) {
    const name = ofAccount[kind]
    if (name !== null) of(currency)[name] += balance
    of(currency).deposits_reserved += reserved
  }
  for (const { currency, kind, status, amount } of movements.rows)
    of(currency)[movementKindRows[kind].account === 'fund' ? openAs[status] : (`${openAs[status]}_deposits` as const)] += amount
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sums]) => ({ currency, ...sums }))
}
