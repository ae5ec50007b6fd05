/** Sweeps over HTTP: do now what the timetable would do, and see what was done. Admins only, for their own platform. */
import { requireAdmin } from '../access/authenticate.ts'
import type { Deps } from '../deps.ts'
import { toTime } from '../foundation/clock.ts'
import type { App } from '../foundation/http.ts'
import { type Answer, attemptOnce, type Keep, keepAnswer, send } from '../foundation/idempotency.ts'
import { beyond, listQuery, readPage, sendPage } from '../foundation/pagination.ts'
import { changeProblems, listOf, problems, report } from '../foundation/schema.ts'
import { checkInput } from '../foundation/validation.ts'
import { recordRun } from './record.ts'
import { SweepResultOut, SweepRunOut } from './schema.ts'
import { sweepPlatform } from './sweep.ts'

const tags = ['Operations']

export const sweepRoutes = (app: App, deps: Deps): void => {
  const { db, clock, metrics } = deps

  app.post(
    '/v1/sweeps',
    {
      schema: {
        operationId: 'runSweep',
        tags,
        summary: 'Act on everything that is due on this platform now',
        description:
          'What the timetable would do at its next tick, repeated until nothing is due. The timetable may have been faster, so the counts are informative.',
        response: { 200: report(SweepResultOut.ref, 'What was done.'), ...changeProblems('forbidden') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const platformId = request.caller.platform.id
      // A sweep commits batch by batch, and its answer is kept after it. So an earlier answer is looked for first; two at once both sweep,
      // which harms nobody, and give one answer.
      const sweep = async (keep: Keep): Promise<Answer> => {
        const startedMs = clock.nowMs()
        const result = await sweepPlatform(deps, platformId)
        const durationMs = clock.nowMs() - startedMs
        await recordRun(db, metrics, { platformId, trigger: 'request', startedAt: toTime(startedMs), durationMs, result })
        const swept: Answer = { status: 200, body: { ...result, duration_ms: Math.round(durationMs) } }
        await keepAnswer(db, keep(swept))
        return swept
      }
      const answer = await attemptOnce(db, request, sweep, { lookFirst: true })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/sweeps',
    {
      schema: {
        operationId: 'listSweeps',
        tags,
        summary: 'List the last sweeps that found something to do, newest first',
        querystring: listQuery({}),
        response: { 200: listOf(SweepRunOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const rows = await db
        .selectFrom('sweep_runs')
        .selectAll()
        .where('platform_id', '=', request.caller.platform.id)
        .where(beyond(page, ['started_at', 'id'], 'desc'))
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1)
        .execute()
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.started_at, row.id],
        ({ platform_id: _, ...run }) => run,
      )
    },
  )
}
