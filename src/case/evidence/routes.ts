import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { newId } from '../../foundation/ids.ts'
import { type ActionRule, describeRule } from '../../foundation/lifecycle.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import {
  changeProblems,
  created,
  headerParameters,
  listOf,
  ok,
  problems,
  type ResponseDescription,
} from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { CaseParams } from '../complaints/routes.ts'
import { actionRoutes } from '../decisions/action-routes.ts'
import { judge, type Target } from '../decisions/decide.ts'
import { type Action, nowFor, readRules, take, viewerOf } from '../decisions/take.ts'
import { readCaseToActOn, readVisibleCase, readVisibleComplaint } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findKnownRecords } from '../order-records/known.ts'
import { listIsStuck } from '../stuck-cases/schema.ts'
import { evidenceOperations, newEvidenceOperations } from './asks.ts'
import { chainRule } from './chain.ts'
import { sendContent, writtenContent } from './content.ts'
import { findEvidenceOf, findStandingEvidence } from './find.ts'
import { evidenceLifecycle } from './lifecycle.ts'
import { evidenceIn, evidenceMoves, type HandedIn, newEvidenceMoves } from './moves.ts'
import { requirementsOf } from './requirements.ts'
import { EvidenceOut, EvidenceUploadIn, evidenceQuery, type NewEvidence, NewEvidenceIn, RequirementOut } from './schema.ts'
import type { EvidenceRow } from './table.ts'
import { withUpload } from './upload.ts'
import { evidenceView } from './view.ts'

const tags = ['Evidence']
const EvidenceParams = Type.Object({ id: PathId('The id of the proof.') })
const addRule: ActionRule<string, Who, Subject> = evidenceLifecycle.actions.add
const addDescription = describeRule(addRule)

const shown = (d: Decision, evidence: EvidenceRow): Answer => ({
  status: 200,
  body: evidenceView(d.file, evidence, d),
  version: evidence.version,
})

/** The proof with its case as the caller may see them, or 404. */
const readVisibleEvidence = async (
  { cases }: Deps,
  { caller }: FastifyRequest,
  id: string,
): Promise<{ file: CaseFile; evidence: EvidenceRow }> => {
  const file = await readVisibleCase(cases, caller, { table: 'evidence', id })
  return { file, evidence: evidenceIn(file, id, caller.actor) }
}

const download = (description: string, headers: Record<string, unknown> = {}): ResponseDescription => ({
  description,
  headers: { 'Content-Disposition': { type: 'string', description: 'Always an attachment.' }, ...headers },
  content: { '*/*': { schema: Type.String({ format: 'binary' }) } },
})

/** How any content is added to a case, once it is at hand. */
const adding = (caseId: string, handedIn: (body: NewEvidence) => HandedIn): Action<'add', Target, HandedIn> => ({
  name: { table: 'complaints', id: caseId },
  of: newEvidenceMoves,
  action: 'add',
  extent: 'words',
  facts: (_db, body) => handedIn(body as NewEvidence),
  answer: (d, _found, { id }) => ({
    ...shown(d, d.file.evidence.at(-1) as EvidenceRow),
    status: 201,
    location: `/v1/evidence/${id}`,
  }),
})

/** Evidence over HTTP: add, read, list, download, judge, and what is still to be proved. */
export const evidenceRoutes = async (app: App, deps: Deps): Promise<void> => {
  const { cases, db, files, clock, config } = deps
  // this room reads JSON and forms, the latter in its own way; a body of a third kind would be held to no schema
  app.removeContentTypeParser(['application/merge-patch+json', 'multipart/form-data'])
  await app.register(multipart, { throwFileSizeLimit: false })

  /** Refuses who may never add here before anything is read from an upload; whether it is possible now is judged with the file. */
  const checkMayAdd = async (request: FastifyRequest, caseId: string): Promise<void> => {
    const { caller } = request
    const file = await readCaseToActOn(cases, caller, { table: 'complaints', id: caseId }, 'words')
    const { verdict } = judge(file, { of: newEvidenceMoves, action: 'add' }, await viewerOf(deps, request, file))
    if (!verdict.may && verdict.because !== 'action_not_available') throw problem(verdict.because, verdict.detail)
  }

  app.post(
    '/v1/complaints/:id/evidence',
    {
      schema: {
        operationId: newEvidenceOperations.add.id,
        tags,
        summary: addDescription.summary,
        description: `${addDescription.description}\n\n${chainRule}`,
        params: CaseParams,
        body: {
          content: {
            'application/json': { schema: NewEvidenceIn.ref },
            'multipart/form-data': { schema: EvidenceUploadIn.ref },
          },
        },
        response: {
          201: created(EvidenceOut.ref),
          ...changeProblems(
            'not_found',
            'forbidden',
            'separation_of_duties',
            'version_stale',
            'action_not_available',
            'case_stuck',
            'evidence_type_unsupported',
            'evidence_media_mismatch',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id: caseId } = request.params
      if (!request.isMultipart())
        return send(
          reply,
          await take(
            deps,
            request,
            adding(caseId, (body) => ({ id: newId(), content: writtenContent(body) })),
          ),
        )
      await checkMayAdd(request, caseId)
      const answer = await withUpload(request, { files, maxBytes: config.evidenceMaxBytes }, (id, upload) =>
        take(deps, request, {
          ...adding(caseId, () => ({ id, content: upload.content })),
          body: upload.fields,
          fingerprint: upload.fingerprint,
        }),
      )
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/complaints/:id/evidence',
    {
      schema: {
        operationId: 'listEvidence',
        tags,
        summary: 'List the evidence of a complaint, newest first',
        description: `What was withdrawn or refused stays listed.\n\n${chainRule}`,
        params: CaseParams,
        querystring: evidenceQuery,
        response: { 200: listOf(EvidenceOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { actor } = request.caller
      const file = await readVisibleCase(cases, request.caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const page = readPage(request, ['integer'])
      const rows = await findEvidenceOf(db, file.complaint, actor, page)
      const viewer = await viewerOf(deps, request, file)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.position],
        (row) => evidenceView(file, row, viewer),
      )
    },
  )

  app.get(
    '/v1/complaints/:id/evidence-requirements',
    {
      schema: {
        operationId: 'listEvidenceRequirements',
        tags,
        summary: 'List what has to be proved, by whom and by when',
        description: 'The burden of proof that the category of the complaint brings with it; all of it on one page.',
        params: CaseParams,
        response: {
          200: listOf(RequirementOut.ref, 'All of them; none where the rules of the case cannot be read.', listIsStuck),
          ...problems('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const complaint = await readVisibleComplaint(db, caller, request.params.id)
      checkInput(request)
      const rules = await readRules(deps.rules, caller.platform, { complaint, deadlines: [] })
      const [standing, records] = await Promise.all([
        findStandingEvidence(db, complaint, caller.actor),
        findKnownRecords(db, complaint, caller.actor),
      ])
      const data = rules ? requirementsOf(complaint, standing, records, nowFor(request, clock), rules) : []
      return reply.type('application/json').send({ data, next_cursor: null, stuck: rules === undefined })
    },
  )

  app.get(
    '/v1/evidence/:id',
    {
      schema: {
        operationId: 'getEvidence',
        tags,
        summary: 'Read a proof',
        description: chainRule,
        params: EvidenceParams,
        response: { 200: ok(EvidenceOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { file, evidence } = await readVisibleEvidence(deps, request, request.params.id)
      checkInput(request)
      const body = evidenceView(file, evidence, await viewerOf(deps, request, file))
      return send(reply, { status: 200, body, version: evidence.version })
    },
  )

  app.get(
    '/v1/evidence/:id/content',
    {
      schema: {
        operationId: 'downloadEvidence',
        tags,
        summary: 'Download the content of a proof',
        description:
          'Files as they were sent, text as UTF-8, records as canonical JSON: the bytes that `sha256` is of. Files can be read in parts with `Range`.',
        params: EvidenceParams,
        headers: Type.Object({
          ...headerParameters.actor,
          Range: Type.Optional(
            Type.String({ maxLength: 1000, description: 'Which part of a file to send, RFC 9110.', example: 'bytes=0-99' }),
          ),
        }),
        response: {
          200: download('All of it.'),
          206: download('The part asked for in `Range`.', { 'Content-Range': { type: 'string', example: 'bytes 0-99/4711' } }),
          ...problems('not_found', 'range_not_satisfiable'),
        },
      },
    },
    async (request, reply) => {
      const { evidence } = await readVisibleEvidence(deps, request, request.params.id)
      checkInput(request)
      return sendContent(request, reply, files, evidence)
    },
  )

  actionRoutes(app, deps, {
    moves: evidenceMoves,
    tags,
    base: '/v1/evidence/:id',
    table: 'evidence',
    params: EvidenceParams,
    operations: evidenceOperations,
    shows: EvidenceOut.ref,
    facts: () => undefined,
    answer: (d, { evidence }) => shown(d, evidence),
  })
}
