import { createRequire } from 'node:module'
import { createAuthenticator } from './access/authenticate.ts'
import type { Caller } from './access/caller.ts'
import { createKeyUses, type KeyUses } from './access/last-used.ts'
import { apiKeyRoutes } from './access/routes.ts'
import { appealRoutes } from './appeals/routes.ts'
import { automationRoutes } from './automation/routes.ts'
import { calendarRoutes } from './calendars/routes.ts'
import { eventRoutes } from './case-events/routes.ts'
import { complaintRoutes } from './complaints/routes.ts'
import { clocksExplained } from './deadlines/explained.ts'
import { deadlineRoutes } from './deadlines/routes.ts'
import type { Deps } from './deps.ts'
import { evidenceRoutes } from './evidence/routes.ts'
import { type App, createHttp, isApi, otherMethods } from './foundation/http.ts'
import { serveOpenApi } from './foundation/openapi.ts'
import { watchBacklog } from './health/backlog.ts'
import { shedLoad } from './health/overload.ts'
import { healthRoutes } from './health/routes.ts'
import { meRoutes } from './me/routes.ts'
import { messageRoutes } from './messages/routes.ts'
import { plannedActionRoutes } from './planned-actions/routes.ts'
import { testClockRoutes } from './platforms/routes.ts'
import { policyRoutes } from './policy/routes.ts'
import { recomputationRoutes } from './recomputations/routes.ts'
import { planRoutes } from './refund-plans/routes.ts'
import { stuckCaseRoutes } from './stuck-cases/routes.ts'
import { sweepRoutes } from './sweeps/routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes this instance look every API key up again. */
    forgetCredentials: () => void
    /** What writes down when keys were last used. */
    keyUses: KeyUses
  }
}

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/** A room adds its routes. Each gets a scope of its own, so a body parser that one needs is not open to the others. */
export type Room = (app: App, deps: Deps) => void | Promise<void>

const rooms: readonly Room[] = [
  healthRoutes,
  apiKeyRoutes,
  meRoutes,
  testClockRoutes,
  calendarRoutes,
  policyRoutes,
  recomputationRoutes,
  complaintRoutes,
  planRoutes,
  appealRoutes,
  evidenceRoutes,
  messageRoutes,
  eventRoutes,
  deadlineRoutes,
  plannedActionRoutes,
  sweepRoutes,
  stuckCaseRoutes,
  automationRoutes,
]

/**
 * The whole service as a Fastify app that does not listen yet.
 * @param extra called before the rooms; tests use it to watch answers and to add routes of their own
 */
export const buildApp = async (deps: Deps, extra?: Room): Promise<App> => {
  const app = createHttp({ ...deps, trustProxy: deps.config.trustProxy })
  // before the caller is known: that may cost a query
  shedLoad(app, deps)
  const uses = createKeyUses(deps.db, deps.log)
  app.addHook('onClose', () => uses.settled())
  const { authenticate, forget } = createAuthenticator(deps.db, deps.clock, uses)
  app.decorate('keyUses', uses)
  app.decorate('forgetCredentials', forget)
  app.addHook('onRequest', (request, _reply, done) => {
    if (!isApi(request.url)) return done()
    const set = (caller: Caller): void => {
      request.caller = caller
      done()
    }
    const caller = authenticate(request)
    if (caller instanceof Promise) caller.then(set, done)
    else set(caller)
  })
  watchBacklog(deps.metrics.registry, deps.readList, deps.clock)

  const others = otherMethods(app)
  await serveOpenApi(app, version, { 'One case’s clocks': clocksExplained() })
  await extra?.(app, deps)
  for (const room of rooms) await app.register(async (scope) => room(scope as App, deps))
  others.answer()
  return app
}
