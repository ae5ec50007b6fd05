/** The policy over HTTP. The desk reads it, since parties need not know what is approved by whom; admins write it, each time as a new version. */

import { isDeepStrictEqual } from 'node:util'
import type { Static } from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { Wire } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkUnchanged } from '../../foundation/http/unchanged.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { requireAdmin, requireDesk } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, listOf, ok, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import { lockRules } from '../calendars/find.ts'
import type { Deps } from '../deps.ts'
import { checkThatItWorks } from '../rule-book/check.ts'
import { findPolicy, findPolicyVersions, findPresentPolicy } from './find.ts'
import { readPolicy } from './reading.ts'
import { putPolicy } from './record.ts'
import type { PolicyRow } from './table.ts'
import { PolicyChange, PolicyOut, PolicyVersionOut, policyQuery, policyVersionsQuery } from './version-schema.ts'

const tags = ['Policy']

const shown = ({ platform_id: _, ...policy }: PolicyRow): Answer => ({ status: 200, body: policy, version: policy.version })

export const policyRoutes = (app: App, deps: Deps): void => {
  const { db, clock, rules } = deps

  app.get(
    '/v1/policy',
    {
      schema: {
        operationId: 'getPolicy',
        tags,
        summary: 'Read the policy',
        description: 'As it is now, or in an earlier version: a case keeps the one that it was opened under.',
        querystring: policyQuery,
        response: { 200: ok(PolicyOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      const { version } = request.query as Static<typeof policyQuery>
      const policy = await findPolicy(db, request.caller.platform.id, version)
      if (policy === undefined) throw problem('not_found', 'The policy has no such version.')
      return send(reply, shown(policy))
    },
  )

  app.get(
    '/v1/policy/versions',
    {
      schema: {
        operationId: 'listPolicyVersions',
        tags,
        summary: 'List the versions of the policy, newest first: who changed it, when and why',
        description: 'Who wrote them, when and why. Each can be read whole with `?version=`.',
        querystring: policyVersionsQuery,
        response: { 200: listOf(PolicyVersionOut.ref), ...problems('forbidden', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      const page = readPage(request, ['integer'])
      const rows = await findPolicyVersions(db, request.caller.platform.id, page)
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
    '/v1/policy',
    {
      schema: {
        operationId: 'putPolicy',
        tags,
        summary: 'Write a new version of the policy',
        description:
          'Takes the whole document; a kind of clock, a category or a field that it leaves out is as in the policy that platforms start with. It applies to cases that are filed from now on; those that are open keep their version until `POST /v1/policy/recompute` moves them. What could not work is refused with every reason. What changes nothing makes no version.',
        body: PolicyChange.ref,
        response: {
          200: ok(PolicyOut.ref),
          ...changeProblems('forbidden', 'version_stale', 'version_required', 'policy_cannot_work'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      const { platform, actor } = request.caller
      checkInput(request)
      const { document: sent, explanation = null, ...unchanged } = request.body as Wire<typeof PolicyChange>
      const document = readPolicy(sent)
      const row = await transact(db, async (trx) => {
        const rulesVersion = await lockRules(trx, platform.id)
        const present = await findPresentPolicy(trx, platform.id)
        checkVersion(request, present.version, { required: true })
        checkUnchanged(unchanged, present)
        if (isDeepStrictEqual(document, present.document)) return present
        const now = toTime(clock.nowMs())
        await checkThatItWorks(rules, document, { id: platform.id, rules_version: rulesVersion }, now, trx)
        const written: PolicyRow = {
          platform_id: platform.id,
          version: present.version + 1,
          document,
          created_at: now,
          created_by: actorName(actor),
          explanation,
        }
        await putPolicy(trx, written)
        return written
      })
      // this instance uses it at once; the others follow when they next read the platform's `rules_version`
      app.forgetCredentials()
      return send(reply, shown(row))
    },
  )
}
