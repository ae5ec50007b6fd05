/** How long each step takes at most: for every caller, and for the public where the platform wants that. */
import Type from 'typebox'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import { findPublicPlatform, type PublicPlatform } from '../../platform/platforms/find.ts'
import { openProblems, problems, report } from '../../platform/wire/responses.ts'
import { notFound } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { filingLimitsOf, timeLimitsOf } from './limits.ts'
import { TimeLimitsOut, type TimeLimitsWire } from './schema.ts'

const tags = ['Time limits']
const description =
  'The longest time of each step by the present policy, in numbers and in words (Chinese and English): until when a complaint is filed in time, by when who answers.'

export const timeLimitRoutes = (app: App, { db, rules }: Deps): void => {
  const limitsOf = async (platform: PublicPlatform): Promise<TimeLimitsWire & { isPublic: boolean }> => {
    const { policy, policyVersion } = await rules.present(platform)
    return {
      platform: { name: platform.name },
      policy_version: policyVersion,
      filing: filingLimitsOf(policy),
      steps: timeLimitsOf(policy),
      isPublic: policy.public_time_limits,
    }
  }

  app.get(
    '/v1/time-limits',
    {
      schema: {
        operationId: 'getTimeLimits',
        tags,
        summary: 'Read how long each step of a complaint takes at most',
        description: `${description} For every caller.`,
        response: { 200: report(TimeLimitsOut.ref, 'By the present policy.'), ...problems() },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const platform = (await findPublicPlatform(db, request.caller.platform.id)) as PublicPlatform
      const { isPublic: _, ...limits } = await limitsOf(platform)
      return reply.type('application/json').send(limits)
    },
  )

  app.get(
    '/public/:platform/time-limits',
    {
      schema: {
        operationId: 'getPublicTimeLimits',
        tags,
        summary: 'Read how long each step of a complaint takes at most, without a key',
        description: `${description} For a page of help: it is there where the platform has switched it on (\`public_time_limits\` of the policy), and may be kept for five minutes.`,
        security: [],
        params: Type.Object({ platform: PathId('The id of the platform.') }),
        response: { 200: report(TimeLimitsOut.ref, 'By the present policy.'), ...openProblems('not_found') },
      },
    },
    async (request, reply) => {
      const { platform: id } = request.params
      const platform = isId(id) ? await findPublicPlatform(db, id) : undefined
      if (platform === undefined) throw notFound()
      const { isPublic, ...limits } = await limitsOf(platform)
      if (!isPublic) throw notFound()
      return reply.type('application/json').header('Cache-Control', 'public, max-age=300').send(limits)
    },
  )
}
