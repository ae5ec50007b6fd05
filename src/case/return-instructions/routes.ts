/** Return instructions over HTTP: a merchant writes its own, the staff of the platform read them. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { checkVersion, checkVersionUnlessNew } from '../../foundation/http/conditional.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { areAlike } from '../../foundation/plain.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { actorName } from '../../platform/access/caller.ts'
import { MerchantParams, requireMerchant, requireMerchantOrStaff } from '../../platform/access/merchants.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, headerParameters, noContent, ok, problems } from '../../platform/wire/responses.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { findReturnInstructions, lockReturnInstructions } from './find.ts'
import { deleteReturnInstructions, insertReturnInstructions, updateReturnInstructions } from './record.ts'
import { ReturnInstructionsOut, ReturnTo, type ReturnToBody } from './schema.ts'
import type { ReturnInstructionsRow } from './table.ts'

const tags = ['Return instructions']
const PATH = '/v1/merchants/:id/return-instructions'

const requireWriter = (request: FastifyRequest, id: string): void =>
  requireMerchant(request, id, 'A merchant writes its own return instructions, and nobody else does.')

const shown = ({ platform_id: _, ...body }: ReturnInstructionsRow): Answer => ({ status: 200, body, version: body.version })

export const returnInstructionRoutes = (app: App, { db, clock }: Deps): void => {
  app.get(
    PATH,
    {
      schema: {
        operationId: 'getReturnInstructions',
        tags,
        summary: 'Read where a merchant has goods sent back to',
        description: 'A return that has begun keeps what held then; its step `return_shipment` shows it as `return_to`.',
        params: MerchantParams,
        response: { 200: ok(ReturnInstructionsOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireMerchantOrStaff(request, id, 'Return instructions are read by their merchant and the staff of the platform.')
      const row = await findReturnInstructions(db, request.caller.platform.id, id)
      if (row === undefined) throw notFound()
      checkInput(request)
      return send(reply, shown(row))
    },
  )

  app.put(
    PATH,
    {
      schema: {
        operationId: 'putReturnInstructions',
        tags,
        summary: 'Write where goods are sent back to',
        description:
          'By the merchant itself. Plans that begin from then on send goods there, unless they name an address of their own; without either, the merchant is asked first (step `return_address`), and the buyer’s time begins when it has answered. What changes nothing makes no version.',
        params: MerchantParams,
        headers: Type.Object({ ...headerParameters.actor, ...headerParameters.ifMatchUnlessNew }),
        body: ReturnTo.ref,
        response: {
          200: ok(ReturnInstructionsOut.ref),
          ...changeProblems('forbidden', 'not_found', 'version_stale', 'version_required'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireWriter(request, id)
      checkInput(request)
      const return_to = request.body as ReturnToBody
      const { platform, actor } = request.caller
      const row = await transact(db, async (trx) => {
        const present = await lockReturnInstructions(trx, platform.id, id)
        checkVersionUnlessNew(request, present?.version, 'There are no such instructions; write them without If-Match.')
        if (present && areAlike(present.return_to, return_to)) return present
        const now = platformNow(platform, clock)
        const next: ReturnInstructionsRow = {
          platform_id: platform.id,
          merchant_id: id,
          version: (present?.version ?? 0) + 1,
          return_to,
          changed_by: actorName(actor),
          created_at: present?.created_at ?? now,
          updated_at: now,
        }
        if (present) await updateReturnInstructions(trx, next)
        else if (!(await insertReturnInstructions(trx, next)))
          throw problem('version_stale', 'Somebody else has just written these instructions.')
        return next
      })
      return send(reply, shown(row))
    },
  )

  app.delete(
    PATH,
    {
      schema: {
        operationId: 'deleteReturnInstructions',
        tags,
        summary: 'Withdraw the return instructions of a merchant',
        description: 'By the merchant itself. From then on it is asked for an address at each return.',
        params: MerchantParams,
        response: { 204: noContent('Withdrawn.'), ...problems('forbidden', 'not_found', 'version_stale') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireWriter(request, id)
      const platformId = request.caller.platform.id
      await transact(db, async (trx) => {
        const present = await lockReturnInstructions(trx, platformId, id)
        if (present === undefined) throw notFound()
        checkInput(request)
        checkVersion(request, present.version, { required: false })
        await deleteReturnInstructions(trx, platformId, id)
      })
      return reply.code(204).send()
    },
  )
}
