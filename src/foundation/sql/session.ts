import { type Kysely, sql } from 'kysely'

/**
 * What every session of the service runs with: UTC; no wait without an end, the shortest inside: a lock, a statement, a transaction that was
 * left alone; and a prepared statement planned once for all values. By itself Postgres would plan each page of a list anew, since with an
 * unknown limit it believes that a page is a tenth of all. The walks follow their index whatever the values are, and a test holds them to it.
 */
export const sessionSettings = {
  TimeZone: 'UTC',
  lock_timeout: '2s',
  statement_timeout: '20s',
  idle_in_transaction_session_timeout: '30s',
  plan_cache_mode: 'force_generic_plan',
} as const

/** For the startup packet of a connection. */
export const startupOptions = Object.entries(sessionSettings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** The settings that a session does not run with, by name: a pooler may keep the startup options for itself. */
export const lostSettings = async <Tables>(db: Kysely<Tables>): Promise<string[]> => {
  const wanted = Object.entries(sessionSettings)
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${wanted.map(([name]) => name)}::text[], ${wanted.map(([, value]) => value)}::text[]) as wanted(name, value)
     where current_setting(name) <> value`.execute(db)
  return rows.map(({ name }) => name)
}
