import { type Kysely, sql } from 'kysely'

/**
 * Lets a role that does not own the tables have one analysed, and nothing else: the function runs as its owner. A table that another session
 * is at is left out. The path is fixed, since whoever calls could otherwise put names of their own before those of the system.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function analyze_table(what regclass) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin execute format('analyze (skip_locked) %s', what); end $$`.execute(db)
  // for the role that serves, which gets it from the step after the migrations
  await sql`revoke all on function analyze_table(regclass) from public`.execute(db)
}
