import Type from 'typebox'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery, PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems } from '../../platform/wire/responses.ts'
import type { ProblemCode } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { seesPlan } from '../decisions/available.ts'
import { take, viewerOf } from '../decisions/take.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { newPlanOperations, planOperations, stepOperations } from './asks.ts'
import { planLifecycle } from './lifecycle.ts'
import { newPlanMoves, planMoves, stepMoves, visiblePlan } from './moves.ts'
import { NewPlanIn, type PlanBodies, PlanOut } from './schema.ts'
import type { PlanRow } from './table.ts'
import { planView } from './view.ts'

const tags = ['Refund plans']
const PlanParams = Type.Object({ id: PathId('The id of the plan.') })
const StepParams = Type.Object({ id: PathId('The id of the plan.'), step_id: PathId('The id of the step.') })

/** What the checks of a plan's content may refuse. */
const contentProblems = [
  'order_needed',
  'order_total_exceeded',
  'currency_mismatch',
  'unknown_order_line',
  'freight_follows_fault',
] as const satisfies readonly ProblemCode[]

/** What the rules of an action may refuse, besides what every action may. */
const refuses: Partial<Record<keyof PlanBodies, readonly ProblemCode[]>> = {
  propose: ['order_total_exceeded'],
  accept: ['order_total_exceeded'],
  counter: [...contentProblems, 'approval_needed'],
  impose: ['order_total_exceeded', 'decision_contradicts_liability'],
}

const newest = (d: Decision): PlanRow => d.file.plans.at(-1) as PlanRow

const shown = (d: Decision, plan: PlanRow): Answer => ({
  status: 200,
  body: planView(d.file, plan, d),
  version: plan.version,
})

/** Refund plans over HTTP: create, read, list, one route for each action, and the reports on steps. */
export const planRoutes = (app: App, deps: Deps): void => {
  const { cases } = deps

  app.post(
    '/v1/complaints/:id/refund-plans',
    {
      schema: {
        operationId: newPlanOperations.create.id,
        tags,
        ...describeRule(planLifecycle.actions.create),
        params: CaseParams,
        body: NewPlanIn.ref,
        response: {
          201: created(PlanOut.ref),
          ...changeProblems(
            'not_found',
            'forbidden',
            'separation_of_duties',
            'version_stale',
            'action_not_available',
            'case_stuck',
            ...contentProblems,
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: newPlanMoves,
        action: 'create',
        facts: () => undefined,
        answer: (d) => {
          const made = newest(d)
          return { ...shown(d, made), status: 201, location: `/v1/refund-plans/${made.id}` }
        },
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/complaints/:id/refund-plans',
    {
      schema: {
        operationId: 'listRefundPlans',
        tags,
        summary: 'List the plans of a complaint, newest first',
        description: 'A party does not see drafts of the other side or of the platform until they are proposed.',
        params: CaseParams,
        querystring: listQuery({}),
        response: { 200: listOf(PlanOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const page = readPage(request, ['integer'])
      const before = page.after?.[0] ?? Number.MAX_SAFE_INTEGER
      const rows = file.plans
        .filter((plan) => seesPlan(file, plan, caller.actor) && plan.version_number < Number(before))
        .reverse()
        .slice(0, page.limit + 1)
      const viewer = await viewerOf(deps, request, file)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (plan) => [plan.version_number],
        (plan) => planView(file, plan, viewer),
      )
    },
  )

  app.get(
    '/v1/refund-plans/:id',
    {
      schema: {
        operationId: 'getRefundPlan',
        tags,
        summary: 'Read a plan',
        description: 'With its steps, its clocks, and what this caller can do with it now.',
        params: PlanParams,
        response: { 200: ok(PlanOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'refund_plans', id: request.params.id })
      const plan = visiblePlan(file, request.params.id, caller.actor)
      checkInput(request)
      return send(reply, { status: 200, body: planView(file, plan, await viewerOf(deps, request, file)), version: plan.version })
    },
  )

  const place = { tags, table: 'refund_plans', shows: PlanOut.ref, facts: () => undefined } as const
  actionRoutes(app, deps, {
    ...place,
    moves: planMoves,
    base: '/v1/refund-plans/:id',
    params: PlanParams,
    operations: planOperations,
    described: { counter: 'The new plan, which is now proposed.' },
    refuses,
    reserves: ['propose', 'accept', 'counter', 'impose'],
    // a counter-offer is answered with the plan that is now on the table
    answer: (d, { plan }, action) => shown(d, action === 'counter' ? newest(d) : plan),
  })
  actionRoutes(app, deps, {
    ...place,
    moves: stepMoves,
    base: '/v1/refund-plans/:id/steps/:step_id',
    params: StepParams,
    segment: (action) => (action === 'complete_step' ? 'complete' : 'fail'),
    operations: stepOperations,
    answer: (d, { plan }) => shown(d, plan),
  })
}
