/** The trail of a case: who did what, as whom, when, from which state to which, and why. Only ever added to. */

import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Caller, isStaff, seesAll } from '../../platform/access/caller.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import { isForStaff } from '../../words/deadlines.ts'
import { notFound } from '../../words/problems.ts'
import { mayRead } from '../case-file/case-file.ts'
import { CaseParams } from '../complaints/routes.ts'
import type { ClockChange } from '../deadlines/reasons.ts'
import { readVisibleParties } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { findTimeline, type ShownEvent } from './find.ts'
import { EventOut, type EventQuery, type EventWire, eventQuery } from './schema.ts'

/** Of the clocks that an event has changed, a party reads nothing of those that are for staff alone. */
const withoutStaffClocks = ({
  clocks,
  ...data
}: ShownEvent['data'] & { clocks?: readonly ClockChange[] }): ShownEvent['data'] => {
  const seen = clocks?.filter(({ kind }) => !isForStaff(kind)) ?? []
  return seen.length > 0 ? { ...data, clocks: seen } : data
}

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
  data: staff ? row.data : withoutStaffClocks(row.data),
})

/** What is asked for, read before the case is. Whoever may not read the case hears of that, whatever else is wrong with the request. */
const orNotFound = async <T>(db: Db, caller: Caller, id: string, read: () => T): Promise<T> => {
  try {
    return read()
  } catch (fault) {
    await readVisibleParties(db, caller, id)
    throw fault
  }
}

export const eventRoutes = (app: App, { db }: Deps): void => {
  app.get(
    '/v1/complaints/:id/events',
    {
      schema: {
        operationId: 'listEvents',
        tags: ['Complaints'],
        summary: 'Read the timeline of a complaint',
        description:
          'Everything that happened to the case, as far as this caller may know it. `KnownCaseEvent` lists the types with their data.',
        params: CaseParams,
        querystring: eventQuery,
        response: { 200: listOf(EventOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const { id } = request.params
      const asked = await orNotFound(db, caller, id, () => {
        checkInput(request)
        const order = (request.query as EventQuery).sort === 'sequence' ? ('asc' as const) : ('desc' as const)
        return { order, page: readPage(request, ['integer']) }
      })
      const timeline = isId(id) ? await findTimeline(db, caller, id, asked) : undefined
      if (!timeline || !mayRead(timeline.parties, caller.actor)) throw notFound()
      const staff = seesAll(caller.actor.role)
      return sendPage(
        request,
        reply,
        asked.page,
        timeline.events,
        (row) => [row.sequence],
        (row) => eventView(row, staff),
      )
    },
  )
}
