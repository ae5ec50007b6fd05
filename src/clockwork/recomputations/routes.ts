/** Recomputations over HTTP: ask for one, see how far it is. Admins only. */
import Type from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { Wire } from '../../foundation/http/schema.ts'
import { listQuery, PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import { requireAdmin } from '../../platform/access/authenticate.ts'
import { type Answer, answerOnce, attemptOnce, keepAnswer, send } from '../../platform/idempotency/idempotency.ts'
import { accepted, changeProblems, listOf, problems, report } from '../../platform/wire/responses.ts'
import { findPresentPolicy } from '../../rules/policy/find.ts'
import { readPolicy } from '../../rules/policy/reading.ts'
import { checkThatItWorks } from '../../rules/rule-book/check.ts'
import { problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { findRecomputation, findRecomputations, findRunning } from './find.ts'
import { previewPolicy } from './preview.ts'
import { PreviewIn, PreviewOut } from './preview-schema.ts'
import { insertRecomputation } from './record.ts'
import { RecomputationOut, type RecomputeBody, RecomputeIn } from './schema.ts'
import { recomputationView } from './view.ts'

const tags = ['Policy']

export const recomputationRoutes = (app: App, deps: Deps): void => {
  const { db, clock, rules, wake } = deps

  app.post(
    '/v1/policy/preview',
    {
      // may take minutes, and holds two connections
      config: { load: 'sweep' },
      schema: {
        operationId: 'previewPolicy',
        tags,
        summary: 'See what a policy would do to the open cases, without doing it',
        description:
          'What `POST /v1/policy/recompute` would do now if this were the policy. Nothing is written. At most 2,000 open cases at a time; `next_cursor` leads on.',
        body: PreviewIn.ref,
        response: { 200: report(PreviewOut.ref, 'What would change.'), ...changeProblems('forbidden', 'policy_cannot_work') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const { platform } = request.caller
      const { document: sent, ...part } = request.body as Wire<typeof PreviewIn>
      const asked = { ...part, document: readPolicy(sent) }
      const answer = await attemptOnce(db, request, async (keep) => {
        await checkThatItWorks(rules, asked.document, platform, toTime(clock.nowMs()), db)
        const previewed: Answer = { status: 200, body: await previewPolicy(deps, request.caller, asked) }
        await keepAnswer(db, keep(previewed))
        return previewed
      })
      return send(reply, answer)
    },
  )

  app.post(
    '/v1/policy/recompute',
    {
      schema: {
        operationId: 'recomputeClocks',
        tags,
        summary: 'Count the running clocks of all open cases anew',
        description:
          'By the present policy and calendars, as if they had held since each clock’s present stretch began: used time stays used, and moments that a person named stay. Nobody becomes late by it: what is shortened is due at the earliest now, and a side keeps a last, warned piece of time besides (`least_notice` of the policy). A duty that was missed and would not be late by the present rules is owed no more; the miss stays recorded, and the level it brought. The work goes on in the background, survives crashes, and may be asked for again: what is right already is left alone. One at a time.',
        body: RecomputeIn.ref,
        response: {
          202: accepted(RecomputationOut.ref, 'It has begun.'),
          ...changeProblems('forbidden', 'recomputation_running'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform, actor } = request.caller
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const { applies = 'policy_and_calendars', explanation = null } = request.body as RecomputeBody
        const { version: policyVersion } = await findPresentPolicy(trx, platform.id)
        const now = toTime(clock.nowMs())
        const begun = { platformId: platform.id, applies, explanation, by: actor, policyVersion, now }
        const job = await insertRecomputation(trx, begun)
        if (job === undefined) {
          const [running] = await findRunning(trx, platform.id)
          throw problem(
            'recomputation_running',
            running ? `See /v1/policy/recomputations/${running.id}.` : 'It has just come to its end; ask again.',
          )
        }
        return { status: 202, body: recomputationView(job), location: `/v1/policy/recomputations/${job.id}` }
      })
      wake('recomputations')
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/policy/recomputations/:id',
    {
      schema: {
        operationId: 'getRecomputation',
        tags,
        summary: 'See how far a recomputation is',
        description: 'How far it has come, and what it has changed so far.',
        params: Type.Object({ id: PathId('The id of the recomputation.') }),
        response: { 200: report(RecomputationOut.ref, 'As far as it has come.'), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { id } = request.params
      const job = isId(id) ? await findRecomputation(db, request.caller.platform.id, id) : undefined
      if (job === undefined) throw problem('not_found', 'There is no such recomputation.')
      checkInput(request)
      return send(reply, { status: 200, body: recomputationView(job) })
    },
  )

  app.get(
    '/v1/policy/recomputations',
    {
      schema: {
        operationId: 'listRecomputations',
        tags,
        summary: 'List the recomputations, newest first',
        description: 'Those that are at work, and those that are done.',
        querystring: listQuery({}),
        response: { 200: listOf(RecomputationOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const jobs = await findRecomputations(db, request.caller.platform.id, page)
      return sendPage(request, reply, page, jobs, (job) => [job.created_at, job.id], recomputationView)
    },
  )
}
