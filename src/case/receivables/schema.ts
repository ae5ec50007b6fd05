/** Wire types of the receivable. */
import Type from 'typebox'
import {
  Amount,
  CreatedAt,
  Currency,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { creditors, debtorRoles, receivableReasons, receivableStates } from '../../words/advances.ts'
import { DeadlineOut, Note } from '../case-file/schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'

const because = (name: string, explanation: string) =>
  named(name, Strict({ explanation: Text(5000, { description: 'Why, in words.' }), note: Note }, { example: { explanation } }))

/** The bodies of the actions, by action. */
export const receivableBodies = {
  pay: named(
    'PayReceivable',
    Strict(
      {
        amount: Amount({ minimum: 1, description: 'What the debtor has paid, in minor units; at most what is left.' }),
        payment_reference: Type.Optional(Text(128, { description: 'The payment system’s own id of the payment.' })),
        explanation: Type.Optional(
          Text(5000, { description: 'Why a person reports it, in words: needed where the payment system has a key of its own.' }),
        ),
        note: Note,
      },
      { example: { amount: 5900, payment_reference: 'PAY-2026-7790' } },
    ),
  ),
  waive: because('WaiveReceivable', '金额较小，追讨成本过高。'),
  write_off: because('WriteOffReceivable', '商家已退出平台，无法追讨。'),
}
export type ReceivableBodies = { [Action in keyof typeof receivableBodies]: Wire<(typeof receivableBodies)[Action]> }

export const ReceivableOut = named(
  'Receivable',
  Type.Object({
    id: Id(),
    complaint_id: Id(),
    advance_id: Nullable(Id(), { description: 'The advance that it came of; null where it came of an ordinary refund.' }),
    creditor: StrEnum(creditors, {
      description: 'To whom it is owed: the `fund`, or whoever the payment system paid it for (`outside`).',
    }),
    status: StrEnum(receivableStates, { description: 'Where it stands.' }),
    debtor: Type.Object(
      {
        role: StrEnum(debtorRoles, { description: 'A buyer or a merchant.' }),
        id: Type.String({ description: 'The platform’s own id of the debtor.', example: 'M-12' }),
      },
      { description: 'Who owes it.' },
    ),
    reason_code: StrEnum(receivableReasons, { description: 'Why it is owed.' }),
    currency: Currency.ref,
    amount: Amount({ description: 'What it came to.' }),
    paid_amount: Amount({ description: 'What was paid or set off of it.' }),
    end_explanation: Nullable(Type.String(), { description: 'Why nobody pays it any more, in words.' }),
    deadlines: Type.Array(DeadlineOut.ref, { maxItems: MOST_CLOCKS, description: 'Its clock.' }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    ended_at: Nullable(TimeText(), { description: 'Since when nobody owes it any more.' }),
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type ReceivableWire = Wire<typeof ReceivableOut>
export const receivableQuery = listQuery({})
