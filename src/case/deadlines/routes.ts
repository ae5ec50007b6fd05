import { readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { requireDesk } from '../../platform/access/authenticate.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import { mayRead } from '../case-file/case-file.ts'
import { nowFor } from '../decisions/take.ts'
import type { Deps } from '../deps.ts'
import { deskView } from './desk-view.ts'
import { type DeskRow, findDeadlines } from './find.ts'
import { DeskDeadlineOut, type DeskQuery, deskQuery } from './schema.ts'

/** The desk's list: the deadlines of all cases. The deadlines of one case are part of its complaint. */
export const deadlineRoutes = (app: App, { readList, clock }: Deps): void => {
  app.get(
    '/v1/deadlines',
    {
      schema: {
        operationId: 'listDeadlines',
        tags: ['Deadlines'],
        summary: 'List the deadlines of all cases, the soonest due first',
        description:
          'For agents, supervisors and admins. Comma-separated values of a filter mean any of them. A deadline that moves during a walk may be met twice or not at all.',
        querystring: deskQuery,
        response: { 200: listOf(DeskDeadlineOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      requireDesk(request)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const now = nowFor(request, clock)
      const keyOf = (row: DeskRow) => [row.due_at, row.id]
      const rows = await readShown(
        page,
        keyOf,
        (row) => mayRead(row, caller.actor),
        (part) => readList((from) => findDeadlines(from, caller.platform.id, request.query as DeskQuery, part)),
      )
      return sendPage(request, reply, page, rows, keyOf, (row) => deskView(row, now))
    },
  )
}
