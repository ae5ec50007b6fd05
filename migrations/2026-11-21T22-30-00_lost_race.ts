import { type Kysely, sql } from 'kysely'

/**
 * A decision is written by one statement, which is its own transaction. When one of its rows was no longer what it had been read as, the
 * whole statement has to come to nothing: this is how it says so. The SQLSTATE is the one of Postgres itself for "run it again".
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function lost_race(what text) returns void language plpgsql as $$
      begin raise exception 'lost race: %', what using errcode = 'serialization_failure'; end $$`.execute(db)
}
