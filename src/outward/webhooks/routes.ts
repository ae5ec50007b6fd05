/** Webhook endpoints, for admins: who is told of which events, and how. Programs with the role `integration` may read them. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { addMs, DAY, toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery, PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { newId } from '../../foundation/ids.ts'
import type { KeyRing } from '../../foundation/key-ring.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { requireAdmin, requireIntegration } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, noContent, ok, problems } from '../../platform/wire/responses.ts'
import { notFound, problem } from '../../words/problems.ts'
import { isPrivateAllowed } from '../delivery/courier.ts'
import type { Deps } from '../deps.ts'
import { findEnd } from '../feed/find.ts'
import { checkEndpoint } from './check.ts'
import { countEndpoints, type Endpoint, findEndpoint, findEndpoints, findHeld, lockEndpoint } from './find.ts'
import { changeOf, newEndpoint } from './make.ts'
import { insertEndpoint, removeEndpoint, updateEndpoint } from './record.ts'
import {
  type EndpointPatchBody,
  EndpointWithSecret,
  type NewEndpointBody,
  NewWebhookEndpoint,
  RotateSecretIn,
  WebhookEndpointOut,
  WebhookEndpointPatch,
} from './schema.ts'
import { newSecret, sealFor } from './secrets.ts'
import { endpointView } from './view.ts'

const tags = ['Webhooks']
const Params = Type.Object({ id: PathId('The id of the endpoint.') })

/** Each endpoint reads the whole feed by itself. */
const MOST_ENDPOINTS = 50

/** @throws Problem `secrets_key_needed` (409) */
export const ringOf = ({ secrets }: Pick<Deps, 'secrets'>): KeyRing => {
  if (secrets === undefined)
    throw problem('secrets_key_needed', 'The operator of this service has to set SECRETS_KEY: 32 random bytes in base64.')
  return secrets
}

export const reachOf = ({ config }: Pick<Deps, 'config'>, { caller }: FastifyRequest) => ({
  isPrivateAllowed: isPrivateAllowed(config.webhooks, caller.platform.mode),
  ports: config.webhooks.ports,
})

/** An endpoint of the caller's platform, or 404. */
export const readEndpoint = async (db: Db, { caller, params }: FastifyRequest): Promise<Endpoint> => {
  const row = await findEndpoint(db, caller.platform.id, (params as { id: string }).id)
  if (row === undefined) throw notFound()
  return row
}

export const webhookEndpointRoutes = (app: App, deps: Deps): void => {
  const { db, clock, wake } = deps

  /** An endpoint of the caller's platform under its lock, of the version that is named. @throws Problem, in the contract's order */
  const lockNamed = async (trx: Trx, request: FastifyRequest, named: { required: boolean }): Promise<Endpoint> => {
    const row = await lockEndpoint(trx, request.caller.platform.id, (request.params as { id: string }).id)
    if (row === undefined) throw notFound()
    checkInput(request)
    checkVersion(request, row.version, named)
    return row
  }

  const shown = async (request: FastifyRequest, row: Endpoint) =>
    endpointView(row, await findHeld(db, request.caller.platform.id, [row.id], clock.nowMs()))

  app.post(
    '/v1/webhook-endpoints',
    {
      schema: {
        operationId: 'createWebhookEndpoint',
        tags,
        summary: 'Have events sent to a URL',
        description:
          'It gets what happens from now on; `…/recover` sends what came before. The secret is in the answer and nowhere else, so `Idempotency-Key` has no effect here: repeating makes another endpoint.',
        body: NewWebhookEndpoint.ref,
        response: {
          201: created(EndpointWithSecret.ref),
          ...changeProblems('forbidden', 'secrets_key_needed', 'too_many_webhook_endpoints'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const body = request.body as NewEndpointBody
      checkEndpoint(body, reachOf(deps, request))
      const ring = ringOf(deps)
      const { platform, actor } = request.caller
      const begins = await findEnd(db, platform.id)
      const { row, secret } = newEndpoint(ring, body, {
        platformId: platform.id,
        id: newId(),
        now: toTime(clock.nowMs()),
        by: actorName(actor),
        position: begins.position,
      })
      await transact(db, async (trx) => {
        if ((await countEndpoints(trx, platform.id)) >= MOST_ENDPOINTS)
          throw problem(
            'too_many_webhook_endpoints',
            `A platform has at most ${MOST_ENDPOINTS} webhook endpoints; delete one first.`,
          )
        await insertEndpoint(trx, row)
      })
      const made = (await findEndpoint(db, platform.id, row.id)) as Endpoint
      const location = `/v1/webhook-endpoints/${row.id}`
      return send(reply, { status: 201, body: { ...endpointView(made, []), secret }, location, version: 1 })
    },
  )

  app.get(
    '/v1/webhook-endpoints',
    {
      schema: {
        operationId: 'listWebhookEndpoints',
        tags,
        summary: 'List the webhook endpoints, newest first',
        description: 'For admins, and for keys of the role `integration`, which change nothing.',
        querystring: listQuery({}),
        response: { 200: listOf(WebhookEndpointOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireIntegration(request)
      checkInput(request)
      const { id } = request.caller.platform
      const page = readPage(request, ['id'])
      const rows = await findEndpoints(db, id, page)
      const held = await findHeld(
        db,
        id,
        rows.map((row) => row.id),
        clock.nowMs(),
      )
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.id],
        (row) => endpointView(row, held),
      )
    },
  )

  app.get(
    '/v1/webhook-endpoints/:id',
    {
      schema: {
        operationId: 'getWebhookEndpoint',
        tags,
        summary: 'Read a webhook endpoint',
        description: 'With its state, what failed, and which subjects wait. The secret is never shown again.',
        params: Params,
        response: { 200: ok(WebhookEndpointOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireIntegration(request)
      const row = await readEndpoint(db, request)
      checkInput(request)
      return send(reply, { status: 200, body: await shown(request, row), version: row.version })
    },
  )

  app.patch(
    '/v1/webhook-endpoints/:id',
    {
      schema: {
        operationId: 'changeWebhookEndpoint',
        tags,
        summary: 'Change a webhook endpoint, or switch it off and on',
        description: 'JSON Merge Patch (RFC 7396). Needs `If-Match`. For admins.',
        params: Params,
        body: WebhookEndpointPatch.ref,
        response: {
          200: ok(WebhookEndpointOut.ref),
          ...changeProblems('forbidden', 'not_found', 'version_required', 'version_stale', 'secrets_key_needed'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform } = request.caller
      const row = await transact(db, async (trx) => {
        const before = await lockNamed(trx, request, { required: true })
        const body = request.body as EndpointPatchBody
        checkEndpoint(body, reachOf(deps, request))
        const change = changeOf(ringOf(deps), before, body, toTime(clock.nowMs()))
        await updateEndpoint(trx, { platformId: platform.id, endpointId: before.id }, change)
        return { ...before, ...change } as Endpoint
      })
      return send(reply, { status: 200, body: await shown(request, row), version: row.version })
    },
  )

  app.delete(
    '/v1/webhook-endpoints/:id',
    {
      schema: {
        operationId: 'deleteWebhookEndpoint',
        tags,
        summary: 'Remove a webhook endpoint with its log',
        description:
          'For admins. It is gone at once, and what was not delivered yet is not sent any more; the feed has it all the same. Its log is removed afterwards.',
        params: Params,
        response: { 204: noContent('Removed.'), ...problems('forbidden', 'not_found', 'version_stale') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform } = request.caller
      await transact(db, async (trx) => {
        const row = await lockNamed(trx, request, { required: false })
        await removeEndpoint(trx, { platformId: platform.id, endpointId: row.id }, clock.nowMs())
      })
      wake('forget_endpoints')
      return reply.code(204).send()
    },
  )

  app.post(
    '/v1/webhook-endpoints/:id/rotate-secret',
    {
      schema: {
        operationId: 'rotateWebhookSecret',
        tags,
        summary: 'Replace the secret of a webhook endpoint',
        description:
          'For `overlap_days` both secrets sign, so that the receiver can be given the new one meanwhile. The new secret is in the answer and nowhere else: `Idempotency-Key` has no effect here.',
        params: Params,
        body: RotateSecretIn.ref,
        response: {
          200: ok(EndpointWithSecret.ref),
          ...changeProblems('forbidden', 'not_found', 'version_stale', 'secrets_key_needed'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform } = request.caller
      const { row, secret } = await transact(db, async (trx) => {
        const before = await lockNamed(trx, request, { required: false })
        const ring = ringOf(deps)
        const { overlap_days = 1 } = request.body as { overlap_days?: number }
        const now = toTime(clock.nowMs())
        const made = newSecret(before.signature)
        const overlaps = overlap_days > 0
        const change = {
          secret: sealFor(ring, before, 'secret', made.secret),
          public_key: made.publicKey,
          previous_secret: overlaps ? before.secret : null,
          previous_public_key: overlaps ? before.public_key : null,
          previous_until: overlaps ? addMs(now, overlap_days * DAY) : null,
          version: before.version + 1,
          updated_at: now,
        }
        await updateEndpoint(trx, { platformId: platform.id, endpointId: before.id }, change)
        return { row: { ...before, ...change }, secret: made.publicKey === null ? made.secret : null }
      })
      return send(reply, { status: 200, body: { ...(await shown(request, row)), secret }, version: row.version })
    },
  )
}
