import { sql } from 'kysely'
import type { Db } from './database.ts'

/** Pages of a table that is too small for its plans to matter. */
const SMALL = 16
/** How many times as large a table must be as when Postgres last looked at it. */
const GROWN = 8

/**
 * Analyses the tables that have grown far beyond what Postgres knows of them. It plans a statement when a session first uses it, also those
 * by which it checks foreign keys. On an empty table every index is as good as the primary key; a plan made then reads all rows of the
 * platform for one, and is kept until the table is analysed. Autovacuum does that at its next look, a minute later and thousands of cases
 * into a busy start.
 *
 * Only its owner may analyse a table, and the service is not the owner, so it calls a function of the owner's, which a migration made. The
 * tables are those that the function's owner may analyse. (`grant maintain` needs Postgres 17, and would also allow to lock and rewrite them.)
 * @returns the tables that were analysed
 */
export const analyzeGrown = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
     where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
       and pg_has_role((select proowner from pg_proc where oid = 'analyze_table(regclass)'::regprocedure), c.relowner, 'MEMBER')
       and pg_relation_size(c.oid) / current_setting('block_size')::integer > ${GROWN}::integer * greatest(c.relpages, ${SMALL / GROWN}::integer)
     order by c.relname`.execute(db)
  for (const { name } of rows) await sql`select analyze_table(quote_ident(${name})::regclass)`.execute(db)
  return rows.map(({ name }) => name)
}
