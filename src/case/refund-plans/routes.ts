import Type from 'typebox'
import { newestOf, readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery, PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import { requireDesk } from '../../platform/access/authenticate.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems, report } from '../../platform/wire/responses.ts'
import { invalidField, type ProblemCode } from '../../words/problems.ts'
import { mayRead } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { seesPlan } from '../decisions/available.ts'
import { take, viewerOf } from '../decisions/take.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findNamedEvidence } from '../evidence/find.ts'
import { newPlanOperations, planOperations, stepOperations } from './asks.ts'
import { findPlans, type PlanSummaryRow, sortedBy } from './find.ts'
import { planLifecycle } from './lifecycle.ts'
import { type PlanQuery, PlanSummary, planQuery } from './list-schema.ts'
import { newPlanMoves, planMoves, stepMoves, visiblePlan } from './moves.ts'
import { settlementOptions } from './options.ts'
import { SettlementOptionsOut } from './options-schema.ts'
import { NewPlanIn, type PlanBodies, PlanOut } from './schema.ts'
import type { StepBodies } from './step-schema.ts'
import type { PlanRow } from './table.ts'
import { stepSegment } from './today.ts'
import { planSummaryView, planView } from './view.ts'

const tags = ['Refund plans']
const PlanParams = Type.Object({ id: PathId('The id of the plan.') })
const StepParams = Type.Object({ id: PathId('The id of the plan.'), step_id: PathId('The id of the step.') })

/** What the checks of a plan's content may refuse. */
const contentProblems = [
  'order_needed',
  'order_total_exceeded',
  'currency_mismatch',
  'unknown_order_line',
  'line_of_another_merchant',
  'part_exceeds_amount',
  'difference_exceeds_worth',
  'order_unconfirmed',
  'statutory_damages_imposed',
  'statutory_damages_off',
  'freight_follows_fault',
] as const satisfies readonly ProblemCode[]

/** What may stand in the way of a plan by the time it takes effect. */
const takesEffect = [
  'order_total_exceeded',
  'currency_mismatch',
  'unknown_order_line',
  'line_of_another_merchant',
  'freight_follows_fault',
  'approval_needed',
] as const satisfies readonly ProblemCode[]

/** What the rules of an action may refuse, besides what every action may. */
const refuses: Partial<Record<keyof PlanBodies, readonly ProblemCode[]>> = {
  propose: takesEffect,
  accept: takesEffect,
  counter: [...contentProblems, 'approval_needed'],
  impose: [...takesEffect, 'decision_contradicts_liability'],
}

/** The same for the actions on steps. */
const stepRefuses: Partial<Record<keyof StepBodies, readonly ProblemCode[]>> = {
  complete_step: ['unknown_attempt', 'unknown_evidence', 'approval_needed'],
  fail_step: ['unknown_attempt'],
  progress_step: ['unknown_attempt'],
  return_step: ['unknown_attempt'],
  retry_step: ['order_total_exceeded', 'approval_needed', 'too_many_attempts'],
  skip_step: ['nothing_done'],
  name_payee_step: ['order_total_exceeded', 'too_many_attempts', 'unclaimed_too_long'],
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
      const rows = newestOf(
        page,
        file.plans.filter((plan) => seesPlan(file, plan, caller.actor)),
        (plan) => plan.version_number,
      )
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
    '/v1/refund-plans',
    {
      schema: {
        operationId: 'listRefundPlansOfPlatform',
        tags,
        summary: 'List the plans of the platform, for its staff',
        description:
          'Newest first, or what changed first with `sort=updated_at`. `status=in_review` is the desk of whoever approves. No totals: walk `next_cursor` to the end.',
        querystring: planQuery,
        response: { 200: listOf(PlanSummary.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      const { caller } = request
      const query = request.query as PlanQuery
      if (query.amount_from !== undefined && query.currency === undefined)
        throw invalidField('?amount_from', 'needs_filter', 'needs a currency: amounts of two currencies cannot be compared')
      const page = readPage(request, ['time', 'id'])
      const keyOf = (row: PlanSummaryRow) => [row[sortedBy(query)], row.id]
      const rows = await readShown(
        page,
        keyOf,
        (row) => mayRead(row, caller.actor),
        (part) => deps.readList((from) => findPlans(from, caller.platform.id, query, part)),
      )
      return sendPage(request, reply, page, rows, keyOf, planSummaryView)
    },
  )

  app.get(
    '/v1/complaints/:id/settlement-options',
    {
      schema: {
        operationId: 'getSettlementOptions',
        tags,
        summary: 'Read what the case can be settled with, for the very caller',
        description:
          'Which remedies fit, how much of the order is left for each line, merchant and means of payment, the steps of compensations, and who must approve: what a plan is held against when it is written, proposed, and takes effect.',
        params: CaseParams,
        response: {
          200: report(SettlementOptionsOut.ref, 'As it stands now; others may take what is left meanwhile.'),
          ...problems('not_found'),
        },
      },
    },
    async (request, reply) => {
      const file = await readVisibleCase(cases, request.caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const { actor, policy } = await viewerOf(deps, request, file)
      return send(reply, { status: 200, body: settlementOptions({ file, actor, policy }) })
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
    facts: async (db, body, _caller, { complaint }) => {
      const named = (body as StepBodies['complete_step']).freight_paid?.evidence_ids ?? []
      return new Set((await findNamedEvidence(db, complaint, named)).map(({ id }) => id))
    },
    moves: stepMoves,
    base: '/v1/refund-plans/:id/steps/:step_id',
    params: StepParams,
    segment: stepSegment,
    refuses: stepRefuses,
    reserves: ['complete_step'],
    reported: ['complete_step', 'fail_step', 'progress_step', 'return_step'],
    operations: stepOperations,
    answer: (d, { plan }) => shown(d, plan),
  })
}
