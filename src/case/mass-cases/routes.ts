/** Mass cases over HTTP: staff read them, a supervisor ends one. */
import Type, { type Static } from 'typebox'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import { actorName, type Caller, seesAll } from '../../platform/access/caller.ts'
import { type Answer, answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, listOf, ok, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { findMassCase, findMassCases } from './find.ts'
import { endMassCase } from './record.ts'
import { EndMassCase, MassCaseOut, type MassCaseQuery, type MassCaseWire, massCaseQuery } from './schema.ts'
import type { MassCaseRow } from './table.ts'

const tags = ['Mass cases']
const Params = Type.Object({ id: PathId('The id of the mass case.') })

const massCaseView = ({ platform_id: _, ...row }: MassCaseRow): MassCaseWire => row
const shown = (row: MassCaseRow): Answer => ({ status: 200, body: massCaseView(row), version: row.version })

const requireReader = ({ actor }: Caller): void => {
  if (!seesAll(actor.role)) throw problem('forbidden', 'Mass cases are for the staff of the platform.')
}

export const massCaseRoutes = (app: App, deps: Deps): void => {
  const { db, readList, clock } = deps

  app.get(
    '/v1/mass-cases',
    {
      schema: {
        operationId: 'listMassCases',
        tags,
        summary: 'List mass cases, newest first',
        description: 'For the staff of the platform. `GET /v1/complaints?mass_case=…` lists the complaints of one.',
        querystring: massCaseQuery,
        response: { 200: listOf(MassCaseOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireReader(request.caller)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const query = request.query as MassCaseQuery
      const rows = await readList((from) => findMassCases(from, request.caller.platform.id, query, page))
      return sendPage(request, reply, page, rows, ({ created_at, id }) => [created_at, id], massCaseView)
    },
  )

  app.get(
    '/v1/mass-cases/:id',
    {
      schema: {
        operationId: 'getMassCase',
        tags,
        summary: 'Read a mass case',
        description: 'For the staff of the platform.',
        params: Params,
        response: { 200: ok(MassCaseOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireReader(request.caller)
      const { id } = request.params as Static<typeof Params>
      const found = isId(id) ? await findMassCase(db, request.caller.platform.id, id) : undefined
      if (found === undefined) throw problem('not_found', 'There is no such mass case.')
      checkInput(request)
      return send(reply, shown(found))
    },
  )

  app.post(
    '/v1/mass-cases/:id/end',
    {
      schema: {
        operationId: 'endMassCase',
        tags,
        summary: 'End a mass case',
        description: 'For supervisors. Its complaints keep its id and their risk; further ones join it no more.',
        params: Params,
        body: EndMassCase.ref,
        response: {
          200: ok(MassCaseOut.ref),
          ...changeProblems('forbidden', 'not_found', 'version_stale', 'action_not_available'),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      requireReader(caller)
      const { id } = request.params as Static<typeof Params>
      const answer = await answerOnce(db, request, async (trx) => {
        const found = isId(id) ? await findMassCase(trx, caller.platform.id, id) : undefined
        if (found === undefined) throw problem('not_found', 'There is no such mass case.')
        if (caller.actor.role !== 'supervisor') throw problem('forbidden', 'Mass cases are ended by supervisors.')
        checkInput(request)
        checkVersion(request, found.version, { required: false })
        const { explanation } = request.body as { explanation: string }
        const end = {
          end_reason_code: 'supervisor',
          end_explanation: explanation,
          ended_by: actorName(caller.actor),
          ended_at: platformNow(caller.platform, clock),
        } as const
        const ended = await endMassCase(trx, found, end)
        if (ended === undefined) throw problem('action_not_available', 'It has ended already.', { available_actions: [] })
        return shown(ended)
      })
      return send(reply, answer)
    },
  )
}
