/** Settlement rules over HTTP: a merchant writes its own, the staff of the platform read them. */
import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { checkVersion, checkVersionUnlessNew } from '../../foundation/http/conditional.ts'
import { Strict } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { actorName } from '../../platform/access/caller.ts'
import { MerchantParams, requireMerchant, requireMerchantOrStaff } from '../../platform/access/merchants.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { tellOfSubject } from '../../platform/outbox/platform-events.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { changeProblems, headerParameters, noContent, ok, problems } from '../../platform/wire/responses.ts'
import { notFound, problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { checkSettlementRules } from './check.ts'
import { findSettlementRules } from './find.ts'
import { settlementRuleMetrics } from './metrics.ts'
import { insertSettlementRules } from './record.ts'
import { type SettlementRulesBody, SettlementRulesIn, SettlementRulesOut } from './schema.ts'
import type { SettlementRule, SettlementRulesRow } from './table.ts'
import { settlementRulesView } from './view.ts'

const tags = ['Settlement rules']
const PATH = '/v1/merchants/:id/settlement-rules'
const versionQuery = Strict({
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'An earlier version; left out: the present one.' }),
  ),
})

const requireWriter = (request: FastifyRequest, id: string): void =>
  requireMerchant(request, id, 'A merchant writes its own settlement rules, and nobody else does.')

const shown = (row: SettlementRulesRow): Answer => ({ status: 200, body: settlementRulesView(row), version: row.version })

export const settlementRuleRoutes = (app: App, { db, clock, metrics }: Deps): void => {
  settlementRuleMetrics(metrics)

  /** Adds a version and tells it. @throws Problem `version_stale` where somebody was faster */
  const add = async (
    trx: Trx,
    { caller: { platform, actor } }: FastifyRequest,
    { version, rules, explanation }: Pick<SettlementRulesRow, 'version' | 'rules' | 'explanation'>,
  ): Promise<SettlementRulesRow> => {
    const row: SettlementRulesRow = {
      platform_id: platform.id,
      merchant_id: actor.id,
      version,
      rules,
      changed_by: actorName(actor),
      explanation,
      created_at: platformNow(platform, clock),
    }
    if (!(await insertSettlementRules(trx, row))) throw problem('version_stale', 'Somebody else has just changed these rules.')
    await tellOfSubject(
      trx,
      platform.id,
      { type: 'merchant', id: row.merchant_id },
      {
        type: 'settlement_rules_changed',
        resource: { type: 'settlement_rules', id: row.merchant_id },
        data: { actor: { role: actor.role }, rules_version: version, rules: rules?.length ?? 0 },
      },
      clock.nowMs(),
    )
    return row
  }

  app.get(
    PATH,
    {
      schema: {
        operationId: 'getSettlementRules',
        tags,
        summary: 'Read what a merchant agrees to and offers by itself',
        description: 'As it holds now, or in an earlier version: complaints go by the one that held when they were filed.',
        params: MerchantParams,
        querystring: versionQuery,
        response: { 200: ok(SettlementRulesOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireMerchantOrStaff(request, id, 'Settlement rules are read by their merchant and the staff of the platform.')
      const platformId = request.caller.platform.id
      const present = await findSettlementRules(db, platformId, id)
      if (present === undefined) throw notFound()
      checkInput(request)
      const { version } = request.query as Static<typeof versionQuery>
      const row = version === undefined ? present : await findSettlementRules(db, platformId, id, version)
      if (row === undefined || (version === undefined && row.rules === null)) throw notFound()
      return send(reply, shown(row))
    },
  )

  app.put(
    PATH,
    {
      schema: {
        operationId: 'putSettlementRules',
        tags,
        summary: 'Write what a merchant agrees to and offers by itself',
        description:
          'By the merchant itself. When a complaint about it is accepted, the first rule that fits agrees to what is wanted or makes an offer at once, within what is left of the order, and marked as automatic (`automatic` of the plan). A change holds for complaints that are filed from then on. What changes nothing makes no version.',
        params: MerchantParams,
        headers: Type.Object({ ...headerParameters.actor, ...headerParameters.ifMatchUnlessNew }),
        body: SettlementRulesIn.ref,
        response: {
          200: ok(SettlementRulesOut.ref),
          ...changeProblems('forbidden', 'not_found', 'version_stale', 'version_required'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireWriter(request, id)
      checkInput(request)
      const body = request.body as SettlementRulesBody
      checkSettlementRules(body)
      const { rules, explanation = null } = body
      const row = await transact(db, async (trx) => {
        const present = await findSettlementRules(trx, request.caller.platform.id, id)
        const isThere = present !== undefined && present.rules !== null
        checkVersionUnlessNew(
          request,
          isThere ? present.version : undefined,
          'There are no such rules; write them without If-Match.',
        )
        if (isThere && areAlike(present.rules, rules)) return present
        return add(trx, request, { version: (present?.version ?? 0) + 1, rules: rules as SettlementRule[], explanation })
      })
      return send(reply, shown(row))
    },
  )

  app.delete(
    PATH,
    {
      schema: {
        operationId: 'deleteSettlementRules',
        tags,
        summary: 'Withdraw the settlement rules of a merchant',
        description: 'By the merchant itself. Complaints that are filed from then on wait for its answer.',
        params: MerchantParams,
        response: { 204: noContent('Withdrawn.'), ...problems('forbidden', 'not_found', 'version_stale') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      requireWriter(request, id)
      await transact(db, async (trx) => {
        const present = await findSettlementRules(trx, request.caller.platform.id, id)
        if (present === undefined || present.rules === null) throw notFound()
        checkInput(request)
        checkVersion(request, present.version, { required: false })
        await add(trx, request, { version: present.version + 1, rules: null, explanation: null })
      })
      return reply.code(204).send()
    },
  )
}
