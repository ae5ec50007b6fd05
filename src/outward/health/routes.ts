import Type from 'typebox'
import { named, StrEnum } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { openProblems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { faultsOfDatabase } from './database.ts'

const tags = ['Health']

const Health = named(
  'Health',
  Type.Object({ status: StrEnum(['ok'], { description: 'Always this; what is amiss is a problem.' }) }),
)
const healthy = { description: 'Yes.', content: { 'application/json': { schema: Health.ref } } }
const broken = openProblems()

/** Whether the process lives, whether it can serve, and its numbers. None of them needs a key, and none tells a host name. */
export const healthRoutes = (app: App, { db, metrics }: Deps): void => {
  const faultOfDatabase = faultsOfDatabase(db)

  app.get(
    '/livez',
    {
      schema: {
        operationId: 'isAlive',
        tags,
        summary: 'Is the process alive?',
        description:
          'Answers as long as the process can. It looks at nothing else, so a restart is what helps where it does not.',
        security: [],
        response: { 200: healthy, ...broken },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'isReady',
        tags,
        summary: 'Can it serve?',
        description:
          'The database answers within a second and takes writes, its schema is this version’s, the timetable of sweeps ticks, and the process is not stopping. Otherwise `detail` says what is amiss.',
        security: [],
        response: { 200: healthy, ...broken },
      },
    },
    async () => {
      if (app.readiness.draining) throw problem('unavailable', 'The service is stopping.', { retryAfter: 2 })
      const fault = (await faultOfDatabase()) ?? app.readiness.faultOf?.()
      if (fault !== undefined) throw problem('unavailable', fault, { retryAfter: 2 })
      return { status: 'ok' as const }
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'readMetrics',
        tags,
        summary: 'Numbers for Prometheus',
        description: 'Of this instance, in the text format of Prometheus. Let only your own network reach it.',
        security: [],
        response: { 200: { description: 'Text format.', content: { 'text/plain': { schema: Type.String() } } }, ...broken },
      },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
