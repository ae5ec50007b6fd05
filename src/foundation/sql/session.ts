import { type Kysely, sql } from 'kysely'

/** Whether a prepared statement is planned once for all values, anew for each, or as Postgres sees fit. */
export const planCacheModes = ['force_generic_plan', 'auto', 'force_custom_plan'] as const
export type PlanCacheMode = (typeof planCacheModes)[number]

/**
 * The settings of every session: UTC, a bound for every wait (shortest for a lock, longer for a statement and an idle transaction), and one
 * plan for all values of a prepared statement, unless another mode is configured. In the mode `auto` Postgres would plan each page of a
 * list anew, since with an unknown limit it expects a page to be a tenth of all rows. One plan is enough: lists follow their index whatever
 * the values are, which a test checks. A distributed Postgres needs another mode, since it finds the node by the values.
 */
export const sessionSettings = (planCacheMode: PlanCacheMode = 'force_generic_plan') => ({
  TimeZone: 'UTC',
  lock_timeout: '2s',
  statement_timeout: '20s',
  idle_in_transaction_session_timeout: '30s',
  plan_cache_mode: planCacheMode,
})

/** For the startup packet of a connection. */
export const startupOptions = (planCacheMode?: PlanCacheMode): string =>
  Object.entries(sessionSettings(planCacheMode))
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')

/** The settings that a session does not run with, by name: a pooler may keep the startup options for itself. */
export const lostSettings = async <Tables>(db: Kysely<Tables>, planCacheMode?: PlanCacheMode): Promise<string[]> => {
  const wanted = Object.entries(sessionSettings(planCacheMode))
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${wanted.map(([name]) => name)}::text[], ${wanted.map(([, value]) => value)}::text[]) as wanted(name, value)
     where current_setting(name) <> value`.execute(db)
  return rows.map(({ name }) => name)
}
