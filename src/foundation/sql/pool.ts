import pg from 'pg'
import { normaliseTime } from '../clock.ts'
import { preparingClient, StatementNames } from './prepared.ts'
import { type PlanCacheMode, startupOptions } from './session.ts'

/**
 * How this service talks to Postgres: UTC always, every wait bounded, times and 64-bit integers in the shapes the code works with.
 * Types: `timestamptz` → `Time`, `int8` → `number` (an amount beyond 2^53−1 is refused at the door, so none can come back).
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === pg.types.builtins.TIMESTAMPTZ) return normaliseTime
    if (format !== 'binary' && oid === pg.types.builtins.INT8) return toSafeInteger
    return pg.types.getTypeParser(oid, format as 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}

const toSafeInteger = (text: string): number => {
  const n = Number(text)
  if (!Number.isSafeInteger(n)) throw new RangeError('an integer beyond 2^53-1 came from the database')
  return n
}

export interface PoolOptions {
  connectionString: string
  max?: number
  /** How long a connection is waited for, whether all are in use or one has to be opened. */
  waitMs?: number
  /** Whether statements that come again are prepared; a pooler in between may not allow it. True by default. */
  prepare?: boolean
  planCacheMode?: PlanCacheMode | undefined
  /** How Postgres names the connections; `redress` by default. */
  name?: string
  /**
   * How many connections stay open while idle, for work that must find one even when others take all that the server allows. 0 by default.
   */
  keep?: number
  /** Told of idle connections that broke; without a listener the process would die with them. */
  onError: (error: Error) => void
}

export const createPool = (options: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    types,
    ...(options.prepare === false ? {} : { Client: preparingClient(new StatementNames()) }),
    // every wait is bounded; `startupOptions` bounds those for a lock, a statement and an idle transaction
    connectionTimeoutMillis: options.waitMs ?? 5_000,
    query_timeout: 30_000,
    keepAlive: true,
    options: startupOptions(options.planCacheMode),
    min: options.keep ?? 0,
    application_name: options.name ?? 'redress',
  })
  pool.on('error', options.onError)
  // The pool listens to idle connections only. If one in use breaks, its next query fails; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
