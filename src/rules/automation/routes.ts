/**
 * The switch over HTTP: staff and admins see it, admins set it. While automation is stopped, whatever would close a case or take silence
 * for an answer stays due; after a start it is acted on once.
 */
import type { FastifyRequest } from 'fastify'
import { type Time, toTime } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import type { Wire } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { requireAdmin, requireDesk } from '../../platform/access/authenticate.ts'
import { actorName } from '../../platform/access/caller.ts'
import { type Answer, answerOnce, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, ok, problems } from '../../platform/wire/responses.ts'
import type { Deps } from '../deps.ts'
import { findSwitch, lockSwitch, type Switch } from './find.ts'
import { countStopped } from './metrics.ts'
import { setSwitch } from './record.ts'
import { AutomationOut, StartIn, StopIn } from './schema.ts'
import { outwaitSweeps } from './switch.ts'

const tags = ['Operations']

const shown = ({ stopped_at, ...rest }: Switch): Answer => ({
  status: 200,
  body: { status: stopped_at === null ? 'running' : 'stopped', stopped_at, ...rest },
  version: rest.version,
})

export const automationRoutes = (app: App, { db, clock, readList, metrics }: Deps): void => {
  countStopped(metrics.registry, readList, clock)

  app.get(
    '/v1/automation',
    {
      schema: {
        operationId: 'getAutomation',
        tags,
        summary: 'Does the service close cases and deem silence by itself?',
        description:
          'Whether the service closes cases and takes silence for a word on this platform; who stopped it, when and why.',
        response: { 200: ok(AutomationOut.ref), ...problems('forbidden') },
      },
    },
    async (request, reply) => {
      requireDesk(request)
      checkInput(request)
      return send(reply, shown(await findSwitch(db, request.caller.platform.id)))
    },
  )

  /** Sets the switch. Changes nothing when it is in that position already. */
  const turn = (
    request: FastifyRequest,
    to: (now: Switch, at: Time) => Pick<Switch, 'stopped_at'>,
    before?: (trx: Trx, platformId: string) => Promise<void>,
  ): Promise<Answer> =>
    answerOnce(db, request, async (trx) => {
      checkInput(request)
      const { platform, actor } = request.caller
      await before?.(trx, platform.id)
      const now = await lockSwitch(trx, platform.id)
      checkVersion(request, now.version, { required: false })
      const changed_at = toTime(clock.nowMs())
      const { stopped_at } = to(now, changed_at)
      if (stopped_at === now.stopped_at) return shown(now)
      const { explanation = null } = request.body as Wire<typeof StartIn>
      const next: Switch = { stopped_at, changed_by: actorName(actor), changed_at, explanation, version: now.version + 1 }
      await setSwitch(trx, platform.id, next)
      return shown(next)
    })

  app.post(
    '/v1/automation/stop',
    {
      // wanted when much goes wrong
      config: { load: 'action' },
      schema: {
        operationId: 'stopAutomation',
        tags,
        summary: 'Stop whatever closes a case or takes silence for a word',
        description:
          'When this is answered, nothing more is closed or deemed on this platform, by whatever instance. What falls due meanwhile stays due, and clocks run on. Warnings, reminders and escalations go on.',
        body: StopIn.ref,
        response: { 200: ok(AutomationOut.ref), ...changeProblems('forbidden', 'version_stale') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      return send(reply, await turn(request, (now, at) => ({ stopped_at: now.stopped_at ?? at }), outwaitSweeps))
    },
  )

  app.post(
    '/v1/automation/start',
    {
      config: { load: 'action' },
      schema: {
        operationId: 'startAutomation',
        tags,
        summary: 'Let it go on',
        description: 'What has fallen due meanwhile is acted on by the next sweep, once.',
        body: StartIn.ref,
        response: { 200: ok(AutomationOut.ref), ...changeProblems('forbidden', 'version_stale') },
      },
    },
    async (request, reply) => {
      requireAdmin(request)
      return send(reply, await turn(request, () => ({ stopped_at: null })))
    },
  )
}
