/** Held settlements over HTTP: asked for and listed under their complaint, and one route for each action. */
import Type from 'typebox'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created } from '../../platform/wire/responses.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { readRoutes } from '../decisions/read-routes.ts'
import { take } from '../decisions/take.ts'
import type { Deps } from '../deps.ts'
import { holdOperations, newHoldOperations } from './asks.ts'
import { holdLifecycle } from './lifecycle.ts'
import { holdMetrics } from './metrics.ts'
import { holdMoves, newHoldMoves } from './moves.ts'
import { HoldOut, holdQuery, NewHoldIn } from './schema.ts'
import type { HoldRow } from './table.ts'
import { holdView } from './view.ts'
import { seesHold } from './visible.ts'

const tags = ['Held settlements']
const HoldParams = Type.Object({ id: PathId('The id of the held settlement.') })

const shown = (d: Decision, hold: HoldRow): Answer => ({ status: 200, body: holdView(d.file, hold, d), version: hold.version })

export const holdRoutes = (app: App, deps: Deps): void => {
  holdMetrics(deps.metrics)

  app.post(
    '/v1/complaints/:id/holds',
    {
      schema: {
        operationId: newHoldOperations.hold.id,
        tags,
        ...describeRule(holdLifecycle.actions.hold),
        params: CaseParams,
        body: NewHoldIn.ref,
        response: {
          201: created(HoldOut.ref, 'Asked for: the payment system answers with `report-held` or `report-refused`.'),
          ...changeProblems(
            'not_found',
            'forbidden',
            'separation_of_duties',
            'version_stale',
            'action_not_available',
            'case_stuck',
            'order_total_exceeded',
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: newHoldMoves,
        action: 'hold',
        lockOrder: true,
        facts: () => {},
        answer: (d) => {
          const made = d.file.holds.at(-1) as HoldRow
          return { ...shown(d, made), status: 201, location: `/v1/holds/${made.id}` }
        },
      })
      return send(reply, answer)
    },
  )

  readRoutes(app, deps, {
    tags,
    collection: 'holds',
    table: 'settlement_holds',
    shows: HoldOut.ref,
    list: {
      operationId: 'listHolds',
      summary: 'List the held settlements of a complaint, newest first',
      description: 'For the staff of the platform, and for the merchant once something is held.',
      params: CaseParams,
      querystring: holdQuery,
    },
    one: {
      operationId: 'getHold',
      summary: 'Read a held settlement',
      description: 'With its clocks, and what this caller can do with it now.',
      params: HoldParams,
    },
    rows: ({ holds }) => holds,
    sees: seesHold,
    view: holdView,
  })

  actionRoutes(app, deps, {
    tags,
    table: 'settlement_holds',
    shows: HoldOut.ref,
    moves: holdMoves,
    base: '/v1/holds/:id',
    params: HoldParams,
    operations: holdOperations,
    reported: ['report_held', 'report_refused', 'report_released'],
    reserves: ['report_held', 'report_refused', 'release', 'report_released'],
    facts: () => {},
    answer: (d, { hold }) => shown(d, hold),
  })
}
