/** What is owed to the guarantee fund, over HTTP: read under its complaint, paid, waived and written off. */
import Type from 'typebox'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { readRoutes } from '../decisions/read-routes.ts'
import type { Deps } from '../deps.ts'
import { receivableOperations } from './asks.ts'
import { receivableMoves } from './moves.ts'
import { ReceivableOut, receivableQuery } from './schema.ts'
import { receivableView } from './view.ts'
import { seesReceivable } from './visible.ts'

const tags = ['Receivables']
const ReceivableParams = Type.Object({ id: PathId('The id of the receivable.') })

export const receivableRoutes = (app: App, deps: Deps): void => {
  readRoutes(app, deps, {
    tags,
    collection: 'receivables',
    table: 'receivables',
    shows: ReceivableOut.ref,
    list: {
      operationId: 'listReceivables',
      summary: 'List what is owed to the fund because of a complaint, newest first',
      description: 'A party sees what it owes itself.',
      params: CaseParams,
      querystring: receivableQuery,
    },
    one: {
      operationId: 'getReceivable',
      summary: 'Read what somebody owes the fund',
      description: 'With its clock, and what this caller can do with it now.',
      params: ReceivableParams,
    },
    rows: ({ receivables }) => receivables,
    sees: seesReceivable,
    view: receivableView,
  })

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
