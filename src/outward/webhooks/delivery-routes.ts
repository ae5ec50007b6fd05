/** What was delivered to an endpoint, and what people do about it. */
import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { normaliseTime, toMs, toTime } from '../../foundation/clock.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { newId } from '../../foundation/ids.ts'
import { requireAdmin, requireIntegration } from '../../platform/access/authenticate.ts'
import { attemptOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, listOf, problems, report } from '../../platform/wire/responses.ts'
import { invalidField, notFound, problem } from '../../words/problems.ts'
import { createCourier } from '../delivery/courier.ts'
import type { Deps } from '../deps.ts'
import { exampleOfType } from '../feed/examples.ts'
import { findEvent } from '../feed/find.ts'
import { UNKNOWN_TYPE } from '../feed/types.ts'
import { type Delivery, findDeliveries, findDelivery, timeOfId } from './find.ts'
import { hurrySubject, queueAgain, recover, skipDelivery } from './record.ts'
import { readEndpoint, ringOf } from './routes.ts'
import {
  DeliveryOut,
  type DeliveryQuery,
  deliveryQuery,
  MOST_RECOVERED,
  Recovered,
  RecoverIn,
  TestIn,
  TestResult,
} from './schema.ts'
import { deliveryView } from './view.ts'

const tags = ['Webhooks']
const EndpointParams = Type.Object({ id: PathId('The id of the endpoint.') })
const DeliveryParams = Type.Object({ id: PathId('The id of the delivery.') })

export const webhookDeliveryRoutes = (app: App, deps: Deps): void => {
  const { db, clock, connections } = deps

  app.post(
    '/v1/webhook-endpoints/:id/test',
    {
      schema: {
        operationId: 'testWebhookEndpoint',
        tags,
        summary: 'Send an example event, and see what comes back',
        description:
          'The event is sent once, at once and to a disabled endpoint too; it stands in no feed and in no log, and its data say `test: true`. `Idempotency-Key` has no effect here.',
        params: EndpointParams,
        body: TestIn.ref,
        response: {
          200: report(TestResult.ref, 'What came back.'),
          ...changeProblems('forbidden', 'not_found', 'secrets_key_needed'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const row = await readEndpoint(db, request)
      checkInput(request)
      const { platform } = request.caller
      const { type = 'complaint_submitted' } = request.body as Static<typeof TestIn.schema>
      const example = exampleOfType(type, platform.id)
      if (example === undefined) throw invalidField('/type', 'unknown_type', UNKNOWN_TYPE)
      const id = newId()
      const payload = JSON.stringify({
        ...example,
        id,
        timestamp: toTime(clock.nowMs()),
        data: { ...example.data, test: true },
      })
      const courier = createCourier(deps, ringOf(deps), connections)
      const made = await courier.deliver({ platformId: platform.id, endpointId: row.id }, platform.mode, {
        ...row,
        id,
        event_id: id,
        payload,
        subject_type: example.subject.type,
        subject_id: example.subject.id,
        sequence: example.sequence,
        attempts: 0,
        tries: 0,
        leased_until: row.updated_at,
        gap_from: null,
        include: null,
      })
      const { error, status, response, atMs, durationMs } = made
      return reply.type('application/json').send({
        event_id: id,
        delivered: error === null,
        at: toTime(atMs),
        duration_ms: durationMs,
        status,
        error,
        response,
      })
    },
  )

  app.get(
    '/v1/webhook-endpoints/:id/deliveries',
    {
      schema: {
        operationId: 'listWebhookDeliveries',
        tags,
        summary: 'List what was delivered to an endpoint, or is to be, newest event first',
        description: 'With each attempt: when, how long, and what came back.',
        params: EndpointParams,
        querystring: deliveryQuery,
        response: { 200: listOf(DeliveryOut.ref), ...problems('forbidden', 'not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireIntegration(request)
      const { id } = await readEndpoint(db, request)
      checkInput(request)
      const page = readPage(request, ['integer', 'text', 'text', 'integer'])
      const { state } = request.query as DeliveryQuery
      const rows = await findDeliveries(db, request.caller.platform.id, id, state, page)
      const keyOf = (row: Delivery) => [row.feed_position, row.subject_type, row.subject_id, row.sequence]
      return sendPage(request, reply, page, rows, keyOf, deliveryView)
    },
  )

  /** A delivery of the caller's platform that is not at work, or 404; what is done to it is answered with it. */
  const act = async (request: FastifyRequest, does: (platformId: string, row: Delivery) => Promise<void>): Promise<Delivery> => {
    const { id: platformId } = request.caller.platform
    const row = await findDelivery(db, platformId, (request.params as { id: string }).id)
    if (row === undefined) throw notFound()
    checkInput(request)
    await does(platformId, row)
    return (await findDelivery(db, platformId, row.id)) as Delivery
  }

  app.post(
    '/v1/webhook-deliveries/:id/retry',
    {
      schema: {
        operationId: 'retryWebhookDelivery',
        tags,
        summary: 'Send an event again, now',
        description:
          'Whatever became of it: one that waits need not wait any longer, one that was given up or delivered is sent anew, with the same `webhook-id`. In an ordered endpoint later events of the subject that are still to come wait for it.',
        params: DeliveryParams,
        response: {
          200: report(DeliveryOut.ref, 'The delivery.'),
          ...changeProblems('forbidden', 'not_found', 'events_forgotten'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const row = await act(request, async (platformId, { id, event_id }) => {
        if ((await findEvent(db, platformId, event_id)) === undefined)
          throw problem('events_forgotten', 'The event is no longer kept.')
        await queueAgain(db, platformId, id, clock.nowMs())
      })
      return reply.type('application/json').send(deliveryView(row))
    },
  )

  app.post(
    '/v1/webhook-deliveries/:id/skip',
    {
      schema: {
        operationId: 'skipWebhookDelivery',
        tags,
        summary: 'Give an event up, so that the next of its subject is sent',
        description: 'The next one says with `gap_from` that something is missing. `retry` sends it all the same.',
        params: DeliveryParams,
        response: {
          200: report(DeliveryOut.ref, 'The delivery.'),
          ...changeProblems('forbidden', 'not_found', 'action_not_available'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const row = await act(request, async (platformId, { id }) => {
        if (!(await skipDelivery(db, platformId, id, clock.nowMs())))
          throw problem('action_not_available', 'Only what is pending can be skipped.', { available_actions: [] })
        await hurrySubject(db, platformId, id, clock.nowMs())
      })
      return reply.type('application/json').send(deliveryView(row))
    },
  )

  app.post(
    '/v1/webhook-endpoints/:id/recover',
    {
      schema: {
        operationId: 'recoverWebhooks',
        tags,
        summary: 'Send what an endpoint has missed since a moment',
        description: `Looks at up to ${MOST_RECOVERED} events; where there are more, \`next_since\` says where to go on. Asking twice queues nothing twice.`,
        params: EndpointParams,
        body: RecoverIn.ref,
        response: { 200: report(Recovered.ref, 'What was queued.'), ...changeProblems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const row = await readEndpoint(db, request)
      const answer = await attemptOnce(db, request, async () => {
        checkInput(request)
        const { since, only_failed: onlyFailed = true } = request.body as Static<typeof RecoverIn.schema>
        const name = { platformId: request.caller.platform.id, endpointId: row.id }
        const sinceMs = toMs(normaliseTime(since))
        const asked = { sinceMs, onlyFailed, most: MOST_RECOVERED, nowMs: clock.nowMs() }
        const { queued, looked_at, last } = await recover(db, name, asked)
        const more = looked_at === MOST_RECOVERED && last !== null
        return { status: 200 as const, body: { queued, looked_at, next_since: more ? timeOfId(last) : null } }
      })
      return send(reply, answer)
    },
  )
}
