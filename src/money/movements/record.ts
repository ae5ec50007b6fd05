/** The only writer of movements: each goes with its transfers in one statement, which writes nothing where an account lacks the money. */
import type { Trx } from '../../foundation/sql/database.ts'
import { insertRows, updateRows, writeStages } from '../../foundation/sql/rows.ts'
import { tellOfSubject } from '../../platform/outbox/platform-events.ts'
import { movementKindRows } from '../../words/fund.ts'
import { postTransfers } from '../ledger/record.ts'
import type { Moved } from './decide.ts'
import { movementEventType } from './events.ts'
import type { MovementRow } from './table.ts'

/** What changes of a movement. */
const changing = [
  'status',
  'received_amount',
  'uncovered_amount',
  'decided_by',
  'reported_by',
  'payment_reference',
  'end_reason_code',
  'end_explanation',
  'due_at',
  'version',
  'updated_at',
] as const satisfies readonly (keyof MovementRow)[]

/**
 * Writes what was decided. Call it last in its transaction, since the accounts that many share stay locked from here to the commit.
 * @throws a serialization failure where the account has less by now, or somebody was faster: decide anew
 */
export const writeMovement = (trx: Trx, { movement, transfers }: Pick<Moved, 'movement' | 'transfers'>): Promise<void> =>
  writeStages(trx, movement.platform_id, [
    [
      movement.version === 1
        ? insertRows('movements_new', 'fund_movements', [movement])
        : updateRows(
            'movements_changed',
            'fund_movements',
            [{ after: movement, expected: movement.version - 1 }],
            ['version'],
            changing,
          ),
    ],
    ...postTransfers(transfers),
  ])

/** Tells what became of a movement, in the transaction that writes it. @param role of who acted @param nowMs real time */
export const tellMovement = (trx: Trx, { movement, verb }: Moved, role: string, nowMs: number): Promise<void> => {
  const { platform_id, id, kind, merchant_id, currency, amount, received_amount, end_reason_code } = movement
  return tellOfSubject(
    trx,
    platform_id,
    movementKindRows[kind].account === 'fund' || merchant_id === null
      ? { type: 'fund', id: currency }
      : { type: 'merchant', id: merchant_id },
    {
      type: movementEventType(kind, verb),
      resource: { type: 'fund_movement', id },
      data: { actor: { role }, kind, currency, amount, received_amount, reason_code: end_reason_code },
    },
    nowMs,
  )
}
