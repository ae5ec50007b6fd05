/** The database as a process sees it that can be killed: between any two of its statements, or with only the answer lost. */
import { Kysely, type PostgresPoolClient, sql } from 'kysely'
import type { Db, Tables } from '../../src/foundation/sql/database.ts'
import { PooledPostgresDialect } from '../../src/foundation/sql/migrate.ts'
import { createPool } from '../../src/foundation/sql/pool.ts'
import { isPooled } from '../support/pooler.ts'

/** How a life ends. */
export interface Death {
  /** The first words of its last statement. */
  statement: string
  /** How many statements of these words it survives before. */
  spared: number
  /** `before`: it is not sent. `after`: it is carried out, be it a commit, and nobody learns of it. */
  when: 'before' | 'after'
  /** All connections of the process end, or only the one that the statement is of. */
  takes: 'process' | 'connection'
}

export interface MortalDb {
  db: Db
  /** Begins a life, which ends by the given death if it comes to that. */
  live: (death: Death | undefined) => void
  /** Whether this life came to its end. */
  died: () => boolean
  /** How often each statement was begun, by its first words, over all lives. */
  seen: ReadonlyMap<string, number>
  end: () => Promise<void>
}

/** The first words tell what a statement is about; what writes decisions begins with what they changed. */
const firstWords = (text: string): string => {
  const [first = '', ...more] = text.trim().split(/[\s(]+/, 3)
  return first === 'with' ? first : [first, ...more].join(' ')
}

/** As the driver says it, so that it is taken for what it is. */
const gone = () => new Error('Connection terminated unexpectedly')

/** Waits until the database, too, knows of the dead: until then their sessions may hold cases, which a sweep would pass over. */
export const untilBuried = (db: Db): Promise<unknown> =>
  db.transaction().execute((trx) => sql`lock table complaints in exclusive mode`.execute(trx))

/** Connections of their own to a test's database. One life at a time: the next begins when all of the last one has come to its end. */
export const mortalDb = (connectionString: string): MortalDb => {
  const pool = createPool({ connectionString, max: 4, prepare: !isPooled(connectionString), onError: () => undefined })
  const seen = new Map<string, number>()
  let death: Death | undefined
  let spared = 0
  let died = false
  let processDead = false

  const connect = async (): Promise<PostgresPoolClient> => {
    if (processDead) throw gone()
    const client = await pool.connect()
    let dead = false
    const die = ({ takes }: Death): void => {
      died = true
      dead = true
      processDead = takes === 'process'
    }
    const query = async (text: string, values: readonly unknown[]) => {
      if (dead || processDead) throw gone()
      const statement = firstWords(text)
      seen.set(statement, (seen.get(statement) ?? 0) + 1)
      const last = death?.statement === statement && !died && spared++ === death.spared ? death : undefined
      if (last?.when === 'before') die(last)
      if (dead) throw gone()
      const result = await client.query(text, [...values])
      if (last?.when === 'after') die(last)
      if (dead || processDead) throw gone()
      return result
    }
    return {
      // without the form for cursors, which nobody uses
      query: query as unknown as PostgresPoolClient['query'],
      // a connection that is thrown away in the middle of a transaction takes it along
      release: () => client.release(dead || processDead),
    }
  }

  const db = new Kysely<Tables>({
    dialect: new PooledPostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }),
  })
  return {
    db,
    live: (next) => {
      death = next
      spared = 0
      died = false
      processDead = false
    },
    died: () => died,
    seen,
    end: () => db.destroy(),
  }
}
