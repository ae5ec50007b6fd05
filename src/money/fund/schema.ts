/** Wire types of the fund as a whole. */
import Type from 'typebox'
import { Amount, Currency, named, type Wire } from '../../foundation/http/schema.ts'
import { accountKindRows } from '../../words/ledger.ts'
import type { Sums } from './find.ts'

const sums: Readonly<Record<keyof Sums, string>> = {
  fund: accountKindRows.fund.says,
  frozen: accountKindRows.frozen.says,
  held: 'what of the sales of all merchants is held',
  deposits: 'what all merchants have left as security',
  deposits_reserved: 'what of it open advances and debts may still take',
  buyer_paid: accountKindRows.buyer_paid.says,
  expense: accountKindRows.expense.says,
  written_off: accountKindRows.written_off.says,
  goodwill: accountKindRows.goodwill.says,
  owed_by_merchants: 'what merchants owe',
  owed_by_buyers: 'what buyers owe',
  owed_by_carriers: 'what carriers owe',
  payable_to_merchants: 'what merchants are still to get back',
  payable_to_buyers: 'what buyers are still to get',
  announced: 'what is to come into the fund',
  asked: 'what a second admin is asked to let out of the fund',
  paying: 'what left the fund and is not reported as paid yet',
  announced_deposits: 'what is to come into deposits',
  asked_deposits: 'what a second admin is asked to pay back of deposits',
  paying_deposits: 'what left deposits and is not reported as paid yet',
}

export const FundOut = named(
  'Fund',
  Type.Object({
    data: Type.Array(
      Type.Object({
        currency: Currency.ref,
        ...(Object.fromEntries(
          Object.entries(sums).map(([name, says]) => [
            name,
            Amount({ description: `${says[0]?.toUpperCase()}${says.slice(1)}, in minor units.` }),
          ]),
        ) as Record<keyof Sums, ReturnType<typeof Amount>>),
      }),
      { description: 'One entry for each currency in which there is anything, by its code.' },
    ),
  }),
)
export type FundWire = Wire<typeof FundOut>
