/** Wire types of the money of a case. */
import Type from 'typebox'
import { Amount, Currency, Id, listQuery, Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'

/** Which way money goes for a side. */
export const ways = ['to', 'from', 'set_aside', 'released', 'owed', 'owed_no_more', 'due_to'] as const

export const MoneyEntryOut = named(
  'MoneyEntry',
  Type.Object({
    id: Id({ description: 'Of the attempt to pay, or of the transfer.' }),
    side: StrEnum(['complainant', 'respondent'], { description: 'Whose money it is.' }),
    way: StrEnum(ways, {
      description:
        '`to` and `from` the side; `set_aside` for it and `released`; `owed` by it and `owed_no_more`; `due_to` it when the fund has money again.',
    }),
    type: Type.String({
      description: 'Of what: the kind of the step that was paid (`refund`), `payment_returned`, or the kind of the transfer.',
      example: 'deposit_taken',
    }),
    amount: Amount(),
    currency: Currency.ref,
    at: TimeText({ description: 'When.' }),
    plan_id: Nullable(Id(), { description: 'The plan whose decision it carries out.' }),
    step_id: Nullable(Id(), { description: 'The step of that plan.' }),
    advance_id: Nullable(Id(), { description: 'The advance of the guarantee fund that it belongs to.' }),
    receivable_id: Nullable(Id(), { description: 'The debt that it belongs to.' }),
  }),
)
export type MoneyEntry = Wire<typeof MoneyEntryOut>
export const moneyQuery = listQuery({})
