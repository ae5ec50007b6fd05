import { nowFor } from '../../case/decisions/take.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { KeyRole } from '../../platform/access/caller.ts'
import { type ApiKey, findApiKey } from '../../platform/access/find.ts'
import { problems, report } from '../../platform/wire/responses.ts'
import type { Deps } from '../deps.ts'
import { findOwnPlatform } from './find.ts'
import { whatMay } from './may.ts'
import { Me, type MeWire } from './schema.ts'

/** What a caller wants to know first: whether the key works, as whom, where, and when it is there. */
export const meRoutes = (app: App, { db, clock }: Deps): void => {
  app.get(
    '/v1/me',
    {
      config: { opensTo: ['orders', 'payments'] },
      schema: {
        operationId: 'whoAmI',
        tags: ['Access'],
        summary: 'Who one is, what one may, on which platform',
        description: 'Of the key that was sent and the person it acts for. A first call that shows whether both are right.',
        response: { 200: report(Me.ref, 'The caller.'), ...problems() },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const { actor, platform, credential } = request.caller
      // a key never acts as the system
      const role = actor.role as KeyRole
      // the caller's own key is there
      const { id, name, start, last_four, roles, expires_at } = (await findApiKey(db, platform.id, credential)) as ApiKey
      const body: MeWire = {
        actor: { role, id: actor.id },
        roles,
        key: { id, name, start, last_four, expires_at },
        platform: await findOwnPlatform(db, platform.id),
        now: nowFor(request, clock),
        may: whatMay(role),
      }
      return reply.type('application/json').send(body)
    },
  )
}
