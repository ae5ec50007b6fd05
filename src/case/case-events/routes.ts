/** The trail of a case: who did what, as whom, when, from which state to which, and why. Only ever added to. */

import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isStaff, seesAll } from '../../platform/access/caller.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { partySide } from '../case-file/case-file.ts'
import { CaseParams } from '../complaints/routes.ts'
import { readVisibleParties } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findEvents, type ShownEvent } from './find.ts'
import { EventOut, type EventQuery, type EventWire, eventQuery } from './schema.ts'
import type { Visibility } from './table.ts'

const eventView = (row: ShownEvent, staff: boolean): EventWire => ({
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

/** The visibilities that a side reads. */
const readersOf = (side: PartySide | null): Visibility[] => (side === null ? ['parties'] : ['parties', side])

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
      const readers = staff ? 'all' : readersOf(partySide(complaint, caller.actor))
      const rows = await findEvents(db, caller.platform.id, complaint.id, { readers, order, page })
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
