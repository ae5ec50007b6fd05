/** Business calendars over HTTP. Everybody on the platform may read them; admins write them, each time as a new version. */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { checkVersionUnlessNew } from '../../foundation/http/conditional.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { Wire } from '../../foundation/http/schema.ts'
import { listQuery } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkUnchanged } from '../../foundation/http/unchanged.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { requireAdmin } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, headerParameters, listOf, ok, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { checkCalendarFits } from '../policy/check.ts'
import { knownCalendar } from '../policy/check-times.ts'
import { findPresentPolicy } from '../policy/find.ts'
import { namedCalendars } from '../policy/named-calendars.ts'
import { calendarOf } from './calendar.ts'
import { checkDocument } from './check.ts'
import { findCalendar, findCalendars, findCurrentVersions, findVersionsOf, lockRules } from './find.ts'
import { resolveHolidays } from './public-holidays.ts'
import { putCalendar } from './record.ts'
import {
  CALENDAR_NAME,
  CalendarIn,
  CalendarOut,
  CalendarVersionOut,
  calendarQuery,
  calendarVersionsQuery,
  documentOf,
  shownIn,
} from './schema.ts'
import type { CalendarRow } from './table.ts'
import { calendarView } from './view.ts'

const tags = ['Calendars']
const Params = Type.Object({ name: Type.String({ maxLength: 64, description: 'The name of the calendar.', example: 'china' }) })

/** Instances hold calendars in memory, and a check of a policy may have to look at all of them. */
const MOST_CALENDARS = 100

const notFound = () => problem('not_found', 'There is no such calendar.')

const shown = (row: CalendarRow): Answer => ({ status: 200, body: calendarView(row), version: row.version })

/**
 * Compares `If-Match` with the calendar as it is under the lock.
 * @param there whether it was there when the request came
 * @throws Problem `version_stale` (412), `version_required` (428)
 */
const checkPresent = (request: FastifyRequest, there: boolean, present: CalendarRow | undefined): void => {
  if (present !== undefined && !there && request.headers['if-match'] === undefined)
    throw problem('version_stale', `Somebody else has just made it; the version is "${present.version}".`)
  checkVersionUnlessNew(request, present?.version, 'There is no such calendar yet; make it without If-Match.')
}

/** @throws Problem `calendar_does_not_fit` (422) where the present policy names this calendar and could not work with the new version */
const checkPolicyWorks = async (trx: Trx, { platform_id, name, document, resolved, created_at }: CalendarRow): Promise<void> => {
  const { document: policy } = await findPresentPolicy(trx, platform_id)
  if (namedCalendars(policy).has(name)) checkCalendarFits(policy, name, knownCalendar(calendarOf(document, resolved), created_at))
}

/** @throws Problem `too_many_calendars` (422) when there is no room for one more */
const checkRoom = async (trx: Trx, platformId: string): Promise<void> => {
  if ((await findCurrentVersions(trx, platformId)).size < MOST_CALENDARS) return
  throw problem('too_many_calendars', `A platform has at most ${MOST_CALENDARS} calendars; change one that is there.`)
}

export const calendarRoutes = (app: App, { db, clock }: Deps): void => {
  app.get(
    '/v1/calendars',
    {
      schema: {
        operationId: 'listCalendars',
        tags,
        summary: 'List the calendars as they are now, by name',
        description: 'The present version of each, by name. For whoever may read a case.',
        querystring: listQuery({}),
        response: { 200: listOf(CalendarOut.ref), ...problems('invalid_cursor') },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const page = readPage(request, ['name'])
      const rows = await findCalendars(db, request.caller.platform.id, page)
      return sendPage(request, reply, page, rows, (row) => [row.name], calendarView)
    },
  )

  app.get(
    '/v1/calendars/:name',
    {
      schema: {
        operationId: 'getCalendar',
        tags,
        summary: 'Read a calendar',
        description: 'As it is now, or in an earlier version: clocks that were counted in one keep it.',
        params: Params,
        querystring: calendarQuery,
        response: { 200: ok(CalendarOut.ref), ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const platformId = request.caller.platform.id
      const present = await findCalendar(db, platformId, request.params.name)
      if (present === undefined) throw notFound()
      checkInput(request)
      const { version } = request.query as Static<typeof calendarQuery>
      const row = version === undefined ? present : await findCalendar(db, platformId, present.name, version)
      if (row === undefined) throw notFound()
      return send(reply, shown(row))
    },
  )

  app.get(
    '/v1/calendars/:name/versions',
    {
      schema: {
        operationId: 'listCalendarVersions',
        tags,
        summary: 'List the versions of a calendar, newest first',
        description: 'Who wrote them, when, and from when on they hold. Each can be read whole with `?version=`.',
        params: Params,
        querystring: calendarVersionsQuery,
        response: { 200: listOf(CalendarVersionOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const platformId = request.caller.platform.id
      const { name } = request.params
      if ((await findCalendar(db, platformId, name)) === undefined) throw notFound()
      checkInput(request)
      const page = readPage(request, ['integer'])
      const rows = await findVersionsOf(db, platformId, name, page)
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.version],
        (row) => row,
      )
    },
  )

  app.put(
    '/v1/calendars/:name',
    {
      schema: {
        operationId: 'putCalendar',
        tags,
        summary: 'Write a calendar: a new one, or a new version',
        description:
          'It applies to clocks that start or resume from now on. Those that run keep the version they were counted in, until `POST /v1/policy/recompute` moves them. One with which the present policy could not work is refused. What changes nothing makes no version.\n\nWhat was just read can be sent back: fields that nobody writes (`name`, `version`, `coverage` …) are accepted as `GET` shows them now, and refused when they differ.\n\nNames are `^[a-z][a-z0-9_-]{0,63}$`; any other is not found.',
        params: Params,
        headers: Type.Object({ ...headerParameters.actor, ...headerParameters.ifMatchUnlessNew }),
        body: CalendarIn.ref,
        response: {
          200: ok(CalendarOut.ref),
          ...changeProblems(
            'forbidden',
            'not_found',
            'version_stale',
            'version_required',
            'calendar_does_not_fit',
            'too_many_calendars',
          ),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform, actor } = request.caller
      const { name } = request.params
      if (!CALENDAR_NAME.test(name)) throw notFound()
      const before = await findCalendar(db, platform.id, name)
      checkInput(request)
      const body = request.body as Wire<typeof CalendarIn>
      const document = documentOf(body)
      checkDocument(document)
      // a document that did not change keeps its days, whatever the library says by now
      const isSame = isDeepStrictEqual(document, before?.document)
      const resolved = isSame && before ? before.resolved : await resolveHolidays(document.public_holidays)
      const row = await transact(db, async (trx) => {
        await lockRules(trx, platform.id)
        const present = await findCalendar(trx, platform.id, name)
        checkPresent(request, before !== undefined, present)
        checkUnchanged(shownIn(body), present === undefined ? {} : calendarView(present))
        if (present !== undefined && isDeepStrictEqual(document, present.document)) return present
        const written: CalendarRow = {
          platform_id: platform.id,
          name,
          version: (present?.version ?? 0) + 1,
          document,
          resolved,
          created_at: toTime(clock.nowMs()),
          created_by: actorName(actor),
          holds_from: platformNow(platform, clock),
        }
        await (present === undefined ? checkRoom(trx, platform.id) : checkPolicyWorks(trx, written))
        await putCalendar(trx, written)
        return written
      })
      // this instance uses it at once; the others follow when they next read the platform's `rules_version`
      app.forgetCredentials()
      return send(reply, shown(row))
    },
  )
}
