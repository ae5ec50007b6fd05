import Type, { type Static } from 'typebox'
import { normaliseTime, toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery, PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { newId } from '../../foundation/ids.ts'
import type { Deps } from '../../foundation/process/deps.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { send } from '../idempotency/idempotency.ts'
import { changeProblems, created, listOf, noContent, ok, problems } from '../wire/responses.ts'
import { requireAdmin } from './authenticate.ts'
import { actorName } from './caller.ts'
import { type ApiKey, findApiKey, findApiKeys, lockUsableAdminKeys } from './find.ts'
import { digestOf, newApiKey, recognisedBy } from './keys.ts'
import { insertApiKey, revokeApiKey } from './record.ts'
import { ApiKeySchema, CreatedApiKey, NewApiKey } from './schema.ts'

const tags = ['Access']
const Params = Type.Object({ id: PathId('The id of the key.') })

/** A key changes once in its life: when it is revoked. */
const versionOf = (key: ApiKey): number => (key.revoked_at === null ? 1 : 2)
const show = (key: ApiKey) => ({ ...key, version: versionOf(key) })

const notFound = () => problem('not_found', 'There is no such API key.')

/** API keys, for admins: made, listed, revoked. A key can be used as soon as its answer is there; revoking one works within seconds. */
export const apiKeyRoutes = (app: App, { db, clock }: Deps): void => {
  app.post(
    '/v1/api-keys',
    {
      schema: {
        operationId: 'createApiKey',
        tags,
        summary: 'Make an API key',
        description:
          'The key is in the answer and nowhere else. Its secret is never stored, so `Idempotency-Key` has no effect here: repeating makes another key.',
        body: NewApiKey.ref,
        response: { 201: created(CreatedApiKey.ref), ...changeProblems('forbidden') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const { name, roles, expires_at } = request.body as Static<typeof NewApiKey.schema>
      const now = toTime(clock.nowMs())
      const expires = expires_at ? normaliseTime(expires_at) : null
      if (expires !== null && expires <= now) throw invalidField('/expires_at', 'not_in_future', 'must lie ahead')
      const key = newApiKey(request.caller.platform.mode)
      const row = {
        platform_id: request.caller.platform.id,
        id: newId(),
        name,
        digest: digestOf(key),
        ...recognisedBy(key),
        roles,
        created_at: now,
        created_by: actorName(request.caller.actor),
        expires_at: expires,
        revoked_at: null,
        last_used_at: null,
      }
      await transact(db, (trx) => insertApiKey(trx, row))
      const { platform_id: _platform, digest: _digest, ...shown } = row
      return send(reply, { status: 201, body: { ...show(shown), key }, location: `/v1/api-keys/${row.id}`, version: 1 })
    },
  )

  app.get(
    '/v1/api-keys',
    {
      schema: {
        operationId: 'listApiKeys',
        tags,
        summary: 'List the API keys, newest first, revoked ones too',
        description: 'For admins. Revoked and expired ones are listed too; the keys themselves are never shown again.',
        querystring: listQuery({}),
        response: { 200: listOf(ApiKeySchema.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const keys = await findApiKeys(db, request.caller.platform.id, page)
      return sendPage(request, reply, page, keys, (key) => [key.created_at, key.id], show)
    },
  )

  app.get(
    '/v1/api-keys/:id',
    {
      schema: {
        operationId: 'getApiKey',
        tags,
        summary: 'Read one API key',
        description: 'For admins. The key itself is never shown again.',
        params: Params,
        response: { 200: ok(ApiKeySchema.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const key = await findApiKey(db, request.caller.platform.id, request.params.id)
      if (key === undefined) throw notFound()
      checkInput(request)
      return send(reply, { status: 200, body: show(key), version: versionOf(key) })
    },
  )

  app.delete(
    '/v1/api-keys/:id',
    {
      schema: {
        operationId: 'revokeApiKey',
        tags,
        summary: 'Revoke an API key',
        description:
          'It stops working within seconds on every instance and stays in the list. Revoking it again changes nothing. The last working admin key of a platform cannot be revoked: make another first.',
        params: Params,
        response: {
          204: noContent('Revoked.'),
          ...problems('forbidden', 'not_found', 'version_stale', 'action_not_available'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform } = request.caller
      await transact(db, async (trx) => {
        const now = toTime(clock.nowMs())
        const admins = await lockUsableAdminKeys(trx, platform.id, now)
        const key = await findApiKey(trx, platform.id, request.params.id)
        if (key === undefined) throw notFound()
        checkInput(request)
        checkVersion(request, versionOf(key), { required: false })
        if (admins.length === 1 && admins[0]?.id === key.id) {
          throw problem('action_not_available', 'This is the last working admin key; make another one first.', {
            available_actions: [],
          })
        }
        await revokeApiKey(trx, platform.id, key.id, now)
      })
      app.forgetCredentials()
      return reply.code(204).send()
    },
  )
}
