import Type from 'typebox'
import { readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { type Caller, type PlatformScope, seesAll } from '../../platform/access/caller.ts'
import { type Answer, attemptOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems } from '../../platform/wire/responses.ts'
import { invalidField, type ProblemCode, problem } from '../../words/problems.ts'
import { mayRead } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { countResults } from '../deadlines/metrics.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { nowFor, take, viewerOf } from '../decisions/take.ts'
import { readVisibleCase } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { countRisk } from '../risk/metrics.ts'
import { checkCategories, type NamesCategory } from '../understanding/subcategory.ts'
import type { ActionBodies } from './action-schema.ts'
import { complaintOperations } from './asks.ts'
import { forbiddenInPatch } from './decide.ts'
import { fileComplaint, filingRefusal, requireKnown } from './file.ts'
import { ComplaintPatchIn, NewComplaint, type NewComplaintBody } from './filing-schema.ts'
import { type ComplaintSummaryRow, findComplaints, sortKeyOf, standsOutAs } from './find.ts'
import { type ComplaintQuery, complaintQuery } from './list-schema.ts'
import { complaintMoves, updateMoves } from './moves.ts'
import { ComplaintOut, ComplaintSummary } from './schema.ts'
import { complaintSummaryView, complaintView } from './view.ts'

const tags = ['Complaints']
export const CaseParams = Type.Object({ id: PathId('The id of the complaint.') })

/** What the rules of an action may refuse, besides what every action may. */
const refuses: Partial<Record<keyof ActionBodies, readonly ProblemCode[]>> = {
  reject: ['related_complaint_unknown'],
  accept: ['category_needed'],
  respond: ['plan_needed', 'order_needed', 'order_total_exceeded', 'currency_mismatch', 'approval_needed'],
  assign: ['assign_to_yourself_only'],
  determine_liability: ['shares_not_100'],
  dismiss: ['decision_contradicts_liability', 'deviation_needs_supervisor'],
  suspend: ['resume_at_not_in_future'],
  judge_challenge: ['challenge_not_open'],
  set_risk: ['risk_needs_supervisor'],
}

const shown = (d: Decision): Answer => ({
  status: 200,
  body: complaintView(d.file, d),
  version: d.file.complaint.version,
})

/** Refuses a category of the platform's own that is none, or stands elsewhere. */
const checkCategory = async ({ rules }: Pick<Deps, 'rules'>, { platform }: Caller, body: object): Promise<void> => {
  if ('subcategory' in body) checkCategories(await rules.lexicon(platform), body as NamesCategory)
}

/** By what a filing is understood. */
const wordsOf = async ({ rules, learning }: Pick<Deps, 'rules' | 'learning'>, platform: PlatformScope) => ({
  lexicon: await rules.lexicon(platform),
  learnt: learning.known(platform.id),
})

/** The complaint over HTTP: file, read, list, correct, and one route for each action of the lifecycle. */
export const complaintRoutes = (app: App, deps: Deps): void => {
  const { cases, db, readList, clock } = deps

  app.post(
    '/v1/complaints',
    {
      schema: {
        operationId: 'fileComplaint',
        tags,
        summary: 'File a complaint',
        description:
          'Buyers and merchants file for themselves, agents and supervisors for anyone. A category that is left out is suggested from the description where that is clear, else it is `other`; staff say what it is before they accept. What a complaint says of its order is taken even where it is not what is known; `order_statement_differs` then says where.',
        body: NewComplaint.ref,
        response: {
          201: created(ComplaintOut.ref, 'The receipt: case number, next step and when to expect it.'),
          ...changeProblems(
            'forbidden',
            'not_your_complaint',
            'separation_of_duties',
            'reference_taken',
            'unsupported_parties',
            'related_complaint_unknown',
          ),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      if (caller.actor.role === 'admin' || caller.actor.role === 'integration')
        throw problem('forbidden', 'Complaints are filed by buyers, merchants, agents and supervisors.')
      const body = request.body as NewComplaintBody
      const answer = await attemptOnce(db, request, async (keep, earlierTries) => {
        checkInput(request)
        const now = nowFor(request, clock)
        const decision = await fileComplaint(db, caller, body, now, await deps.rules.present(caller.platform), {
          lookAtOrder: earlierTries > 0,
          words: await wordsOf(deps, caller.platform),
        })
        const { complaint } = decision.file
        const filed: Answer = {
          status: 201,
          body: complaintView(decision.file, decision),
          location: `/v1/complaints/${complaint.id}`,
          version: complaint.version,
        }
        await cases.record({ decision, kept: keep(filed) }).catch((error: unknown) => {
          throw filingRefusal(error, body)
        })
        countResults(deps.metrics, decision)
        countRisk(deps.metrics, decision)
        return filed
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/complaints',
    {
      schema: {
        operationId: 'listComplaints',
        tags,
        summary: 'List complaints',
        description:
          'Newest first unless `sort` says otherwise. Comma-separated values of a filter mean any of them. Buyers and merchants see their own. No totals: walk `next_cursor` to the end.',
        querystring: complaintQuery,
        response: { 200: listOf(ComplaintSummary.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const { caller } = request
      const query = request.query as ComplaintQuery
      if (query.unanswered !== undefined && !seesAll(caller.actor.role))
        throw problem('forbidden', '?unanswered: what staff owe an answer to is for the staff of the platform.')
      if (query.sort === 'due_at' && !query.status && !query.owner) {
        throw invalidField('?sort', 'needs_filter', 'due_at needs a status or an owner')
      }
      if ((query.risk !== undefined || query.sort === 'risk') && !seesAll(caller.actor.role))
        throw problem('forbidden', '?risk: how risky a case is, is for the staff of the platform.')
      if (query.mass_case !== undefined && !seesAll(caller.actor.role))
        throw problem('forbidden', '?mass_case: mass cases are for the staff of the platform.')
      if (query.sort === 'risk' && !query.risk?.every(standsOutAs))
        throw invalidField('?sort', 'needs_filter', 'risk needs a risk of high, critical or both')
      const page = readPage(request, query.sort === 'risk' ? ['name', 'time', 'id'] : ['time', 'id'])
      const now = nowFor(request, clock)
      const keyOf = (row: ComplaintSummaryRow) => sortKeyOf(query, row)
      const rows = await readShown(
        page,
        keyOf,
        (row) => mayRead(row, caller.actor),
        (part) => readList((from) => findComplaints(from, caller.platform.id, caller.actor, query, part, now)),
      )
      return sendPage(request, reply, page, rows, keyOf, (row) => complaintSummaryView(row, caller.actor))
    },
  )

  app.get(
    '/v1/complaints/:id',
    {
      schema: {
        operationId: 'getComplaint',
        tags,
        summary: 'Read a complaint',
        description:
          'The case as this caller may see it, with its clocks and what this caller can do with it now (`available_actions`).',
        params: CaseParams,
        response: { 200: ok(ComplaintOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const body = complaintView(file, await viewerOf(deps, request, file))
      return send(reply, { status: 200, body, version: file.complaint.version })
    },
  )

  app.patch(
    '/v1/complaints/:id',
    {
      schema: {
        operationId: 'updateComplaint',
        tags,
        summary: updateMoves.rules.update.summary,
        description: 'JSON Merge Patch (RFC 7396), as `application/merge-patch+json` or `application/json`. Needs `If-Match`.',
        consumes: ['application/merge-patch+json', 'application/json'],
        params: CaseParams,
        body: ComplaintPatchIn.ref,
        response: {
          200: ok(ComplaintOut.ref),
          ...changeProblems(
            'not_found',
            'forbidden',
            'separation_of_duties',
            'version_stale',
            'version_required',
            'action_not_available',
            'case_stuck',
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: updateMoves,
        action: 'update',
        versionRequired: true,
        forbids: forbiddenInPatch,
        facts: (_db, patch) => checkCategory(deps, request.caller, patch),
        answer: shown,
      })
      return send(reply, answer)
    },
  )

  actionRoutes(app, deps, {
    moves: complaintMoves,
    tags,
    base: '/v1/complaints/:id',
    table: 'complaints',
    params: CaseParams,
    operations: complaintOperations,
    shows: ComplaintOut.ref,
    refuses,
    facts: async (db, body, caller) => {
      if ('duplicate_of' in body) await requireKnown(db, caller, '/duplicate_of', body.duplicate_of as string | undefined)
    },
    answer: shown,
  })
}
