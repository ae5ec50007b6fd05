/**
 * `npm test -- --pgbouncer` puts pgbouncer in transaction mode between the tests and their Postgres: every transaction may run in another
 * session, and a session serves many clients. Databases are created and dropped on the server itself.
 */
import path from 'node:path'

const root = path.join(import.meta.dirname, '../..')

/** Test files that connect to the server itself, each with the reason. Files that start a Postgres of their own are not affected. */
export const staysDirect: Readonly<Record<string, string>> = {
  'test/process/prepared-statements.test.ts': 'prepared statements are of a session, and are left off behind the pooler',
  'test/scaling/pgbouncer.test.ts': 'it starts a pooler of its own, with settings of its own',
}

const pooler = (): URL | undefined => {
  const { REDRESS_TEST_POOLER: url } = process.env
  const files = process.argv.slice(1).map((file) => path.relative(root, path.resolve(root, file)).replaceAll(path.sep, '/'))
  return url === undefined || files.some((file) => file in staysDirect) ? undefined : new URL(url)
}

/** Where the calling test file finds its databases: at the pooler or at the server itself, as the role of `server`. */
export const reachedAt = (server: string): string => atHost(server, pooler()?.host)

const atHost = (url: string, host: string | undefined): string =>
  host === undefined ? url : Object.assign(new URL(url), { host }).href

/** Whether a database is reached through the pooler. */
export const isPooled = (url: string): boolean => {
  const there = pooler()
  return there !== undefined && URL.parse(url)?.host === there.host
}

/**
 * The URL of a test's database on the server itself, for a test that needs one session to look at plans: it prepares a statement and
 * explains it, or changes settings of the planner. The tested service still goes through the pooler.
 */
export const sessionUrl = (url: string): string => {
  const { REDRESS_TEST_SERVER: server } = process.env
  return server !== undefined && isPooled(url) ? atHost(url, new URL(server).host) : url
}

/** What a service needs in its environment to live behind the pooler. */
export const pooledEnv = (url: string | undefined): Record<string, string> =>
  url !== undefined && isPooled(url) ? { DATABASE_PREPARED_STATEMENTS: 'false' } : {}
