/** How a record is added to an order: under the lock of the order and of its open cases, which are told. */

import { hash } from 'node:crypto'
import { normaliseTime } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { actorName, type Caller } from '../../platform/access/caller.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { invalidField, notFound, problem } from '../../words/problems.ts'
import { finish } from '../decisions/finish.ts'
import { canonicalJson } from '../evidence/canonical-json.ts'
import { statementOf } from '../orders/book.ts'
import { type Needs, tellCases } from '../orders/change.ts'
import { lockOrder } from '../orders/find.ts'
import { countOrderRecords, findRecordByReference } from './find.ts'
import { insertOrderRecord } from './record.ts'
import type { NewOrderRecord } from './schema.ts'
import type { OrderRecordRow } from './table.ts'
import { eventVisibility } from './visibility.ts'

/** The most records that an order has. */
export const MOST_RECORDS = 200
const MOST_BYTES = 20_000

/** The record as it is kept. @throws Problem `validation_failed` */
const rowOf = ({ platform, actor }: Caller, orderId: string, body: NewOrderRecord, now: string): OrderRecordRow => {
  const spelling = canonicalJson(body.record)
  if (Buffer.byteLength(spelling) > MOST_BYTES)
    throw invalidField('/record', 'too_large', `has ${Buffer.byteLength(spelling)} bytes; at most ${MOST_BYTES} are kept`)
  return {
    platform_id: platform.id,
    order_id: orderId,
    id: newId(),
    type: body.type,
    reference: body.reference,
    line_ids: body.line_ids ?? [],
    occurred_at: body.occurred_at ? normaliseTime(body.occurred_at) : null,
    record: body.record,
    sha256: hash('sha256', spelling),
    visible_to: body.visible_to ?? 'staff',
    stated_by: actorName(actor),
    created_at: now,
  }
}

const whatIsSaid = ({ type, line_ids, occurred_at, sha256, visible_to }: OrderRecordRow) => ({
  type,
  line_ids,
  occurred_at,
  sha256,
  visible_to,
})

/**
 * Adds a record, once for each reference.
 * @throws Problem `not_found`, `validation_failed`, `unknown_order_line`, `record_reference_taken`, `too_many_order_records`
 */
export const addOrderRecord = async (
  deps: Needs,
  trx: Trx,
  caller: Caller,
  { id, body }: { id: string; body: NewOrderRecord },
): Promise<OrderRecordRow> => {
  const { platform } = caller
  const { order, caseIds } = await lockOrder(trx, platform.id, id)
  if (order === undefined) throw notFound()
  const row = rowOf(caller, id, body, platformNow(platform, deps.clock))
  const earlier = await findRecordByReference(trx, platform.id, id, body.reference)
  if (earlier) {
    if (!areAlike(whatIsSaid(earlier), whatIsSaid(row)))
      throw problem('record_reference_taken', `/reference: ${body.reference} is known with something else.`)
    return earlier
  }
  const { lines } = statementOf(order)
  for (const [index, line] of row.line_ids.entries())
    if (!lines.some(({ line_id }) => line_id === line))
      throw problem('unknown_order_line', `/line_ids/${index}: the order has no line ${line}.`)
  if ((await countOrderRecords(trx, platform.id, id)) >= MOST_RECORDS)
    throw problem('too_many_order_records', `An order has at most ${MOST_RECORDS} records.`)
  await insertOrderRecord(trx, row)
  await tellCases(deps, trx, caller, caseIds, (d) => {
    d.tell({
      type: 'order_record_added',
      visibility: eventVisibility(d.file.complaint, { lines }, row),
      data: { record_id: row.id, record_type: row.type },
    })
    return finish(d)
  })
  return row
}
