import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Page, readPage, readShown, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { describeRule } from '../../foundation/lifecycle.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems } from '../../platform/wire/responses.ts'
import { mayRead } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import type { Viewer } from '../decisions/available.ts'
import { readCaseFiles } from '../decisions/load.ts'
import { take, viewerOf } from '../decisions/take.ts'
import { readVisibleCase, readVisibleParties } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findNamedEvidence } from '../evidence/find.ts'
import { appealOperations, newAppealOperations } from './asks.ts'
import { findAppeals } from './find.ts'
import { appealLifecycle } from './lifecycle.ts'
import { appealIn, appealMoves, newAppealMoves } from './moves.ts'
import { AppealOut, type AppealQuery, appealQuery, type NewAppeal, NewAppealIn } from './schema.ts'
import type { AppealRow } from './table.ts'
import { appealView } from './view.ts'

const tags = ['Appeals']
const AppealParams = Type.Object({ id: PathId('The id of the appeal.') })

const shown = (d: Decision, appeal: AppealRow): Answer => ({
  status: 200,
  body: appealView(d.file, appeal, d),
  version: appeal.version,
})

/** Appeals over HTTP: file, read, list, and one route for each action. */
export const appealRoutes = (app: App, deps: Deps): void => {
  const { cases, db, readList } = deps

  const sendAppeals = async (request: FastifyRequest, reply: FastifyReply, complaintId?: string) => {
    const { caller } = request
    const page = readPage(request, ['time', 'id'])
    const query = { ...(request.query as AppealQuery), ...(complaintId === undefined ? {} : { complaintId }) }
    const read = (part: Page) =>
      readList(async (from) => {
        const rows = await findAppeals(from, caller.platform.id, caller.actor, query, part)
        const files = await readCaseFiles(from, caller.platform.id, [...new Set(rows.map((row) => row.complaint_id))])
        return rows.map((row) => ({ row, file: files.get(row.complaint_id) }))
      })
    const keyOf = ({ row }: { row: AppealRow }) => [row.created_at, row.id]
    const found = await readShown(page, keyOf, ({ file }) => file === undefined || mayRead(file.complaint, caller.actor), read)
    const viewers = new Map<string, Viewer>()
    for (const { file } of found.rows) if (file) viewers.set(file.complaint.id, await viewerOf(deps, request, file))
    return sendPage(request, reply, page, found, keyOf, ({ row, file }) => {
      const viewer = viewers.get(row.complaint_id)
      if (!file || !viewer) throw new Error('an appeal without its complaint')
      return appealView(file, row, viewer)
    })
  }

  app.post(
    '/v1/complaints/:id/appeals',
    {
      schema: {
        operationId: newAppealOperations.file.id,
        tags,
        ...describeRule(appealLifecycle.actions.file),
        params: CaseParams,
        body: NewAppealIn.ref,
        response: {
          201: created(AppealOut.ref),
          ...changeProblems(
            'not_found',
            'forbidden',
            'version_stale',
            'action_not_available',
            'case_stuck',
            'reason_code_not_open_to_you',
            'unknown_evidence',
            'new_evidence_needed',
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: newAppealMoves,
        action: 'file',
        facts: (db, body, file) => findNamedEvidence(db, file.complaint, (body as NewAppeal).evidence_ids ?? []),
        answer: (d) => {
          const made = d.file.appeals.at(-1) as AppealRow
          return { ...shown(d, made), status: 201, location: `/v1/appeals/${made.id}` }
        },
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/complaints/:id/appeals',
    {
      schema: {
        operationId: 'listAppealsOfComplaint',
        tags,
        summary: 'List the appeals of a complaint, newest first',
        description: 'Those of both sides, open and decided.',
        params: CaseParams,
        querystring: appealQuery,
        response: { 200: listOf(AppealOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await readVisibleParties(db, request.caller, id)
      checkInput(request)
      return sendAppeals(request, reply, id)
    },
  )

  app.get(
    '/v1/appeals',
    {
      schema: {
        operationId: 'listAppeals',
        tags,
        summary: 'List appeals, newest first',
        description: 'Of the platform for staff and admins; for a party those of its own cases.',
        querystring: appealQuery,
        response: { 200: listOf(AppealOut.ref), ...problems('invalid_cursor') },
      },
    },
    async (request, reply) => {
      checkInput(request)
      return sendAppeals(request, reply)
    },
  )

  app.get(
    '/v1/appeals/:id',
    {
      schema: {
        operationId: 'getAppeal',
        tags,
        summary: 'Read an appeal',
        description: 'With its clocks, and what this caller can do with it now.',
        params: AppealParams,
        response: { 200: ok(AppealOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'appeals', id: request.params.id })
      const appeal = appealIn(file, request.params.id)
      checkInput(request)
      return send(reply, {
        status: 200,
        body: appealView(file, appeal, await viewerOf(deps, request, file)),
        version: appeal.version,
      })
    },
  )

  actionRoutes(app, deps, {
    moves: appealMoves,
    tags,
    base: '/v1/appeals/:id',
    table: 'appeals',
    params: AppealParams,
    operations: appealOperations,
    shows: AppealOut.ref,
    facts: () => undefined,
    answer: (d, { appeal }) => shown(d, appeal),
  })
}
