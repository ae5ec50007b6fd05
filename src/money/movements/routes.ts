/** What goes into and out of the fund and the deposits of merchants, over HTTP. */
import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import { requireAdmin } from '../../platform/access/authenticate.ts'
import { type Actor, type KeyRole, seesAll } from '../../platform/access/caller.ts'
import { type Answer, answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems } from '../../platform/wire/responses.ts'
import type { Deps } from '../../rules/deps.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { Wanted } from './decide.ts'
import { findMovement, findMovements } from './find.ts'
import { movementLifecycle } from './lifecycle.ts'
import { movementMetrics } from './metrics.ts'
import { MovementOut, movementBodies, movementQuery, NewMovement } from './schema.ts'
import type { MovementRow } from './table.ts'
import { beginMovement, moveOn } from './take.ts'
import { movementOperation, movementRequests, movementView } from './view.ts'

const tags = ['Fund']
const PATH = '/v1/fund/movements'
const Params = Type.Object({ id: PathId('The id of the movement.') })
/** Who reports what became of money may read what it is to report of. */
const opensTo: readonly KeyRole[] = ['payments']

/** @throws Problem `forbidden` (403), whatever the movement */
const requireReader = ({ caller: { actor } }: FastifyRequest): void => {
  if (actor.role !== 'payments' && !seesAll(actor.role))
    throw problem('forbidden', 'Movements of the fund are for admins, the staff of the platform and its payment system.')
}

/** @throws Problem `forbidden` (403), whatever the movement */
const requireMover = ({ caller: { actor } }: FastifyRequest): void => {
  if (actor.role !== 'payments' && actor.role !== 'admin')
    throw problem(
      'forbidden',
      'Money of the fund and of deposits is moved by admins, and reported by the payment system (role payments).',
    )
}

const shown = (movement: MovementRow, actor: Actor): Answer => ({
  status: 200,
  body: movementView(movement, actor),
  version: movement.version,
})

export const movementRoutes = (app: App, deps: Deps): void => {
  const { db, readList } = deps
  const { moved } = movementMetrics(deps.metrics)
  const count = ({ kind, status }: MovementRow): void => moved.inc({ kind, status })

  app.post(
    PATH,
    {
      schema: {
        operationId: 'createFundMovement',
        tags,
        summary: 'Announce money for the fund or a deposit, or ask for it',
        description:
          'For admins. What is to come in (`fund_top_up`, `deposit`) is `expected` until the payment system or another admin reports it. What is to go out (`fund_withdrawal`, `deposit_withdrawal`) waits for a second admin above the amount of the policy (`fund.second_admin_above`); else the account is debited at once and `fund_movement_payment_requested` or `deposit_movement_payment_requested` asks the payment system. Where the account lacks the money it is `refused` with `fund_short`, `deposit_short` or `deposit_reserved`.',
        body: NewMovement.ref,
        response: { 201: created(MovementOut.ref), ...changeProblems('forbidden') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      let made: MovementRow | undefined
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        made = await beginMovement(deps, trx, request, request.body as Wanted)
        return { ...shown(made, request.caller.actor), status: 201, location: `${PATH}/${made.id}` }
      })
      if (made && !answer.replayed) count(made)
      return send(reply, answer)
    },
  )

  app.get(
    PATH,
    {
      config: { opensTo },
      schema: {
        operationId: 'listFundMovements',
        tags,
        summary: 'List what goes into and out of the fund and deposits, newest first',
        description: 'For admins, the staff of the platform, its programs and its payment system.',
        querystring: movementQuery,
        response: { 200: listOf(MovementOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireReader(request)
      checkInput(request)
      const { actor, platform } = request.caller
      const page = readPage(request, ['time', 'id'])
      const filters = request.query as Static<typeof movementQuery>
      const rows = await readList((from) => findMovements(from, platform.id, filters, page))
      return sendPage(
        request,
        reply,
        page,
        rows,
        ({ created_at, id }) => [created_at, id],
        (row) => movementView(row, actor),
      )
    },
  )

  app.get(
    `${PATH}/:id`,
    {
      config: { opensTo },
      schema: {
        operationId: 'getFundMovement',
        tags,
        summary: 'Read what goes into or out of the fund or a deposit',
        description: 'With what you can do with it now.',
        params: Params,
        response: { 200: ok(MovementOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireReader(request)
      const movement = await findMovement(db, request.caller.platform.id, request.params.id)
      if (movement === undefined) throw notFound()
      checkInput(request)
      return send(reply, shown(movement, request.caller.actor))
    },
  )

  for (const action of movementRequests) {
    const rule = movementLifecycle.actions[action]
    const isReport = (rule.allow[0].by as readonly string[]).includes('payments')
    app.post(
      `${PATH}/:id/${action}`,
      {
        ...(isReport && { config: { opensTo } }),
        schema: {
          operationId: movementOperation(action),
          tags,
          ...describeRule(rule),
          params: Params,
          body: movementBodies[action].ref,
          response: {
            200: ok(MovementOut.ref),
            ...changeProblems(
              'forbidden',
              'separation_of_duties',
              'not_found',
              'version_stale',
              'action_not_available',
              ...(isReport ? (['report_contradicts'] as const) : []),
            ),
          },
        },
      },
      async (request, reply) => {
        requireMover(request)
        const { id } = request.params as Static<typeof Params>
        let taken: Awaited<ReturnType<typeof moveOn>> | undefined
        const answer = await answerOnce(db, request, async (trx) => {
          taken = await moveOn(deps, trx, request, { id, action })
          return shown(taken.movement, request.caller.actor)
        })
        if (taken?.isNews && !answer.replayed) count(taken.movement)
        return send(reply, answer)
      },
    )
  }
}
