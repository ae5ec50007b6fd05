/**
 * Cases that the system could not decide, over HTTP: staff and admins see them, supervisors and admins have them tried again. A sweep puts a
 * case here, tries it ever more rarely, and takes it out when it was decided.
 */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { requireDesk } from '../../platform/access/authenticate.ts'
import { answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, listOf, problems, report } from '../../platform/wire/responses.ts'
import type { DeadlineKind } from '../../words/deadlines.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { ErrorClass } from '../../words/stuck-cases.ts'
import { mayRead } from '../case-file/case-file.ts'
import { readVisibleParties } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findStuckCase, findStuckCases, type ListedStuckCase } from './find.ts'
import { measureStuckCases } from './metrics.ts'
import { tryAgain } from './record.ts'
import { RetriedOut, RetryAllIn, RetryIn, StuckCaseOut, stuckQuery } from './schema.ts'
import { stuckCaseView } from './view.ts'

const tags = ['Operations']

const requireRetrier = ({ caller }: FastifyRequest): void => {
  if (caller.actor.role !== 'supervisor' && caller.actor.role !== 'admin')
    throw problem('forbidden', 'Supervisors and admins have stuck cases tried again.')
}

export const stuckCaseRoutes = (app: App, { db, readList, clock, metrics }: Deps): void => {
  measureStuckCases(metrics.registry, readList, clock)

  app.get(
    '/v1/stuck-cases',
    {
      schema: {
        operationId: 'listStuckCases',
        tags,
        summary: 'List the cases that the system cannot decide, newest first',
        description:
          'For agents, supervisors and admins. Something was due in these cases, and a sweep failed to act on it. It tries again after 15 seconds and then ever more rarely, up to once an hour; `error_class` says what to mend. Comma-separated values of a filter mean any of them.',
        querystring: stuckQuery,
        response: { 200: listOf(StuckCaseOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      const { platform, actor } = request.caller
      const page = readPage(request, ['time', 'id'])
      const filters = request.query as { error_class?: ErrorClass[]; kind?: DeadlineKind[] }
      const keyOf = (row: ListedStuckCase) => [row.stuck_since, row.complaint_id]
      const rows = await readShown(
        page,
        keyOf,
        (row) => mayRead(row, actor),
        (part) => readList((from) => findStuckCases(from, platform.id, filters, part)),
      )
      return sendPage(request, reply, page, rows, keyOf, stuckCaseView)
    },
  )

  app.post(
    '/v1/stuck-cases/retry',
    {
      // wanted when much goes wrong
      config: { load: 'action' },
      schema: {
        operationId: 'retryStuckCases',
        tags,
        summary: 'Have stuck cases tried again by the next sweep',
        description:
          'All of them, or those of a class or a duty. The next sweep tries the first of them and goes on as long as they can be decided.',
        body: RetryAllIn.ref,
        response: { 200: report(RetriedOut.ref, 'They are due at the next sweep.'), ...changeProblems('forbidden') },
      },
    },
    async (request, reply) => {
      requireRetrier(request)
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const { error_class, kind } = request.body as { error_class?: ErrorClass; kind?: DeadlineKind }
        const which = { error_class: error_class && [error_class], kind: kind && [kind] }
        return { status: 200, body: { retried: await tryAgain(trx, request.caller.platform.id, which, toTime(clock.nowMs())) } }
      })
      return send(reply, answer)
    },
  )

  app.post(
    '/v1/stuck-cases/:complaint_id/retry',
    {
      schema: {
        operationId: 'retryStuckCase',
        tags,
        summary: 'Have one stuck case tried again by the next sweep',
        description: 'For supervisors and admins. The next sweep tries it at once, whatever pause it would have kept.',
        params: Type.Object({ complaint_id: PathId('The id of the complaint.') }),
        body: RetryIn.ref,
        response: {
          200: report(StuckCaseOut.ref, 'It is due at the next sweep.'),
          ...changeProblems('not_found', 'forbidden'),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const { complaint_id: complaintId } = request.params
      await readVisibleParties(db, caller, complaintId)
      requireRetrier(request)
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        await tryAgain(trx, caller.platform.id, { complaintId }, toTime(clock.nowMs()))
        const found = await findStuckCase(trx, caller.platform.id, complaintId)
        if (found === undefined) throw notFound()
        return { status: 200, body: stuckCaseView(found) }
      })
      return send(reply, answer)
    },
  )
}
