import { createRequire } from 'node:module'
import { advanceRoutes } from './case/advances/routes.ts'
import { appealRoutes } from './case/appeals/routes.ts'
import { eventRoutes } from './case/case-events/routes.ts'
import { complaintRoutes } from './case/complaints/routes.ts'
import { deadlineRoutes } from './case/deadlines/routes.ts'
import { evidenceRoutes } from './case/evidence/routes.ts'
import { holdRoutes } from './case/holds/routes.ts'
import { massCaseRoutes } from './case/mass-cases/routes.ts'
import { messageRoutes } from './case/messages/routes.ts'
import { moneyRoutes } from './case/money/routes.ts'
import { orderRecordRoutes } from './case/order-records/routes.ts'
import { orderRoutes } from './case/orders/routes.ts'
import { receivableRoutes } from './case/receivables/routes.ts'
import { planRoutes } from './case/refund-plans/routes.ts'
import { returnInstructionRoutes } from './case/return-instructions/routes.ts'
import { settlementRuleRoutes } from './case/settlement-rules/routes.ts'
import { stuckCaseRoutes } from './case/stuck-cases/routes.ts'
import { plannedActionRoutes } from './clockwork/planned-actions/routes.ts'
import { recomputationRoutes } from './clockwork/recomputations/routes.ts'
import { sweepRoutes } from './clockwork/sweeps/routes.ts'
import { type App, createHttp, isApi, otherMethods } from './foundation/http/server.ts'
import { merchantAccountRoutes } from './money/accounts/routes.ts'
import { affiliateRoutes } from './money/affiliates/routes.ts'
import { fundRoutes } from './money/fund/routes.ts'
import { movementRoutes } from './money/movements/routes.ts'
import { watchWebhooks } from './outward/delivery/metrics.ts'
import type { Deps } from './outward/deps.ts'
import { serveOpenApi } from './outward/docs/openapi.ts'
import { feedRoutes } from './outward/feed/routes.ts'
import { watchBacklog } from './outward/health/backlog.ts'
import { shedLoad } from './outward/health/overload.ts'
import { healthRoutes } from './outward/health/routes.ts'
import { meRoutes } from './outward/me/routes.ts'
import { reconciliationRoutes } from './outward/reconciliation/routes.ts'
import { webhookDeliveryRoutes } from './outward/webhooks/delivery-routes.ts'
import { webhookEndpointRoutes } from './outward/webhooks/routes.ts'
import { checkOpen, createAuthenticator } from './platform/access/authenticate.ts'
import { actorName, type Caller } from './platform/access/caller.ts'
import { createKeyUses, type KeyUses } from './platform/access/last-used.ts'
import { apiKeyRoutes } from './platform/access/routes.ts'
import { idempotencyFault } from './platform/idempotency/idempotency.ts'
import { testClockRoutes } from './platform/platforms/routes.ts'
import { describeRoutes } from './platform/wire/routes.ts'
import { automationRoutes } from './rules/automation/routes.ts'
import { calendarRoutes } from './rules/calendars/routes.ts'
import { categoryLexiconRoutes } from './rules/category-lexicon/routes.ts'
import { policyRoutes } from './rules/policy/routes.ts'
import { timeLimitRoutes } from './rules/time-limits/routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes this instance look every API key up again. */
    forgetCredentials: () => void
    /** Writes down when keys were last used. */
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
  timeLimitRoutes,
  categoryLexiconRoutes,
  recomputationRoutes,
  orderRoutes,
  orderRecordRoutes,
  settlementRuleRoutes,
  returnInstructionRoutes,
  fundRoutes,
  movementRoutes,
  merchantAccountRoutes,
  affiliateRoutes,
  complaintRoutes,
  massCaseRoutes,
  planRoutes,
  appealRoutes,
  advanceRoutes,
  receivableRoutes,
  holdRoutes,
  moneyRoutes,
  evidenceRoutes,
  messageRoutes,
  eventRoutes,
  deadlineRoutes,
  plannedActionRoutes,
  sweepRoutes,
  stuckCaseRoutes,
  automationRoutes,
  reconciliationRoutes,
  feedRoutes,
  webhookEndpointRoutes,
  webhookDeliveryRoutes,
]

/**
 * The whole service as a Fastify app that does not listen yet.
 * @param extra called before the rooms; tests use it to watch answers and to add routes of their own
 */
export const buildApp = async (deps: Deps, extra?: Room): Promise<App> => {
  const app = createHttp({ ...deps, trustProxy: deps.config.trustProxy, headerFault: idempotencyFault })
  // before the caller is looked up, which may cost a query
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
      request.asker = { tenant: caller.platform.id, role: caller.actor.role, name: actorName(caller.actor) }
      checkOpen(request)
    }
    const caller = authenticate(request)
    if (caller instanceof Promise) caller.then(set).then(() => done(), done)
    else {
      set(caller)
      done()
    }
  })
  watchBacklog(deps.metrics.registry, deps.readList, deps.clock)
  watchWebhooks(deps.metrics, deps.readList, deps.clock)

  const others = otherMethods(app)
  describeRoutes(app)
  await serveOpenApi(app, version)
  await extra?.(app, deps)
  for (const room of rooms) await app.register(async (scope) => room(scope as App, deps))
  others.answer()
  return app
}
