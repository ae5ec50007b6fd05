import { setTimeout as after } from 'node:timers/promises'
import { sql } from 'kysely'
import Type from 'typebox'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { App } from '../foundation/http.ts'
import { migrationsPending } from '../foundation/migrate.ts'
import { problem } from '../foundation/problems.ts'
import { named, openProblems, StrEnum } from '../foundation/schema.ts'

const tags = ['Health']
const PING_MS = 1_000

const Health = named('Health', Type.Object({ status: StrEnum(['ok']) }))
const healthy = { description: 'Yes.', content: { 'application/json': { schema: Health.ref } } }
const broken = openProblems()

/** Whether the process lives, whether it can serve, and its numbers. None of them needs a key, and none tells a host name. */
export const healthRoutes = (app: App, { db, metrics }: Deps): void => {
  const isReady = readiness(db)

  app.get(
    '/livez',
    {
      schema: {
        operationId: 'isAlive',
        tags,
        summary: 'Is the process alive?',
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
        description: 'The database answers within a second, its schema is this version’s, and the process is not stopping.',
        security: [],
        response: { 200: healthy, ...broken },
      },
    },
    async () => {
      if (app.readiness.draining) throw problem('unavailable', 'The service is stopping.', { retryAfter: 2 })
      if (!(await isReady())) throw problem('unavailable', 'The database does not answer or is not migrated.', { retryAfter: 2 })
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
        security: [],
        response: { 200: { description: 'Text format.', content: { 'text/plain': { schema: Type.String() } } }, ...broken },
      },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

/** Asks the database, for a second at most. A schema that was complete once stays complete while this process runs. */
const readiness = (db: Db): (() => Promise<boolean>) => {
  let isMigrated = false
  const ask = async (): Promise<boolean> => {
    await sql`select 1`.execute(db)
    isMigrated ||= !(await migrationsPending(db))
    return isMigrated
  }
  return () => Promise.race([ask().catch(() => false), after(PING_MS, false, { ref: false })])
}
