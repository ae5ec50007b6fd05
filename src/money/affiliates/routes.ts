/** The affiliates of a merchant over HTTP: an admin names them, the staff of the platform read them. */
import Type from 'typebox'
import { checkVersionUnlessNew } from '../../foundation/http/conditional.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { areAlike } from '../../foundation/plain.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { requireAdmin, requireDesk } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { MerchantParams } from '../../platform/access/merchants.ts'
import { isPersonId } from '../../platform/access/people.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { tellOfSubject } from '../../platform/outbox/platform-events.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, headerParameters, ok, problems } from '../../platform/wire/responses.ts'
import type { Deps } from '../../rules/deps.ts'
import { invalidField, notFound, problem } from '../../words/problems.ts'
import { findAffiliates } from './find.ts'
import { writeAffiliates } from './record.ts'
import { type AffiliatesBody, AffiliatesIn, AffiliatesOut, type AffiliatesWire } from './schema.ts'
import type { AffiliatesRow } from './table.ts'

const tags = ['Fund']
const PATH = '/v1/merchants/:id/affiliates'

const view = ({ platform_id: _, affiliates, ...row }: AffiliatesRow): AffiliatesWire => ({ ...row, merchant_ids: affiliates })
const shown = (row: AffiliatesRow): Answer => ({ status: 200, body: view(row), version: row.version })

export const affiliateRoutes = (app: App, { db, clock }: Deps): void => {
  app.get(
    PATH,
    {
      schema: {
        operationId: 'getMerchantAffiliates',
        tags,
        summary: 'Read whose deposits pay for a merchant besides its own',
        description: 'For the staff of the platform and its admins.',
        params: MerchantParams,
        response: { 200: ok(AffiliatesOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      const row = await findAffiliates(db, request.caller.platform.id, request.params.id)
      if (row === undefined) throw notFound()
      checkInput(request)
      return send(reply, shown(row))
    },
  )

  app.put(
    PATH,
    {
      schema: {
        operationId: 'putMerchantAffiliates',
        tags,
        summary: 'Say whose deposits pay for a merchant besides its own',
        description:
          'For admins. Where the policy says so (`recovery.affiliates`), the deposits of these merchants pay what the merchant’s own does not cover of an advance, as far as nothing of their own may need them. It holds for what is taken from then on; what changes nothing makes no version.',
        params: MerchantParams,
        headers: Type.Object({ ...headerParameters.actor, ...headerParameters.ifMatchUnlessNew }),
        body: AffiliatesIn.ref,
        response: {
          200: ok(AffiliatesOut.ref),
          ...changeProblems('forbidden', 'not_found', 'version_stale', 'version_required'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { id } = request.params
      if (!isPersonId(id)) throw notFound()
      checkInput(request)
      const { merchant_ids, explanation } = request.body as AffiliatesBody
      const itself = merchant_ids.indexOf(id)
      if (itself !== -1) throw invalidField(`/merchant_ids/${itself}`, 'not_allowed', 'a merchant is no affiliate of itself')
      const { platform, actor } = request.caller
      const row = await transact(db, async (trx) => {
        const present = await findAffiliates(trx, platform.id, id)
        checkVersionUnlessNew(request, present?.version, 'None were named yet; write them without If-Match.')
        if (present && areAlike(present.affiliates, merchant_ids) && present.explanation === explanation) return present
        const now = platformNow(platform, clock)
        const next: AffiliatesRow = {
          platform_id: platform.id,
          merchant_id: id,
          version: (present?.version ?? 0) + 1,
          affiliates: merchant_ids,
          changed_by: actorName(actor),
          explanation,
          created_at: present?.created_at ?? now,
          updated_at: now,
        }
        if (!(await writeAffiliates(trx, next))) throw problem('version_stale', 'Somebody else has just changed them.')
        await tellOfSubject(
          trx,
          platform.id,
          { type: 'merchant', id },
          {
            type: 'merchant_affiliates_changed',
            resource: { type: 'merchant_affiliates', id },
            data: { actor: { role: actor.role }, affiliates_version: next.version, merchant_ids },
          },
          clock.nowMs(),
        )
        return next
      })
      return send(reply, shown(row))
    },
  )
}
