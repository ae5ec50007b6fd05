/** Advances over HTTP: asked for and read under their complaint, and one route for each action. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { requireDesk } from '../../platform/access/authenticate.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, created, problems, report } from '../../platform/wire/responses.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { readRoutes } from '../decisions/read-routes.ts'
import { caseStuck, readRules, take, viewerOf } from '../decisions/take.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { advanceOperations, newAdvanceOperations } from './asks.ts'
import { findGateFacts } from './find.ts'
import type { GateFacts } from './gate.ts'
import { advanceLifecycle } from './lifecycle.ts'
import { advanceMetrics } from './metrics.ts'
import { advanceMoves, newAdvanceMoves } from './moves.ts'
import { AdvanceOut, advanceQuery, EligibilityOut, NewAdvanceIn } from './schema.ts'
import type { AdvanceRow } from './table.ts'
import { advanceView, eligibilityView } from './view.ts'
import { seesAdvance } from './visible.ts'

const tags = ['Advances']
const AdvanceParams = Type.Object({ id: PathId('The id of the advance.') })

const shown = (d: Decision, advance: AdvanceRow): Answer => ({
  status: 200,
  body: advanceView(d.file, advance, d),
  version: advance.version,
})

export const advanceRoutes = (app: App, deps: Deps): void => {
  const { cases, clock, rules: book } = deps
  advanceMetrics(deps.metrics)

  /** @throws Problem `case_stuck` */
  const factsFor = async (db: Db, { actor, platform }: Caller, file: CaseFile): Promise<GateFacts> => {
    const rules = await readRules(book, platform, file, db)
    if (rules === undefined) throw caseStuck()
    return findGateFacts(db, file, actor, platformNow(platform, clock), rules)
  }
  const ofCase = (request: FastifyRequest & { params: { id: string } }) =>
    readVisibleCase(cases, request.caller, { table: 'complaints', id: request.params.id })

  app.get(
    '/v1/complaints/:id/advance-eligibility',
    {
      schema: {
        operationId: 'getAdvanceEligibility',
        tags,
        summary: 'Read whether the guarantee fund would pay the refund of a case first',
        description:
          'Every check of the gate, coded, with the numbers of the policy: for staff, before they ask. Others may take what is left meanwhile, and whether the fund has the money shows only when it is asked.',
        params: CaseParams,
        response: {
          200: report(EligibilityOut.ref, 'As it stands now.'),
          ...problems('not_found', 'forbidden', 'case_stuck'),
        },
      },
    },
    async (request, reply) => {
      const file = await ofCase(request)
      requireDesk(request)
      checkInput(request)
      const facts = await factsFor(deps.db, request.caller, file)
      return send(reply, { status: 200, body: eligibilityView(file, await viewerOf(deps, request, file), facts) })
    },
  )

  app.post(
    '/v1/complaints/:id/advances',
    {
      schema: {
        operationId: newAdvanceOperations.ask.id,
        tags,
        ...describeRule(advanceLifecycle.actions.ask),
        params: CaseParams,
        body: NewAdvanceIn.ref,
        response: {
          201: created(AdvanceOut.ref, 'Asked for: `frozen`, `requested` where a supervisor must approve, or `refused`.'),
          ...changeProblems(
            'not_found',
            'forbidden',
            'separation_of_duties',
            'version_stale',
            'action_not_available',
            'case_stuck',
            'advance_not_open',
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: newAdvanceMoves,
        action: 'ask',
        facts: (db, _body, file) => factsFor(db, request.caller, file),
        answer: (d) => {
          const made = d.file.advances.at(-1) as AdvanceRow
          return { ...shown(d, made), status: 201, location: `/v1/advances/${made.id}` }
        },
      })
      return send(reply, answer)
    },
  )

  readRoutes(app, deps, {
    tags,
    collection: 'advances',
    table: 'advances',
    shows: AdvanceOut.ref,
    list: {
      operationId: 'listAdvances',
      summary: 'List the advances of a complaint, newest first',
      description: 'A party sees them once money was put aside.',
      params: CaseParams,
      querystring: advanceQuery,
    },
    one: {
      operationId: 'getAdvance',
      summary: 'Read an advance',
      description: 'With its clocks, and what this caller can do with it now.',
      params: AdvanceParams,
    },
    rows: ({ advances }) => advances,
    sees: seesAdvance,
    view: advanceView,
  })

  actionRoutes(app, deps, {
    tags,
    table: 'advances',
    shows: AdvanceOut.ref,
    moves: advanceMoves,
    base: '/v1/advances/:id',
    params: AdvanceParams,
    operations: advanceOperations,
    reported: ['recover'],
    facts: (db, _body, caller, file, action) => (action === 'approve' ? factsFor(db, caller, file) : undefined),
    answer: (d, { advance }) => shown(d, advance),
  })
}
