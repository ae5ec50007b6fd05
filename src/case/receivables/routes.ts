/** What is owed to the guarantee fund, over HTTP: read under its complaint, paid, waived and written off. */
import Type from 'typebox'
import { newestOf, readPage, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { send } from '../../platform/idempotency/idempotency.ts'
import { listOf, ok, problems } from '../../platform/wire/responses.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { viewerOf } from '../decisions/take.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { receivableOperations } from './asks.ts'
import { receivableMoves, visibleReceivable } from './moves.ts'
import { ReceivableOut, receivableQuery } from './schema.ts'
import { receivableView } from './view.ts'
import { seesReceivable } from './visible.ts'

const tags = ['Receivables']
const ReceivableParams = Type.Object({ id: PathId('The id of the receivable.') })

export const receivableRoutes = (app: App, deps: Deps): void => {
  const { cases } = deps

  app.get(
    '/v1/complaints/:id/receivables',
    {
      schema: {
        operationId: 'listReceivables',
        tags,
        summary: 'List what is owed to the fund because of a complaint, newest first',
        description: 'A party sees what it owes itself.',
        params: CaseParams,
        querystring: receivableQuery,
        response: { 200: listOf(ReceivableOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const page = readPage(request, ['id'])
      const rows = newestOf(
        page,
        file.receivables.filter((debt) => seesReceivable(file, debt, caller.actor)),
        ({ id }) => id,
      )
      const viewer = await viewerOf(deps, request, file)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (debt) => [debt.id],
        (debt) => receivableView(file, debt, viewer),
      )
    },
  )

  app.get(
    '/v1/receivables/:id',
    {
      schema: {
        operationId: 'getReceivable',
        tags,
        summary: 'Read what somebody owes the fund',
        description: 'With its clock, and what this caller can do with it now.',
        params: ReceivableParams,
        response: { 200: ok(ReceivableOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const file = await readVisibleCase(cases, request.caller, { table: 'receivables', id })
      const debt = visibleReceivable(file, id, request.caller)
      checkInput(request)
      const viewer = await viewerOf(deps, request, file)
      return send(reply, { status: 200, body: receivableView(file, debt, viewer), version: debt.version })
    },
  )

  actionRoutes(app, deps, {
    tags,
    table: 'receivables',
    shows: ReceivableOut.ref,
    moves: receivableMoves,
    base: '/v1/receivables/:id',
    params: ReceivableParams,
    operations: receivableOperations,
    reported: ['pay'],
    facts: () => undefined,
    answer: (d, { receivable }) => ({
      status: 200,
      body: receivableView(d.file, receivable, d),
      version: receivable.version,
    }),
  })
}
