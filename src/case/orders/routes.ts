/** Orders over HTTP: stated by the platform's systems or its staff, read by them; money that went back elsewhere; currencies. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { currencyCodes, currencyExponent } from '../../foundation/currencies.ts'
import { checkVersion, checkVersionUnlessNew } from '../../foundation/http/conditional.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { isStaff, type KeyRole, seesAll } from '../../platform/access/caller.ts'
import { type Answer, answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, headerParameters, ok, problems, report } from '../../platform/wire/responses.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { bookOf, statementOf } from './book.ts'
import { addRefundElsewhere, putOrder } from './change.ts'
import { findLimits, findOrder, findRefundsElsewhere } from './find.ts'
import { orderMetrics } from './metrics.ts'
import { checkPromotions, type SaidPromotion } from './promotions.ts'
import {
  CurrenciesOut,
  OrderOut,
  type OrderStatementBody,
  OrderStatementIn,
  type RefundElsewhereBody,
  RefundElsewhereIn,
  RefundElsewhereOut,
} from './schema.ts'
import { checkStatement } from './statement.ts'
import type { OrderLimitRow, OrderLine, OrderRow, RefundElsewhereRow } from './table.ts'
import { orderView, refundElsewhereView } from './view.ts'

const tags = ['Orders']
/** Whose keys ask for orders besides those of staff. */
export const opensTo: readonly KeyRole[] = ['orders']
export const OrderParams = Type.Object({
  id: Type.String({ maxLength: 128, description: 'The platform’s own id of the order.', example: 'O-9981' }),
})

/** The systems of the platform and its staff. @throws Problem `forbidden` (403), whatever the order */
const requireReader = ({ caller: { actor } }: FastifyRequest): void => {
  if (actor.role !== 'orders' && !seesAll(actor.role))
    throw problem('forbidden', 'Orders are stated and read by the systems of the platform and its staff.')
}

/** @throws Problem `forbidden` (403), whatever the order */
const requireWriter = ({ caller: { actor } }: FastifyRequest): void => {
  if (actor.role !== 'orders' && !isStaff(actor.role))
    throw problem('forbidden', 'Orders are stated by the systems of the platform (role orders) and by agents and supervisors.')
}

/** @throws Problem `not_found` for what can be the id of no order */
const checkId = (id: string): void => {
  if (id.length > 128 || id.trim() === '') throw notFound()
}

/** The order of the request's path. @throws Problem `not_found` */
export const readOrder = async (db: Db, { caller, params }: FastifyRequest): Promise<OrderRow> => {
  const { id } = params as { id: string }
  checkId(id)
  const order = await findOrder(db, caller.platform.id, id)
  if (order === undefined) throw notFound()
  return order
}

/** Everybody who knows a platform's key may ask how amounts are written. */
const currencies = { data: currencyCodes.map((code) => ({ code, decimals: currencyExponent(code) ?? 0 })) }

const shown = (order: OrderRow, limits: readonly OrderLimitRow[], refunds: readonly RefundElsewhereRow[]): Answer => {
  const book = bookOf(order, statementOf(order), limits)
  return { status: 200, body: orderView(book, limits, refunds), version: order.version }
}

export const orderRoutes = (app: App, deps: Deps): void => {
  const { db } = deps
  const counted = orderMetrics(deps.metrics)

  app.get(
    '/v1/currencies',
    {
      config: { opensTo: [...opensTo, 'payments'] },
      schema: {
        operationId: 'listCurrencies',
        tags,
        summary: 'List the currencies and the decimals of their minor units',
        description: 'Each with the decimals of its minor unit.',
        response: { 200: report(CurrenciesOut.ref, 'All that are accepted, by code.'), ...problems() },
      },
    },
    async (request, reply) => {
      checkInput(request)
      return send(reply, { status: 200, body: currencies })
    },
  )

  app.get(
    '/v1/orders/:id',
    {
      config: { opensTo },
      schema: {
        operationId: 'getOrder',
        tags,
        summary: 'Read an order: what is known of it, and what is left of its money',
        description: 'Its facts and their source, what is in force of it, and what is left.',
        params: OrderParams,
        response: { 200: ok(OrderOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireReader(request)
      const order = await readOrder(db, request)
      checkInput(request)
      const { platform_id, id } = order
      const [limits, refunds] = await Promise.all([findLimits(db, platform_id, id), findRefundsElsewhere(db, platform_id, id)])
      return send(reply, shown(order, limits, refunds))
    },
  )

  app.put(
    '/v1/orders/:id',
    {
      config: { opensTo },
      schema: {
        operationId: 'putOrder',
        tags,
        summary: 'State an order, or correct what is known of it',
        description:
          'The word of the platform’s systems (role `orders`) counts for more than that of staff, and both for more than that of a party that filed a complaint; a worse source does not correct a better one. All bounds follow, over all complaints about the order, and each open one tells it (`order_corrected`). A correction downwards is always taken: what is in force above a bound then is in excess, and nothing new fits until it is gone. What changes nothing makes no version.',
        params: OrderParams,
        headers: Type.Object({ ...headerParameters.actor, ...headerParameters.ifMatchUnlessNew }),
        body: OrderStatementIn.ref,
        response: {
          200: ok(OrderOut.ref),
          ...changeProblems(
            'forbidden',
            'separation_of_duties',
            'not_found',
            'version_stale',
            'version_required',
            'order_source_outranked',
            'order_currency_fixed',
          ),
        },
      },
    },
    async (request, reply) => {
      requireWriter(request)
      const { id } = request.params
      checkId(id)
      checkInput(request)
      const body = request.body as OrderStatementBody
      checkStatement(body)
      checkPromotions((body.promotions ?? []) as SaidPromotion[], body.lines as OrderLine[])
      const check = (version: number | undefined): void =>
        checkVersionUnlessNew(request, version, 'There is no such order yet; state it without If-Match.')
      const { order, limits, changed } = await transact(db, (trx) => putOrder(deps, trx, request.caller, { id, body, check }))
      if (changed) counted.statements.inc({ source: order.source })
      if (changed?.exceeds) counted.excess.inc({ by: 'correction' })
      return send(reply, shown(order, limits, await findRefundsElsewhere(db, order.platform_id, id)))
    },
  )

  app.post(
    '/v1/orders/:id/refunds-elsewhere',
    {
      config: { opensTo },
      schema: {
        operationId: 'recordRefundElsewhere',
        tags,
        summary: 'Record money of an order that went back without this service',
        description:
          'A chargeback of the bank, a refund by the shop itself. It counts like a refund of this service and is always recorded, also above what the order holds; each open complaint about the order tells it. The same `reference` with the same amount again answers with what is recorded.',
        params: OrderParams,
        body: RefundElsewhereIn.ref,
        response: {
          201: created(RefundElsewhereOut.ref, 'Recorded, now or before.'),
          ...changeProblems(
            'forbidden',
            'separation_of_duties',
            'not_found',
            'version_stale',
            'currency_mismatch',
            'unknown_order_line',
            'refund_reference_taken',
          ),
        },
      },
    },
    async (request, reply) => {
      requireWriter(request)
      const { id } = request.params
      await readOrder(db, request)
      let done: Awaited<ReturnType<typeof addRefundElsewhere>> | undefined
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const body = request.body as RefundElsewhereBody
        const check = (version: number): void => checkVersion(request, version, { required: false })
        done = await addRefundElsewhere(deps, trx, request.caller, { id, body, check })
        const { order, row } = done
        return {
          status: 201,
          body: refundElsewhereView(row, order.currency),
          location: `/v1/orders/${encodeURIComponent(id)}`,
          version: 1,
        }
      })
      if (done?.changed) counted.elsewhere.inc({ kind: done.row.kind, source: done.row.source })
      if (done?.changed?.exceeds) counted.excess.inc({ by: 'refund_elsewhere' })
      return send(reply, answer)
    },
  )
}
