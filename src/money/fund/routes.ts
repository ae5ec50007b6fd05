/** The guarantee fund as a whole, over HTTP. */
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { seesAll } from '../../platform/access/caller.ts'
import { problems, report } from '../../platform/wire/responses.ts'
import type { Deps } from '../../rules/deps.ts'
import { problem } from '../../words/problems.ts'
import { findFund } from './find.ts'
import { FundOut } from './schema.ts'

export const fundRoutes = (app: App, { readList }: Deps): void => {
  app.get(
    '/v1/fund',
    {
      schema: {
        operationId: 'getFund',
        tags: ['Fund'],
        summary: 'What the guarantee fund has, has promised and is owed',
        description: 'For admins, the staff of the platform and its programs. By currency, over all merchants and buyers.',
        response: { 200: report(FundOut.ref, 'By currency.'), ...problems('forbidden') },
      },
    },
    async (request, reply) => {
      const { actor, platform } = request.caller
      if (!seesAll(actor.role)) throw problem('forbidden', 'The fund is for admins, the staff of the platform and its programs.')
      checkInput(request)
      return reply.type('application/json').send({ data: await readList((db) => findFund(db, platform.id)) })
    },
  )
}
