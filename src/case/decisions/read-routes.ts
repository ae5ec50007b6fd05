/** How the resources of a room are read over HTTP: as a list under their complaint, and each by its id. */
import type { TObject, TSchema } from 'typebox'
import { newestOf, readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { send } from '../../platform/idempotency/idempotency.ts'
import { listOf, ok, problems } from '../../platform/wire/responses.ts'
import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Deps } from '../deps.ts'
import type { Viewer } from './available.ts'
import type { CaseName } from './load.ts'
import { viewerOf } from './take.ts'
import { readVisibleCase } from './visible.ts'

export interface ReadRoutes<Row extends { id: string; version: number }> {
  tags: readonly string[]
  /** The last part of the list's path and the first of the others, as `holds`. */
  collection: string
  table: CaseName['table']
  shows: TSchema
  list: { operationId: string; summary: string; description: string; params: TObject; querystring: TObject }
  one: { operationId: string; summary: string; description: string; params: TObject }
  /** All of a case, the oldest first. */
  rows: (file: CaseFile) => readonly Row[]
  sees: (file: CaseFile, row: Row, actor: Actor) => boolean
  view: (file: CaseFile, row: Row, viewer: Viewer) => object
}

/** Adds `GET /v1/complaints/{id}/{collection}` and `GET /v1/{collection}/{id}`. */
export const readRoutes = <Row extends { id: string; version: number }>(app: App, deps: Deps, room: ReadRoutes<Row>): void => {
  const { cases } = deps
  const { tags, shows, sees, view } = room
  const { operationId, summary, description, params, querystring } = room.list

  app.get(
    `/v1/complaints/:id/${room.collection}`,
    {
      schema: {
        operationId,
        tags,
        summary,
        description,
        params,
        querystring,
        response: { 200: listOf(shows), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const { id } = request.params as { id: string }
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id })
      checkInput(request)
      const page = readPage(request, ['id'])
      const rows = newestOf(
        page,
        room.rows(file).filter((row) => sees(file, row, caller.actor)),
        (row) => row.id,
      )
      const viewer = await viewerOf(deps, request, file)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.id],
        (row) => view(file, row, viewer),
      )
    },
  )

  app.get(
    `/v1/${room.collection}/:id`,
    { schema: { ...room.one, tags, response: { 200: ok(shows), ...problems('not_found') } } },
    async (request, reply) => {
      const { caller } = request
      const { id } = request.params as { id: string }
      const file = await readVisibleCase(cases, caller, { table: room.table, id })
      const row = room.rows(file).find((one) => one.id === id)
      if (row === undefined || !sees(file, row, caller.actor)) throw notFound()
      checkInput(request)
      const body = view(file, row, await viewerOf(deps, request, file))
      return send(reply, { status: 200, body, version: row.version })
    },
  )
}
