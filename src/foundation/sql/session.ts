import { type Kysely, sql } from 'kysely'

/** Whether a prepared statement is planned once for all values, anew for each, or as Postgres sees fit. */
export const planCacheModes = ['force_generic_plan', 'auto', 'force_custom_plan'] as const
export type PlanCacheMode = (typeof planCacheModes)[number]

/**
 * What every session of the service runs with: UTC; no wait without an end, the shortest inside: a lock, a statement, a transaction that was
 * left alone; and a prepared statement planned once for all values, unless somebody chose another way. By itself Postgres would plan each page
 * of a list anew, since with an unknown limit it believes that a page is a tenth of all. The walks follow their index whatever the values are,
 * and a test holds them to it. A distributed Postgres must see the values, since they tell it the node.
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
