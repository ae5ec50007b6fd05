/** A database whose rows lie on several nodes, as the service sees it while some of them are away. */
import { Kysely, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { Tables } from '../../src/foundation/sql/database.ts'
import { PooledPostgresDialect } from '../../src/foundation/sql/migrate.ts'
import { createPool } from '../../src/foundation/sql/pool.ts'
import { createRuleBook } from '../../src/rules/rule-book/rule-book.ts'
import type { TestApp } from '../support/app.ts'
import { isPooled } from '../support/pooler.ts'

/** What lies where its platform is; of all else every node has a copy. */
const PLACED =
  /\b(deadlines|complaints|recomputations|calendars|policies|stuck_cases|sweep_runs|idempotency_keys|event_outbox|event_feeds|webhook_endpoints|webhook_deliveries|webhook_attempts)\b/

/** As a distributed Postgres says it. */
const nodeAway = (): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError('connection to the remote node failed', 0, 'error'), { code: '08006' })

export interface PartedDb {
  /** What an instance has that knows the database in this way. */
  deps: TestApp['deps']
  /** These platforms are out of reach, and so is whatever has to be asked of all nodes. */
  away: Set<string>
  /** A platform goes out of reach with its first statement that begins so. */
  leavesAt: Map<string, RegExp>
  /** How many statements were sent so far. */
  sent: () => number
  end: () => Promise<void>
}

/** @param platforms all there are */
export const partedDb = ({ url, deps }: TestApp, platforms: readonly string[]): PartedDb => {
  const pool = createPool({ connectionString: url, max: 4, prepare: !isPooled(url), onError: () => undefined })
  const away = new Set<string>()
  const leavesAt = new Map<string, RegExp>()
  let sent = 0

  const isOutOfReach = (text: string, values: readonly unknown[]): boolean => {
    const named = platforms.filter((id) => values.includes(id))
    for (const id of named) if (leavesAt.get(id)?.test(text.trim())) away.add(id)
    return away.size > 0 && PLACED.test(text) && (named.length === 0 || named.some((id) => away.has(id)))
  }

  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect()
    const query = async (text: string, values: readonly unknown[]) => {
      sent += 1
      if (isOutOfReach(text, values)) throw nodeAway()
      return client.query(text, [...values])
    }
    return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() }
  }
  const db = new Kysely<Tables>({
    dialect: new PooledPostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }),
  })
  return { deps: { ...deps, db, rules: createRuleBook(db) }, away, leavesAt, sent: () => sent, end: () => db.destroy() }
}
