import { setTimeout as after } from 'node:timers/promises'
import { sql } from 'kysely'
import Type from 'typebox'
import { named, StrEnum } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { migrationsPending } from '../../foundation/sql/migrate.ts'
import { openProblems } from '../../platform/wire/responses.ts'
import { problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'

const tags = ['Health']
const PING_MS = 1_000

const Health = named('Health', Type.Object({ status: StrEnum(['ok']) }))
const healthy = { description: 'Yes.', content: { 'application/json': { schema: Health.ref } } }
const broken = openProblems()

/** Whether the process lives, whether it can serve, and its numbers. None of them needs a key, and none tells a host name. */
export const healthRoutes = (app: App, { db, metrics }: Deps): void => {
  const faultOfDatabase = readiness(db)

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
        security: [],
        response: { 200: { description: 'Text format.', content: { 'text/plain': { schema: Type.String() } } }, ...broken },
      },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

const NO_ANSWER = 'The database does not answer or is not migrated.'
const READ_ONLY = 'The database takes no writes: it is a standby, or was made read-only.'

/**
 * Asks the database, for a second at most, and says in words what is amiss. A schema that was complete once stays complete while this process
 * runs. Whether it takes writes is asked for, not tried: a standby says so, too.
 */
const readiness = (db: Db): (() => Promise<string | undefined>) => {
  let isMigrated = false
  const ask = async (): Promise<string | undefined> => {
    const { rows } = await sql<{ read_only: boolean }>`
      select current_setting('transaction_read_only') = 'on' as read_only`.execute(db)
    if (rows[0]?.read_only !== false) return READ_ONLY
    isMigrated ||= !(await migrationsPending(db))
    return isMigrated ? undefined : NO_ANSWER
  }
  return () => Promise.race([ask().catch(() => NO_ANSWER), after(PING_MS, NO_ANSWER, { ref: false })])
}
