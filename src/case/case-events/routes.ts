/** The trail of a case: who did what, as whom, when, from which state to which, and why. Only ever added to. */

import { beyond, readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isStaff, seesAll } from '../../platform/access/caller.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import { partySide } from '../case-file/case-file.ts'
import { CaseParams } from '../complaints/routes.ts'
import { readVisibleParties } from '../decisions/take.ts'
import type { Deps } from '../deps.ts'
import { EventOut, type EventQuery, type EventWire, eventQuery } from './schema.ts'
import type { CaseEventRow } from './table.ts'

/** What a timeline shows of an event, and what decides how it is shown. */
const shownColumns = [
  'id',
  'sequence',
  'type',
  'at',
  'actor_role',
  'actor_id',
  'resource',
  'resource_id',
  'from_status',
  'to_status',
  'reason_code',
  'note',
  'data',
] as const satisfies readonly (keyof CaseEventRow)[]

const eventView = (row: Pick<CaseEventRow, (typeof shownColumns)[number]>, staff: boolean): EventWire => ({
  id: row.id,
  sequence: row.sequence,
  type: row.type,
  at: row.at,
  actor: { role: row.actor_role, id: row.actor_id },
  resource: row.resource as EventWire['resource'],
  resource_id: row.resource_id,
  from_status: row.from_status,
  to_status: row.to_status,
  reason_code: row.reason_code,
  note: staff || !isStaff(row.actor_role) ? row.note : null,
  data: row.data,
})

export const eventRoutes = (app: App, { db }: Deps): void => {
  app.get(
    '/v1/complaints/:id/events',
    {
      schema: {
        operationId: 'listEvents',
        tags: ['Complaints'],
        summary: 'Read the timeline of a complaint',
        params: CaseParams,
        querystring: eventQuery,
        response: { 200: listOf(EventOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const complaint = await readVisibleParties(db, caller, request.params.id)
      checkInput(request)
      const order = (request.query as EventQuery).sort === 'sequence' ? 'asc' : 'desc'
      const page = readPage(request, ['integer'])
      const staff = seesAll(caller.actor.role)
      const side = partySide(complaint, caller.actor)
      let select = db
        .selectFrom('case_events')
        .select(shownColumns)
        .where('platform_id', '=', caller.platform.id)
        .where('complaint_id', '=', complaint.id)
      if (!staff) select = select.where('visibility', 'in', side === null ? ['parties'] : ['parties', side])
      const rows = await select
        .where(beyond(page, ['sequence'], order))
        .orderBy('sequence', order)
        .limit(page.limit + 1)
        .execute()
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.sequence],
        (row) => eventView(row, staff),
      )
    },
  )
}
