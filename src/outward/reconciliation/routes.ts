/** Whether all that knows of money agrees, over HTTP. */
import type { Static } from 'typebox'
import { csvOf, MOST_CSV_ROWS, sendCsv, wantsCsv } from '../../foundation/http/csv.ts'
import { pageOf, readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { listOf, orCsv, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import { type ComparisonKind, comparisonKinds } from '../../words/reconciliation.ts'
import type { Deps } from '../deps.ts'
import { DifferenceOut, differenceColumns, differenceView, reconciliationQuery } from './schema.ts'
import { type Place, walk } from './walk.ts'

const keyOf = ({ kind, key, told }: Place) => [kind, key, told]

export const reconciliationRoutes = (app: App, { readList }: Deps): void => {
  app.get(
    '/v1/reconciliation',
    {
      schema: {
        operationId: 'listReconciliationDifferences',
        tags: ['Fund'],
        summary: 'List where what knows of money does not agree',
        description:
          'For admins and supervisors. Accounts against their transfers, movements of the fund and of deposits against theirs, steps of refund plans against payments, orders against plans and refunds elsewhere. Empty but for what was asked of the payment system and is not answered yet (`is_open`). Each page looks at a bounded number of rows, so one may be short, or empty, although `next_cursor` leads on.',
        querystring: reconciliationQuery,
        response: { 200: orCsv(listOf(DifferenceOut.ref)), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { actor, platform } = request.caller
      if (actor.role !== 'admin' && actor.role !== 'supervisor')
        throw problem('forbidden', 'The reconciliation is for admins and supervisors.')
      checkInput(request)
      const { kind = comparisonKinds } = request.query as Static<typeof reconciliationQuery>
      const isCsv = wantsCsv(request)
      const asked = readPage(request, ['name', 'text', 'integer'])
      const page = { ...asked, limit: isCsv ? MOST_CSV_ROWS : asked.limit }
      const [at, key, told] = page.after ?? []
      const after = page.after === undefined ? null : { kind: at as ComparisonKind, key: key as string, told: told as number }
      const { found, next } = await readList((db) => walk(db, platform.id, kind, after, page.limit))
      const rows = { rows: found, goesOnAfter: next === null ? undefined : keyOf(next) }
      if (!isCsv) return sendPage(request, reply, page, rows, ({ place }) => keyOf(place), differenceView)
      const { shown } = pageOf(request, reply, page, rows, ({ place }) => keyOf(place))
      return sendCsv(reply, 'reconciliation', csvOf(differenceColumns, shown))
    },
  )
}
