/** Sweeps over HTTP: do now what the timetable would do, or look at what that would be, and see what was done. Admins only, for their own platform. */

import Type from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { requireAdmin } from '../../platform/access/authenticate.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { type Answer, attemptOnce, type Keep, keepAnswer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, listOf, problems, report } from '../../platform/wire/responses.ts'
import { invalidField } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { lookAtFilings } from '../filings/look.ts'
import { dryRun } from './dry-run.ts'
import { findRuns } from './find.ts'
import { sweepMetrics } from './metrics.ts'
import { statusOf } from './runs.ts'
import { DryRunOut, type SweepBody, SweepIn, SweepResultOut, SweepRunOut } from './schema.ts'
import { sweepPlatform } from './sweep.ts'

const tags = ['Operations']
/** How many deadlines a dry run lists. */
const LISTED = 100

export const sweepRoutes = (app: App, deps: Deps): void => {
  const { db, clock } = deps
  sweepMetrics(deps.metrics)

  const doIt = async (platformId: string): Promise<Answer> => {
    const startedMs = clock.nowMs()
    await lookAtFilings(deps, platformId, () => false)
    const result = await sweepPlatform(deps, platformId)
    const durationMs = clock.nowMs() - startedMs
    return { status: 200, body: { ...result, duration_ms: Math.round(durationMs) } }
  }

  const lookAhead = async (caller: Caller, limit: number): Promise<Answer> => {
    const startedMs = clock.nowMs()
    const { result, would } = await dryRun(deps, caller, limit)
    const duration_ms = Math.round(clock.nowMs() - startedMs)
    return { status: 200, body: { ...result, duration_ms, dry_run: true, would } }
  }

  app.post(
    '/v1/sweeps',
    {
      // may take minutes, and holds two connections
      config: { load: 'sweep' },
      schema: {
        operationId: 'runSweep',
        tags,
        summary: 'Act on everything that is due on this platform now',
        description:
          'What the timetable would do at its next tick, repeated until nothing is due or the limit of a platform is reached. The timetable may have been faster, so the counts are informative.\n\nWith `dry_run` nothing is done: the answer lists what a sweep would do now. What a person holds back and what the platform has stopped is not in it.',
        body: SweepIn.ref,
        response: {
          200: report(Type.Union([SweepResultOut.ref, DryRunOut.ref]), 'What was done, or would be.'),
          ...changeProblems('forbidden'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const platformId = request.caller.platform.id
      const { dry_run: isDry = false, limit } = request.body as SweepBody
      if (!isDry && limit !== undefined)
        throw invalidField('/limit', 'unknown_field', 'belongs to a dry run; a sweep has the limits of the service')
      // A sweep commits batch by batch, and its answer is kept after it. So an earlier answer is looked for first; two at once both sweep,
      // which harms nobody, and give one answer.
      const sweep = async (keep: Keep): Promise<Answer> => {
        const swept = isDry ? await lookAhead(request.caller, limit ?? LISTED) : await doIt(platformId)
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
        description:
          'For admins: what sweeps of this platform did, by the clock and by request, for thirty days. One that found nothing is not kept.',
        querystring: listQuery({}),
        response: { 200: listOf(SweepRunOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const now = toTime(clock.nowMs())
      const rows = await findRuns(db, request.caller.platform.id, page)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.started_at, row.id],
        ({ platform_id: _, seen_at, ...run }) => ({ ...run, status: statusOf({ status: run.status, seen_at }, now) }),
      )
    },
  )
}
