/** The records of orders over HTTP: the platform's systems add them, they and staff read them, and so do parties in their cases. */
import type { FastifyRequest } from 'fastify'
import { readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { seesAll } from '../../platform/access/caller.ts'
import { answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import { CaseParams } from '../complaints/routes.ts'
import { readVisibleComplaint } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { statementOf } from '../orders/book.ts'
import { findOrder } from '../orders/find.ts'
import { OrderParams, opensTo, readOrder } from '../orders/routes.ts'
import { addOrderRecord } from './change.ts'
import { findOrderRecords } from './find.ts'
import { type NewOrderRecord, NewOrderRecordIn, OrderRecordOut, recordQuery } from './schema.ts'
import type { OrderRecordRow } from './table.ts'
import { orderRecordView } from './view.ts'
import { seesOrderRecord } from './visibility.ts'

const tags = ['Orders']
const keyOf = (row: OrderRecordRow) => [row.id]

export const orderRecordRoutes = (app: App, deps: Deps): void => {
  const { db } = deps

  /** @throws Problem `forbidden` for the parties of cases, whatever the order; `not_found` */
  const requireOrder = async (request: FastifyRequest): Promise<void> => {
    const { actor } = request.caller
    if (actor.role !== 'orders' && !seesAll(actor.role))
      throw problem('forbidden', 'Records of orders are for the systems of the platform and its staff.')
    await readOrder(db, request)
  }

  app.post(
    '/v1/orders/:id/records',
    {
      config: { opensTo },
      schema: {
        operationId: 'addOrderRecord',
        tags,
        summary: 'Add what the platform’s own systems have recorded about an order',
        description:
          'A shipping record, a payment record, a proof of delivery: by keys of the role `orders`. It counts in every case about the order as the platform’s word, and what it proves need not be proved by a party (`evidence-requirements`). The same `reference` with the same content again answers with what is kept. It never changes.',
        params: OrderParams,
        body: NewOrderRecordIn.ref,
        response: {
          201: created(OrderRecordOut.ref, 'Kept, now or before.'),
          ...changeProblems('forbidden', 'not_found', 'unknown_order_line', 'record_reference_taken', 'too_many_order_records'),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      await requireOrder(request)
      if (caller.actor.role !== 'orders')
        throw problem('forbidden', 'Records of orders come from the systems of the platform (role orders).')
      const { id } = request.params
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const row = await addOrderRecord(deps, trx, caller, { id, body: request.body as NewOrderRecord })
        return {
          status: 201,
          body: orderRecordView(row, { toParty: false }),
          location: `/v1/orders/${encodeURIComponent(id)}/records`,
          version: 1,
        }
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/orders/:id/records',
    {
      config: { opensTo },
      schema: {
        operationId: 'listOrderRecords',
        tags,
        summary: 'List the records of an order, newest first',
        description: 'For the systems of the platform and its staff.',
        params: OrderParams,
        querystring: recordQuery,
        response: { 200: listOf(OrderRecordOut.ref), ...problems('forbidden', 'not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      await requireOrder(request)
      const { id } = request.params
      checkInput(request)
      const page = readPage(request, ['id'])
      const rows = await findOrderRecords(db, request.caller.platform.id, id, page)
      return sendPage(request, reply, page, rows, keyOf, (row) => orderRecordView(row, { toParty: false }))
    },
  )

  app.get(
    '/v1/complaints/:id/order-records',
    {
      schema: {
        operationId: 'listOrderRecordsOfComplaint',
        tags,
        summary: 'List the records of the order of a complaint, newest first',
        description:
          'What the platform’s own systems know of it. A party sees those that are for parties (`visible_to`) and about its lines, once the case has been taken up.',
        params: CaseParams,
        querystring: recordQuery,
        response: { 200: listOf(OrderRecordOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { actor, platform } = request.caller
      const complaint = await readVisibleComplaint(db, request.caller, request.params.id)
      checkInput(request)
      const page = readPage(request, ['id'])
      const { order_id: id } = complaint
      const order = id === null ? undefined : await findOrder(db, platform.id, id)
      const facts = order && statementOf(order, complaint)
      const rows =
        id === null || facts === undefined
          ? []
          : await readShown(
              page,
              keyOf,
              (row) => seesOrderRecord(complaint, facts, row, actor),
              (part) => findOrderRecords(db, platform.id, id, part),
            )
      return sendPage(request, reply, page, rows, keyOf, (row) => orderRecordView(row, { toParty: !seesAll(actor.role) }))
    },
  )
}
