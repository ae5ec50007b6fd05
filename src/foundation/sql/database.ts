import { Kysely, type Transaction } from 'kysely'
import { PooledPostgresDialect } from './migrate.ts'
import { createPool, type PoolOptions } from './pool.ts'

/** Every table, as its room describes it: each `table.ts` adds its own line to this list. */
// biome-ignore lint/suspicious/noEmptyInterface: the rooms fill it
export interface Tables {}

/** Reads take a `Db`, which may be a transaction. Writes take a `Trx`; a write of one statement, a transaction by itself, takes a `Db`. */
export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

export const connect = (options: PoolOptions): Db =>
  new Kysely<Tables>({ dialect: new PooledPostgresDialect({ pool: createPool(options) }) })
