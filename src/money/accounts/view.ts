import type { CsvValue } from '../../foundation/http/csv.ts'
import { transferKindRows } from '../../words/ledger.ts'
import type { AccountRow } from '../ledger/table.ts'
import { availableOf } from '../movements/decide.ts'
import type { MerchantAccountWire } from './schema.ts'
import type { Line } from './statement.ts'

/** What a merchant has in each currency. */
export const merchantAccountView = (merchant_id: string, accounts: readonly AccountRow[]): MerchantAccountWire => ({
  merchant_id,
  data: [...Map.groupBy(accounts, ({ currency }) => currency)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, those]) => {
      const of = (kind: AccountRow['kind']) => those.find((account) => account.kind === kind) ?? { balance: 0, reserved: 0 }
      const deposit = of('deposit')
      return {
        currency,
        deposit: deposit.balance,
        reserved: deposit.reserved,
        short: Math.max(0, deposit.reserved - deposit.balance),
        available: availableOf(deposit),
        held: of('held').balance,
        receivable: of('merchant_receivable').balance,
        payable: of('merchant_payable').balance,
      }
    }),
})

/** The columns of a statement as CSV. */
export const statementColumns: Readonly<Record<string, (line: Line) => CsvValue>> = {
  created_at: ({ created_at }) => created_at,
  account: ({ account }) => account,
  currency: ({ currency }) => currency,
  amount: ({ amount }) => amount,
  balance: ({ balance }) => balance,
  kind: ({ kind }) => kind,
  name_en: ({ kind }) => transferKindRows[kind].en,
  name_zh: ({ kind }) => transferKindRows[kind].zh,
  complaint_id: ({ complaint_id }) => complaint_id,
  movement_id: ({ movement_id }) => movement_id,
  reverses: ({ reverses }) => reverses,
  journal_id: ({ journal_id }) => journal_id,
  id: ({ id }) => id,
}
