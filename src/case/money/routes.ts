/** The money of a case over HTTP. */
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { findTransfersOfCase } from '../../money/ledger/find.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import { CaseParams } from '../complaints/routes.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { moneyOf } from './entries.ts'
import { MoneyEntryOut, moneyQuery } from './schema.ts'

export const moneyRoutes = (app: App, { db, cases }: Deps): void => {
  app.get(
    '/v1/complaints/:id/money',
    {
      schema: {
        operationId: 'listMoney',
        tags: ['Complaints'],
        summary: 'List what money has moved because of a complaint, oldest first',
        description:
          'What was paid, put aside, taken, given back and owed: of which kind, when, and by which decision. A party sees what is its own, the people of the platform both sides.',
        params: CaseParams,
        querystring: moneyQuery,
        response: { 200: listOf(MoneyEntryOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const transfers = file.advances.length === 0 ? [] : await findTransfersOfCase(db, caller.platform.id, file.complaint.id)
      const [at, id] = page.after ?? []
      const rows = moneyOf(file, transfers, caller.actor)
        .filter((entry) => at === undefined || entry.at > String(at) || (entry.at === at && entry.id > String(id)))
        .slice(0, page.limit + 1)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (entry) => [entry.at, entry.id],
        (entry) => entry,
      )
    },
  )
}
