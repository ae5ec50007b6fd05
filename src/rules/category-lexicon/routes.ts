/** The lexicon over HTTP. The desk reads it, supervisors and admins write it, each time as a new version. */
import { isDeepStrictEqual } from 'node:util'
import type { Static } from 'typebox'
import { toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import type { Wire } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkUnchanged } from '../../foundation/http/unchanged.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { requireDesk } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, ok, problems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import { lockRules } from '../calendars/find.ts'
import type { Deps } from '../deps.ts'
import { checkLexicon } from './check.ts'
import { findLexicon, findPresentLexicon, type ShownLexicon } from './find.ts'
import type { CategoryLexicon } from './lexicon.ts'
import { putLexicon } from './record.ts'
import { CategoryLexiconChange, CategoryLexiconOut, lexiconQuery } from './schema.ts'

const tags = ['Policy']

const shown = (lexicon: ShownLexicon): Answer => ({ status: 200, body: lexicon, version: lexicon.version })

export const categoryLexiconRoutes = (app: App, deps: Deps): void => {
  const { db, clock } = deps

  app.get(
    '/v1/category-lexicon',
    {
      schema: {
        operationId: 'getCategoryLexicon',
        tags,
        summary: 'Read the category lexicon',
        description:
          'The categories that the platform added, the words that speak for each category, and those that are drawn out as tags. As it is now, or in an earlier version.',
        querystring: lexiconQuery,
        response: { 200: ok(CategoryLexiconOut.ref), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      const { version } = request.query as Static<typeof lexiconQuery>
      const lexicon = await findLexicon(db, request.caller.platform.id, version)
      if (lexicon === undefined) throw problem('not_found', 'The lexicon has no such version.')
      return send(reply, shown(lexicon))
    },
  )

  app.put(
    '/v1/category-lexicon',
    {
      schema: {
        operationId: 'putCategoryLexicon',
        tags,
        summary: 'Write a new version of the category lexicon',
        description:
          'Takes the whole document, for supervisors and admins. It holds for what is filed from now on. A code that was added once stays: it is retired, never left out, moved or used again. What changes nothing makes no version.',
        body: CategoryLexiconChange.ref,
        response: {
          200: ok(CategoryLexiconOut.ref),
          ...changeProblems('forbidden', 'version_stale', 'version_required'),
        },
      },
    },
    async (request, reply) => {
      const { platform, actor } = request.caller
      if (actor.role !== 'supervisor' && actor.role !== 'admin')
        throw problem('forbidden', 'This is for supervisors and admins of the platform.')
      checkInput(request)
      const { document, explanation = null, ...unchanged } = request.body as Wire<typeof CategoryLexiconChange>
      const next = document as CategoryLexicon
      const row = await transact(db, async (trx) => {
        await lockRules(trx, platform.id)
        const present = await findPresentLexicon(trx, platform.id)
        checkVersion(request, present.version, { required: true })
        checkUnchanged(unchanged, present)
        if (isDeepStrictEqual(next, present.document)) return present
        checkLexicon(next, present.document)
        const written = {
          version: present.version + 1,
          document: next,
          created_at: toTime(clock.nowMs()),
          created_by: actorName(actor),
          explanation,
        }
        await putLexicon(trx, { platform_id: platform.id, ...written })
        return written
      })
      // this instance uses it at once; the others follow when they next read the platform's `rules_version`
      app.forgetCredentials()
      return send(reply, shown(row))
    },
  )
}
