/** What advances, debts and held settlements say of money, held against the accounts of the ledger. */
import { type RawBuilder, sql } from 'kysely'
import { FIRST_ID } from '../../foundation/ids.ts'
import type { Comparison } from '../../money/proof/compare.ts'
import type { AccountKind } from '../../words/ledger.ts'
import type { ComparisonKind } from '../../words/reconciliation.ts'

/** Of accounts `a` of this kind: what the rows of cases come to. Each names its platform by a parameter on each table. */
interface Held {
  account: AccountKind
  kind: ComparisonKind
  sum: (platformId: string) => RawBuilder<number>
}

/** @param held which accounts, and what they are held against, in one statement so that nothing written meanwhile looks like a fault */
const compared =
  ({ account, kind, sum }: Held): Comparison =>
  async (db, platformId, from, most) => {
    const { rows } = await sql<{ id: string; currency: string; found: number; expected: number }>`
      select a.id, a.currency, a.balance as found, coalesce(${sum(platformId)}, 0)::bigint as expected
        from ledger_accounts a
       where a.platform_id = ${platformId}::uuid and a.kind = ${account} and a.id >= ${from ?? ''}
       order by a.id limit ${most}::integer`.execute(db)
    return rows.map(({ id, currency, found, expected }) => ({
      key: id,
      differences: found === expected ? [] : [{ kind, resource: { type: 'account', id }, part: null, currency, expected, found }],
    }))
  }

/** What is put aside is what the advances say. */
export const compareFrozen = compared({
  account: 'frozen',
  kind: 'advances_frozen',
  sum: (platformId) => sql`(select sum(v.frozen_amount) from advances v
    where v.platform_id = ${platformId}::uuid and v.currency = a.currency and v.frozen_amount > 0)`,
})

/** What buyers were paid and nobody bears yet: still to be recovered, or provisional. */
export const comparePaid = compared({
  account: 'buyer_paid',
  kind: 'advances_paid',
  sum: (
    platformId,
  ) => sql`(select sum(v.merchant_part - v.recovered_amount - v.owed_amount + v.provisional_amount) from advances v
    where v.platform_id = ${platformId}::uuid and v.currency = a.currency)`,
})

const debtsOf = (role: 'buyer' | 'merchant') => (platformId: string) =>
  sql<number>`(select sum(r.amount - r.paid_amount) from receivables r
    where r.platform_id = ${platformId}::uuid and r.debtor_role = ${role} and r.debtor_id = a.owner and r.currency = a.currency
      and r.status in ('open', 'partly_paid'))`

/** What each debtor owes is what its debts come to. */
export const compareMerchantDebts = compared({ account: 'merchant_receivable', kind: 'merchant_debts', sum: debtsOf('merchant') })
export const compareBuyerDebts = compared({ account: 'buyer_receivable', kind: 'buyer_debts', sum: debtsOf('buyer') })

/** What is held of each merchant is what its held settlements say. */
export const compareHeld = compared({
  account: 'held',
  kind: 'settlements_held',
  sum: (platformId) => sql`(select sum(h.held_amount) from settlement_holds h
    where h.platform_id = ${platformId}::uuid and h.merchant_id = a.owner and h.currency = a.currency and h.held_amount > 0)`,
})

/** What the payment system was asked to hold, or to let go, and has not answered. */
export const findUnansweredHolds: Comparison = async (db, platformId, from, most) => {
  const { rows } = await sql<{ id: string; currency: string; amount: number }>`
    select h.id, h.currency, case when h.status = 'asked' then h.amount else h.released_amount end as amount
      from settlement_holds h
     where h.platform_id = ${platformId}::uuid and h.status in ('asked', 'releasing') and h.id >= ${from ?? FIRST_ID}::uuid
     order by h.id limit ${most}::integer`.execute(db)
  return rows.map(({ id, currency, amount }) => ({
    key: id,
    differences: [{ kind: 'hold_open', resource: { type: 'hold', id }, part: null, currency, expected: amount, found: 0 }],
  }))
}
