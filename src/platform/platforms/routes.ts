import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { DAY, toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Deps } from '../../foundation/process/deps.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { requireAdmin } from '../access/authenticate.ts'
import { answerOnce, send } from '../idempotency/idempotency.ts'
import { changeProblems, ok, problems } from '../wire/responses.ts'
import { durationMs, durationText } from './duration.ts'
import { lockClockOffset } from './find.ts'
import { advanceClock } from './record.ts'
import { Advance, TestClock } from './schema.ts'

const tags = ['Test clock']
const MOST_MS = 3650 * DAY

const requireTestPlatform = ({ caller }: FastifyRequest): void => {
  if (caller.platform.mode !== 'test') throw problem('test_platform_only', 'This platform is live: its time is real time.')
}

/**
 * The clock of a test platform, for admins. Moving it moves that platform's deadlines on every instance at once; it sweeps nothing.
 * The clock only ever goes forward, so its offset in milliseconds serves as its version.
 */
export const testClockRoutes = (app: App, { db, clock }: Deps): void => {
  const answer = (offsetMs: number) => ({
    status: 200 as const,
    body: { now: toTime(clock.nowMs() + offsetMs), offset: durationText(offsetMs) },
    version: offsetMs,
  })

  app.get(
    '/v1/test-clock',
    {
      schema: {
        operationId: 'getTestClock',
        tags,
        summary: 'Read the clock of a test platform',
        description: 'For admins of a test platform: its time, and how far it runs ahead.',
        response: { 200: ok(TestClock.ref), ...problems('forbidden', 'test_platform_only') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      requireTestPlatform(request)
      checkInput(request)
      return send(reply, answer(request.caller.platform.clock_offset_ms))
    },
  )

  app.post(
    '/v1/test-clock/advance',
    {
      schema: {
        operationId: 'advanceTestClock',
        tags,
        summary: 'Move the clock of a test platform forward',
        description: 'Deadlines follow at once. Nothing is acted on until a sweep runs: the timetable’s, or `POST /v1/sweeps`.',
        body: Advance.ref,
        response: {
          200: ok(TestClock.ref),
          ...changeProblems('forbidden', 'version_stale', 'test_platform_only', 'clock_limit_exceeded'),
        },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      requireTestPlatform(request)
      const { platform } = request.caller
      const given = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const by = durationMs((request.body as Static<typeof Advance.schema>).by)
        if (by === undefined) {
          throw invalidField(
            '/by',
            'duration',
            'must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, more than zero',
          )
        }
        checkVersion(request, await lockClockOffset(trx, platform.id), { required: false })
        const offset = await advanceClock(trx, platform.id, by, MOST_MS)
        if (offset === undefined) throw problem('clock_limit_exceeded', 'All moves together may reach P3650D.')
        return answer(offset)
      })
      return send(reply, given)
    },
  )
}
