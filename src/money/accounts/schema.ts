/** Wire types of the accounts of a merchant. */
import Type from 'typebox'
import { currencyCodes } from '../../foundation/currencies.ts'
import { formatQuery } from '../../foundation/http/csv.ts'
import {
  Amount,
  AnyOf,
  CreatedAt,
  Currency,
  described,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  TimeText,
  type Wire,
} from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { type AccountKind, accountKindRows, accountKinds, transferKindRows, transferKinds } from '../../words/ledger.ts'

/** The accounts that merchants have. */
export const merchantAccounts: readonly AccountKind[] = accountKinds.filter((kind) => accountKindRows[kind].owner === 'merchant')

/** What moves money into or out of one of them. */
const kindsOfMerchants = transferKinds.filter((kind) => {
  const { debit, credit } = transferKindRows[kind]
  return merchantAccounts.includes(debit) || merchantAccounts.includes(credit)
})

const says = (words: Readonly<Record<string, { en: string; zh: string }>>): string =>
  Object.entries(words)
    .map(([word, { en, zh }]) => `\`${word}\`: ${en} (${zh})`)
    .join('; ')

export const MerchantAccountOut = named(
  'MerchantAccount',
  Type.Object({
    merchant_id: described(PersonId.ref, 'Whose account it is.'),
    data: Type.Array(
      Type.Object({
        currency: Currency.ref,
        deposit: Amount({ description: 'What the merchant has left as security, in minor units.' }),
        reserved: Amount({
          description:
            'What of it open advances and debts may still take. It may be more than there is, and cannot be withdrawn.',
        }),
        short: Amount({
          description:
            'What the deposit lacks of that. Where it is not topped up within `deposit_top_up_within` of the policy, `sanction_due` is told.',
        }),
        available: Amount({ description: 'What of the deposit can be withdrawn.' }),
        held: Amount({ description: 'What of the merchant’s sales is held.' }),
        receivable: Amount({ description: 'What the merchant owes.' }),
        payable: Amount({ description: 'What the merchant is still to get back.' }),
      }),
      { description: 'One entry for each currency in which there is anything, by its code.' },
    ),
  }),
)
export type MerchantAccountWire = Wire<typeof MerchantAccountOut>

export const StatementEntryOut = named(
  'AccountEntry',
  Type.Object({
    id: Id({ description: 'Of the transfer.' }),
    account: StrEnum(merchantAccounts, {
      description: `Which account it changes. ${says(Object.fromEntries(merchantAccounts.map((kind) => [kind, accountKindRows[kind]])))}.`,
    }),
    currency: Currency.ref,
    amount: Type.Integer({
      minimum: -Number.MAX_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'What came in, or below zero went out, in minor units.',
      example: -1000,
    }),
    balance: Amount({ description: 'What the account had after it.' }),
    // a text, since kinds are added as more of what moves money does
    kind: Type.String({
      description: `What it was. ${says(Object.fromEntries(kindsOfMerchants.map((kind) => [kind, transferKindRows[kind]])))}. More may be added.`,
      example: 'deposit_received',
    }),
    journal_id: Id({ description: 'Transfers of one journal belong together.' }),
    reverses: Nullable(Id(), { description: 'The transfer that it takes back.' }),
    complaint_id: Nullable(Id(), { description: 'The case that it comes from.' }),
    movement_id: Nullable(Id(), { description: 'The deposit or withdrawal that it comes from.' }),
    created_at: CreatedAt,
  }),
)
export type StatementEntryWire = Wire<typeof StatementEntryOut>

export const statementQuery = listQuery({
  account: Type.Optional(AnyOf(merchantAccounts, { description: 'Of these accounts; left out: of all.' })),
  currency: Type.Optional(StrEnum(currencyCodes, { description: 'Only in this currency.', example: 'CNY' })),
  from: Type.Optional(TimeText({ description: 'From this moment on.' })),
  to: Type.Optional(TimeText({ description: 'Before this moment.' })),
  ...formatQuery,
})
