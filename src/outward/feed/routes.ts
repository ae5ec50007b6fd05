/** The feed: every event of a platform, over all cases, in one order that a reader can follow without missing any. */
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { SECOND } from '../../foundation/clock.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { requireIntegration } from '../../platform/access/authenticate.ts'
import { problems, report } from '../../platform/wire/responses.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { beginning, cursorOf, type Place, placeOf } from './cursor.ts'
import { type FeedFilter, type FeedPage, findEnd, findEvent, readFeed } from './find.ts'
import { FeedPageOut, type FeedQuery, feedQuery, OutgoingEvent } from './schema.ts'
import { checkTypes } from './types.ts'
import { watchFeeds } from './watch.ts'

const tags = ['Events']

export const feedRoutes = (app: App, { db, readList, config }: Deps): void => {
  const watch = watchFeeds(readList)
  app.addHook('preClose', async () => watch.end())

  /** Readers who ask the same at the same moment share the answer: all who waited at the end are woken together. */
  const running = new Map<string, Promise<FeedPage>>()
  const read = (platformId: string, place: Place, filter: FeedFilter, limit: number): Promise<FeedPage> => {
    const key = JSON.stringify([platformId, place, filter, limit])
    const shared = running.get(key)
    if (shared) return shared
    const page = readList((from) => readFeed(from, platformId, place, filter, limit)).finally(() => running.delete(key))
    running.set(key, page)
    return page
  }

  const placeToBegin = async (platformId: string, cursor: string | undefined): Promise<Place> => {
    if (cursor === undefined) return beginning
    return cursor === 'now' ? readList((from) => findEnd(from, platformId)) : placeOf(platformId, cursor)
  }

  app.get(
    '/v1/events',
    {
      config: { load: 'read' },
      schema: {
        operationId: 'readEvents',
        tags,
        summary: 'Read the events of the platform, in order',
        description:
          'All events of all cases, in one order. Go on at `next_cursor` and you miss none and get none twice. Events are kept for `EVENTS_KEPT_DAYS` days; a cursor from before gets 410. For keys with the role `integration`, and admins.',
        querystring: feedQuery,
        response: {
          200: report(FeedPageOut.ref, 'The next events.'),
          ...problems('forbidden', 'invalid_cursor', 'events_forgotten'),
        },
      },
    },
    async (request, reply) => {
      requireIntegration(request)
      checkInput(request)
      checkTypes((request.query as FeedQuery).types, '?types')
      const { after, types, complaint, merchant, limit = 20, wait = 0 } = request.query as FeedQuery
      const { id: platformId } = request.caller.platform
      const filter = { types, complaint, merchants: merchant }
      const until = performance.now() + wait * SECOND
      const gone = goneWith(reply)
      let place = await placeToBegin(platformId, after)
      for (;;) {
        const page = await read(platformId, place, filter, limit)
        // without a cursor one begins with what there is
        if (page.isForgotten && after !== undefined) throw forgotten(config.eventsKeptDays)
        const leftMs = until - performance.now()
        if (page.payloads.length > 0 || (!page.isAtEnd && leftMs <= 0)) return sendFeed(reply, platformId, page)
        place = page.next
        if (!page.isAtEnd) continue
        // who waits takes no place that others could work in
        request.visit?.leave()
        if (leftMs <= 0 || !(await watch.until(platformId, place.position, leftMs, gone)))
          return sendFeed(reply, platformId, page)
      }
    },
  )

  app.get(
    '/v1/events/:id',
    {
      schema: {
        operationId: 'getEvent',
        tags,
        summary: 'Read one event',
        description: 'As it was sent, for as long as events are kept.',
        params: Type.Object({ id: PathId('The id of the event.') }),
        response: {
          200: report(OutgoingEvent.ref, 'The event as it went out.'),
          ...problems('forbidden', 'not_found'),
        },
      },
    },
    async (request, reply) => {
      requireIntegration(request)
      const event = await findEvent(db, request.caller.platform.id, request.params.id)
      if (event === undefined) throw notFound()
      checkInput(request)
      return reply.type('application/json').send(event)
    },
  )
}

/** Aborted when the client is gone, or has its answer. */
const goneWith = (reply: FastifyReply): AbortSignal => {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}

/** The events are sent as they were written. */
const sendFeed = (reply: FastifyReply, platformId: string, { payloads, next, isAtEnd }: FeedPage) =>
  reply
    .type('application/json')
    .send(
      `{"data":[${payloads.join(',')}],"next_cursor":${JSON.stringify(cursorOf(platformId, next))},"has_more":${String(!isAtEnd)}}`,
    )

const forgotten = (days: number) =>
  problem(
    'events_forgotten',
    `Events are kept for ${days} days, and some behind this cursor are gone. Read the cases that changed since with GET /v1/complaints?sort=updated_at&updated_from=…, then go on without \`after\`: the feed begins with the oldest event that is kept.`,
  )
